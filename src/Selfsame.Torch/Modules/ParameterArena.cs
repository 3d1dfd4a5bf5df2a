namespace Selfsame.Torch;

/// <summary>All trainable parameters of a module in one block of memory; the parameters become views of it.</summary>
/// <remarks>
/// Optimizer step, gradient norm, zeroing, moving average and all-reduce are then single passes over contiguous memory.
/// Each parameter starts at a multiple of 16 numbers (one cache line); the gaps stay zero.
/// </remarks>
public sealed class ParameterArena : IDisposable
{
    private const long Alignment = 16;

    private readonly long[] _offsets;

    /// <summary>Moves a module's trainable parameters into an arena.</summary>
    /// <param name="module">Root of the parameters.</param>
    /// <param name="gradients">Also make a gradient arena, into which the backward pass adds.</param>
    /// <param name="low">Also keep a bfloat16 copy of all weights.</param>
    public ParameterArena(Module module, bool gradients = true, bool low = false)
        : this((module ?? throw new ArgumentNullException(nameof(module))).TrainableParameters(), gradients, low)
    {
    }

    /// <summary>Moves some trainable parameters into an arena, in the order given.</summary>
    /// <param name="parameters">Which.</param>
    /// <param name="gradients">Also make a gradient arena, into which the backward pass adds.</param>
    /// <param name="low">Also keep a bfloat16 copy of all weights.</param>
    public ParameterArena(IReadOnlyList<Parameter> parameters, bool gradients = true, bool low = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = parameters;
        _offsets = new long[Parameters.Count + 1];
        for (var k = 0; k < Parameters.Count; k++)
            _offsets[k + 1] = _offsets[k] + ((Parameters[k].Value.ElementCount + Alignment - 1) / Alignment * Alignment);
        var size = _offsets[^1];
        var device = Parameters.Count > 0 ? Parameters[0].Value.Device : Device.Cpu;
        using var guard = GradMode.Off();
        Weights = Scope.Release(Ops.Zeros([size], DType.Float32, device));
        Gradients = gradients ? Scope.Release(Ops.Zeros([size], DType.Float32, device)) : null;
        Low = low ? Scope.Release(Ops.Zeros([size], DType.BFloat16, device)) : null;
        for (var k = 0; k < Parameters.Count; k++)
            Adopt(Parameters[k], _offsets[k]);
        RefreshLow();
    }

    /// <summary>The parameters, in the order of the arena.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>All weights, float32, (size).</summary>
    public Tensor Weights { get; }

    /// <summary>All gradients, float32, (size); null when the arena was made without.</summary>
    public Tensor? Gradients { get; }

    /// <summary>All weights in bfloat16, (size); null when the arena was made without.</summary>
    public Tensor? Low { get; }

    /// <summary>Numbers in the arena, gaps included.</summary>
    public long Size => _offsets[^1];

    /// <summary>First number of a parameter.</summary>
    /// <param name="index">Index in <see cref="Parameters"/>; the count gives the end of the last one.</param>
    public long Offset(int index) => _offsets[index];

    /// <summary>Sets all gradients to zero.</summary>
    public void ClearGradients()
    {
        using var guard = GradMode.Off();
        Gradients?.ZeroInPlace();
    }

    /// <summary>Makes the bfloat16 copy anew, after weights were changed by something else than the optimizer.</summary>
    public void RefreshLow()
    {
        using var guard = GradMode.Off();
        Low?.CopyFrom(Weights);
    }

    /// <summary>Frees the arena's own handles; the parameters keep the memory alive.</summary>
    public void Dispose()
    {
        Weights.Dispose();
        Gradients?.Dispose();
        Low?.Dispose();
    }

    private void Adopt(Parameter parameter, long offset)
    {
        using var scope = Scope.Enter();
        var shape = parameter.Value.Shape;
        var count = parameter.Value.ElementCount;
        var place = PlaceIn(Weights);
        place.CopyFrom(parameter.Value.Detach());
        parameter.Value.AdoptMemory(place);
        if (Gradients is not null)
            parameter.Value.Gradient = PlaceIn(Gradients);
        if (Low is not null)
            parameter.Low = Scope.Release(PlaceIn(Low));

        Tensor PlaceIn(Tensor all)
        {
            var part = all.Narrow(0, offset, count);
            return parameter.ChannelsLast ? part.View([shape[0], shape[2], shape[3], shape[1]]).Permute([0, 3, 1, 2]) : part.View(shape);
        }
    }
}
