namespace Selfsame.Parity;

/// <summary>What became of one parity file.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Passed">Every recorded value was reproduced.</param>
/// <param name="Reason">Why it failed; null when it passed.</param>
public sealed record VerifyResult(string File, bool Passed, string? Reason);

/// <summary>Runs parity files through their adapters.</summary>
public static class Verifier
{
    /// <summary>Verifies files.</summary>
    public static IReadOnlyList<VerifyResult> Run(IEnumerable<string> paths) => [.. paths.Select(Verify)];

    private static VerifyResult Verify(string path)
    {
        var c = ParityCase.Read(path);
        if (AdapterTable.All.FirstOrDefault(adapter => adapter.System == c.System && adapter.Case == c.Case) is not { } adapter)
            return new(path, false, $"no adapter for {c.System}/{c.Case}");
        adapter.Run(c);
        var verdict = c.Verdict();
        return new(path, verdict is null, verdict);
    }
}
