using System.Text.Json;
using Selfsame.Torch.Safetensors;

namespace Selfsame.Parity;

/// <summary>One recorded computation: what went in, and what must come out.</summary>
/// <remarks>
/// Names are full tensor names: <c>param/</c> and <c>in/</c> go in; every <c>out/</c>, <c>grad/</c> and <c>next/</c> tensor
/// must be handed to an <c>Expect</c>, or the case fails. Spans are valid as long as the case runs.
/// </remarks>
public sealed class ParityCase : IDisposable
{
    private const int FaultsShown = 5;

    private readonly Comparison _comparison;

    private ParityCase(SafetensorsFile source, ParityFormat format)
    {
        (Source, System, Case, Config) = (source, format.System, format.Case, format.Config);
        (RelativeTolerance, AbsoluteTolerance) = (format.RelativeTolerance, format.AbsoluteTolerance);
        _comparison = new Comparison(source, RelativeTolerance, AbsoluteTolerance);
    }

    /// <summary>System, for instance <c>mae</c>.</summary>
    public string System { get; }

    /// <summary>Case, for instance <c>forward</c>.</summary>
    public string Case { get; }

    /// <summary>The file's path.</summary>
    public string Path => Source.Path;

    /// <summary>Hyper-parameters, a JSON object.</summary>
    public JsonElement Config { get; }

    /// <summary>Share of an expected value by which a computed one may differ, beside <see cref="AbsoluteTolerance"/>.</summary>
    public double RelativeTolerance { get; }

    /// <summary>By how much a computed value may differ from zero.</summary>
    public double AbsoluteTolerance { get; }

    /// <summary>The file itself, for native views of its tensors. Owned by the case.</summary>
    public SafetensorsFile Source { get; }

    /// <summary>The element that has used most of its tolerance so far; null before anything was compared.</summary>
    internal WorstElement? Worst => _comparison.Worst;

    /// <summary>Reads a case, which then owns the file. Leaves the file open to its caller when it throws.</summary>
    /// <exception cref="InvalidDataException">The metadata is not that of a parity file.</exception>
    internal static ParityCase Read(SafetensorsFile source) => new(source, ParityFormat.Read(source));

    /// <summary>True when the file has the tensor.</summary>
    public bool Has(string name) => Source.TryGet(name, out _);

    /// <summary>Full names that start with a prefix, in ordinal order.</summary>
    /// <param name="prefix">For instance <c>param/teacher.</c>; empty for all.</param>
    public IEnumerable<string> Names(string prefix) =>
        Source.Entries.Select(entry => entry.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>Type, shape and length of a tensor.</summary>
    /// <exception cref="SafetensorsException">The file has no such tensor.</exception>
    public TensorEntry Entry(string name) => Source.Entry(name);

    /// <summary>Sizes of a tensor; empty for a scalar.</summary>
    /// <exception cref="SafetensorsException">The file has no such tensor.</exception>
    public long[] Shape(string name) => [.. Entry(name).Shape];

    /// <summary>Raw elements in place.</summary>
    /// <exception cref="SafetensorsException">The file has no such tensor.</exception>
    public ReadOnlySpan<byte> Bytes(string name) => Source.Bytes(name);

    /// <summary>A copy of a floating-point tensor.</summary>
    /// <exception cref="SafetensorsException">The file has no such tensor, or it is not floating-point.</exception>
    public float[] Floats(string name) => Source.ReadFloats(name);

    /// <summary>A copy of a tensor of any type, widened.</summary>
    /// <exception cref="SafetensorsException">The file has no such tensor.</exception>
    public double[] Doubles(string name) => Source.ReadDoubles(name);

    /// <summary>A copy of an integer or boolean tensor; true is 1.</summary>
    /// <exception cref="SafetensorsException">The file has no such tensor, or it is floating-point.</exception>
    public long[] Integers(string name) => Source.ReadIntegers(name);

    /// <summary>Compares computed values with a recorded tensor: floating-point ones within the tolerance, integers and booleans exactly.</summary>
    /// <param name="name">Full name, <c>out/</c>, <c>grad/</c> or <c>next/</c>. A name the file lacks fails the case.</param>
    /// <param name="actual">As many values as the recorded tensor has, the last dimension fastest.</param>
    public void Expect(string name, ReadOnlySpan<float> actual)
    {
        var values = new double[actual.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = actual[i];
        Expect(name, values);
    }

    /// <inheritdoc cref="Expect(string, ReadOnlySpan{float})"/>
    public void Expect(string name, ReadOnlySpan<double> actual) => _comparison.Compare(name, actual.Length, $"({actual.Length})", actual, []);

    /// <summary>Compares one computed value with a recorded tensor of one element.</summary>
    /// <inheritdoc cref="Expect(string, ReadOnlySpan{float})"/>
    public void Expect(string name, double actual) => _comparison.Compare(name, 1, "()", [actual], []);

    /// <inheritdoc cref="Expect(string, ReadOnlySpan{float})"/>
    public void Expect(string name, ReadOnlySpan<long> actual)
    {
        var values = new double[actual.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = actual[i];
        _comparison.Compare(name, actual.Length, $"({actual.Length})", values, actual);
    }

    /// <inheritdoc cref="Expect(string, ReadOnlySpan{float})"/>
    public void Expect(string name, ReadOnlySpan<byte> actual)
    {
        var values = new long[actual.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = actual[i];
        Expect(name, values);
    }

    /// <inheritdoc cref="Expect(string, ReadOnlySpan{float})"/>
    public void Expect(string name, ReadOnlySpan<bool> actual)
    {
        var values = new long[actual.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = actual[i] ? 1 : 0;
        Expect(name, values);
    }

    /// <summary>Why the case failed, or null when every recorded value was reproduced. To be asked when the adapter is through.</summary>
    internal string? Verdict()
    {
        var faults = new List<string>(_comparison.Faults.Take(FaultsShown));
        if (_comparison.Faults.Count > FaultsShown)
            faults.Add($"and {_comparison.Faults.Count - FaultsShown} more");
        if (_comparison.Unchecked() is { Count: > 0 } missed)
            faults.Add($"not checked by the adapter: {string.Join(", ", missed)}");
        if (!_comparison.HasExpectations())
            faults.Add("the file records no out/, grad/ or next/ tensor, so there is nothing to reproduce");
        return faults.Count == 0 ? null : string.Join("; ", faults);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => Source.Dispose();
}
