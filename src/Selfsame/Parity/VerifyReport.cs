using System.Collections;

namespace Selfsame.Parity;

/// <summary>The results of a <see cref="Verifier"/> run, in the order of the files.</summary>
public sealed class VerifyReport : IReadOnlyList<VerifyResult>
{
    private readonly IReadOnlyList<VerifyResult> _results;

    internal VerifyReport(IReadOnlyList<VerifyResult> results, IReadOnlyList<string> ignored)
    {
        (_results, Ignored) = (results, ignored);
        Passed = results.Count(result => result.Passed);
    }

    /// <summary>Number of cases that passed.</summary>
    public int Passed { get; }

    /// <summary>Number of cases that failed.</summary>
    public int Failed => Count - Passed;

    /// <summary>Safetensors files met in folders that do not claim to be parity files.</summary>
    public IReadOnlyList<string> Ignored { get; }

    /// <inheritdoc/>
    public int Count => _results.Count;

    /// <inheritdoc/>
    public VerifyResult this[int index] => _results[index];

    /// <inheritdoc/>
    public IEnumerator<VerifyResult> GetEnumerator() => _results.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
