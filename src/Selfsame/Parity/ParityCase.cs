using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Selfsame.Parity;

/// <summary>One recorded computation: what went in, and what must come out.</summary>
public sealed class ParityCase
{
    private readonly byte[] _file;
    private readonly Dictionary<string, (string Type, long[] Shape, int Start, int End)> _entries = [];
    private readonly HashSet<string> _checked = [];
    private readonly List<string> _faults = [];

    private ParityCase(string path)
    {
        (Path, _file) = (path, File.ReadAllBytes(path));
        var length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(_file));
        using var header = JsonDocument.Parse(_file.AsMemory(8, length));
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
                continue;
            var offsets = entry.Value.GetProperty("data_offsets");
            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
            _entries[entry.Name] = (entry.Value.GetProperty("dtype").GetString()!, shape, 8 + length + offsets[0].GetInt32(), 8 + length + offsets[1].GetInt32());
        }

        var metadata = header.RootElement.GetProperty("__metadata__");
        (System, Case) = (metadata.GetProperty("system").GetString()!, metadata.GetProperty("case").GetString()!);
        Config = JsonElement.Parse(metadata.GetProperty("config").GetString()!);
        var tolerance = JsonElement.Parse(metadata.GetProperty("tolerance").GetString()!);
        (RelativeTolerance, AbsoluteTolerance) = (tolerance.GetProperty("rtol").GetDouble(), tolerance.GetProperty("atol").GetDouble());
    }

    /// <summary>System, for instance <c>mae</c>.</summary>
    public string System { get; }

    /// <summary>Case, for instance <c>forward</c>.</summary>
    public string Case { get; }

    /// <summary>The file's path.</summary>
    public string Path { get; }

    /// <summary>Hyper-parameters, a JSON object.</summary>
    public JsonElement Config { get; }

    /// <summary>Share of an expected value by which a computed one may differ.</summary>
    public double RelativeTolerance { get; }

    /// <summary>By how much a computed value may differ from zero.</summary>
    public double AbsoluteTolerance { get; }

    internal static ParityCase Read(string path) => new(path);

    /// <summary>True when the file has the tensor.</summary>
    public bool Has(string name) => _entries.ContainsKey(name);

    /// <summary>Full names that start with a prefix, in ordinal order.</summary>
    public IEnumerable<string> Names(string prefix) => _entries.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>Sizes of a tensor; empty for a scalar.</summary>
    public long[] Shape(string name) => _entries[name].Shape;

    /// <summary>Raw elements in place.</summary>
    public ReadOnlySpan<byte> Bytes(string name) => _file.AsSpan(_entries[name].Start.._entries[name].End);

    /// <summary>A copy of a floating-point tensor.</summary>
    public float[] Floats(string name) => Array.ConvertAll(Doubles(name), value => (float)value);

    /// <summary>A copy of a tensor of any type, widened.</summary>
    public double[] Doubles(string name) => _entries[name].Type switch
    {
        "F32" => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(Bytes(name)).ToArray(), value => (double)value),
        "F64" => MemoryMarshal.Cast<byte, double>(Bytes(name)).ToArray(),
        "I64" => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(Bytes(name)).ToArray(), value => (double)value),
        "U8" or "BOOL" => Array.ConvertAll(Bytes(name).ToArray(), value => (double)value),
        var type => throw new InvalidDataException($"{name} has the type {type}"),
    };

    /// <summary>A copy of an integer or boolean tensor; true is 1.</summary>
    public long[] Integers(string name) => Array.ConvertAll(Doubles(name), value => (long)value);

    /// <summary>Compares computed values with a recorded tensor.</summary>
    public void Expect(string name, ReadOnlySpan<double> actual)
    {
        _checked.Add(name);
        if (!Has(name))
        {
            _faults.Add($"{name} is not in the file");
            return;
        }

        var expected = Doubles(name);
        if (expected.Length != actual.Length)
        {
            _faults.Add($"{name} has {expected.Length} values, computed were {actual.Length}");
            return;
        }

        var exact = _entries[name].Type[0] is not 'F';
        for (var k = 0; k < expected.Length; k++)
        {
            var error = Math.Abs(actual[k] - expected[k]);
            if (error <= (exact ? 0 : AbsoluteTolerance + (RelativeTolerance * Math.Abs(expected[k]))))
                continue;
            _faults.Add($"{name}[{k}] is {actual[k]}, expected {expected[k]}");
            return;
        }
    }

    /// <inheritdoc cref="Expect(string, ReadOnlySpan{double})"/>
    public void Expect(string name, ReadOnlySpan<float> actual) => Expect(name, Array.ConvertAll(actual.ToArray(), value => (double)value));

    /// <inheritdoc cref="Expect(string, ReadOnlySpan{double})"/>
    public void Expect(string name, ReadOnlySpan<long> actual) => Expect(name, Array.ConvertAll(actual.ToArray(), value => (double)value));

    /// <inheritdoc cref="Expect(string, ReadOnlySpan{double})"/>
    public void Expect(string name, ReadOnlySpan<byte> actual) => Expect(name, Array.ConvertAll(actual.ToArray(), value => (double)value));

    /// <inheritdoc cref="Expect(string, ReadOnlySpan{double})"/>
    public void Expect(string name, double actual) => Expect(name, [actual]);

    internal string? Verdict()
    {
        var missed = _entries.Keys.Where(name => name[..name.IndexOf('/', StringComparison.Ordinal)] is "out" or "grad" or "next").Where(name => !_checked.Contains(name));
        _faults.AddRange(missed.Select(name => $"{name} was not checked"));
        return _faults.Count == 0 ? null : string.Join("; ", _faults);
    }
}
