namespace Selfsame.Torch;

/// <summary>Notes the shapes that modules put out on this thread, in the order of computation; of a module that runs again, the first time.</summary>
public ref struct ShapeTrace
{
    [ThreadStatic]
    private static List<(string Name, string Type, long[] Shape)>? s_current;

    private readonly List<(string Name, string Type, long[] Shape)>? _before;
    private readonly List<(string Name, string Type, long[] Shape)> _seen;

    private ShapeTrace(List<(string, string, long[])>? before, List<(string, string, long[])> seen) => (_before, _seen) = (before, seen);

    /// <summary>Full name, type and output shape of each module seen.</summary>
    public readonly IReadOnlyList<(string Name, string Type, long[] Shape)> Stages => _seen;

    /// <summary>Watches until disposed.</summary>
    public static ShapeTrace Start()
    {
        var trace = new ShapeTrace(s_current, []);
        s_current = trace._seen;
        return trace;
    }

    /// <summary>Stops watching.</summary>
    public readonly void Dispose() => s_current = _before;

    internal static void See(Module module, Tensor output)
    {
        if (s_current is not { } seen || seen.Exists(stage => stage.Name == module.FullName))
            return;
        seen.Add((module.FullName, module.GetType().Name, output.Shape.ToArray()));
    }
}
