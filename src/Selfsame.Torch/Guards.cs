namespace Selfsame.Torch;

/// <summary>Switches recording for the backward pass on or off on this thread, until disposed.</summary>
public ref struct GradMode
{
    private readonly int _before;

    private GradMode(int before) => _before = before;

    /// <summary>True while operations are recorded.</summary>
    public static bool IsEnabled => Native.GradMode() != 0;

    /// <summary>Stops recording: for teachers, evaluation and updates in place.</summary>
    public static GradMode Off() => Set(0);

    /// <summary>Starts recording.</summary>
    public static GradMode On() => Set(1);

    /// <summary>Goes back to what was before.</summary>
    public readonly void Dispose() => Native.SetGradMode(_before);

    private static GradMode Set(int value)
    {
        var guard = new GradMode(Native.GradMode());
        Native.SetGradMode(value);
        return guard;
    }
}

/// <summary>Runs without autograd bookkeeping of any kind, until disposed. Tensors made inside can't be used in a graph later.</summary>
public ref struct InferenceMode
{
    private nint _guard;

    /// <summary>Enters inference mode on this thread.</summary>
    public static InferenceMode Enter()
    {
        Native.Check(Native.InferenceEnter(out var guard));
        return new InferenceMode { _guard = guard };
    }

    /// <summary>Leaves it.</summary>
    public void Dispose()
    {
        if (_guard == 0)
            return;
        _ = Native.InferenceLeave(_guard);
        _guard = 0;
    }
}

/// <summary>Lets matrix products run in a lower precision on this thread, until disposed.</summary>
public ref struct Autocast
{
    private readonly int _deviceType;
    private bool _on;

    private Autocast(int deviceType) => (_deviceType, _on) = (deviceType, true);

    /// <summary>Enters autocast. Casts of weights are cached until the outermost guard is disposed.</summary>
    /// <param name="device">Device whose operators are cast.</param>
    /// <param name="type"><see cref="DType.BFloat16"/>, or <see cref="DType.Float16"/> on a GPU.</param>
    public static Autocast Enter(Device device, DType type = DType.BFloat16)
    {
        Native.Check(Native.AutocastEnter(device.Type, (int)type));
        return new Autocast(device.Type);
    }

    /// <summary>Leaves autocast and drops the cached casts.</summary>
    public void Dispose()
    {
        if (!_on)
            return;
        _on = false;
        _ = Native.AutocastLeave(_deviceType);
    }
}
