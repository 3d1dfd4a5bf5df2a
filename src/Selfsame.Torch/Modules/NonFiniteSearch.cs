namespace Selfsame.Torch;

/// <summary>Names the first module that puts out a value that is not finite. Costs a reduction per module, so it runs only once trouble is there.</summary>
public ref struct NonFiniteSearch
{
    [ThreadStatic]
    private static Finding? s_current;

    private readonly Finding? _before;
    private readonly Finding _finding;

    private NonFiniteSearch(Finding? before, Finding finding) => (_before, _finding) = (before, finding);

    /// <summary>Full name and type of the module found, or null.</summary>
    public readonly string? Found => _finding.Text;

    /// <summary>Watches modules on this thread until disposed.</summary>
    public static NonFiniteSearch Start()
    {
        var search = new NonFiniteSearch(s_current, new Finding());
        s_current = search._finding;
        return search;
    }

    /// <summary>Stops watching.</summary>
    public readonly void Dispose() => s_current = _before;

    internal static void See(Module module, Tensor output)
    {
        if (s_current is not { Text: null } finding)
            return;
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        if (!output.Detach().Isfinite().All().IsNonzero())
            finding.Text = $"{(module.FullName.Length > 0 ? module.FullName : "the model")} ({module.GetType().Name})";
    }

    private sealed class Finding
    {
        internal string? Text { get; set; }
    }
}
