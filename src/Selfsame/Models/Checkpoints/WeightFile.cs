using System.Diagnostics.CodeAnalysis;
using Selfsame.Torch;
using Selfsame.Torch.Safetensors;

namespace Selfsame.Models.Checkpoints;

/// <summary>A tensor of a checkpoint, not yet read.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Shape">Sizes; empty for a scalar.</param>
/// <param name="DType">Element type.</param>
public readonly record struct WeightEntry(string Name, IReadOnlyList<long> Shape, DType DType);

/// <summary>Named tensors of a checkpoint, whatever its file format. Reading one runs no code that the file could carry.</summary>
public interface IWeightFile : IDisposable
{
    /// <summary>The file.</summary>
    string Path { get; }

    /// <summary>What it holds.</summary>
    IReadOnlyList<WeightEntry> Entries { get; }

    /// <summary>Finds a tensor.</summary>
    bool TryGet(string name, [NotNullWhen(true)] out WeightEntry? entry);

    /// <summary>A copy of a tensor on the host, in its own type.</summary>
    /// <exception cref="WeightsException">There is no such tensor, or its bytes are damaged.</exception>
    Tensor Read(string name);

    /// <summary>A tensor on the host, in its own type, without a copy where the file can be used in place. Only to be read, and only while the file is open.</summary>
    /// <exception cref="WeightsException">There is no such tensor, or its bytes are damaged.</exception>
    Tensor View(string name) => Read(name);
}

/// <summary>Weights in a safetensors file.</summary>
public sealed class SafetensorsWeights : IWeightFile
{
    private readonly SafetensorsFile _file;
    private readonly Dictionary<string, WeightEntry> _entries = new(StringComparer.Ordinal);
    private readonly string _prefix;
    private readonly bool _owned;

    /// <summary>Looks at an open file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">Only names that start so count, and are given without it; empty for all.</param>
    /// <param name="owned">Close the file with this.</param>
    public SafetensorsWeights(SafetensorsFile file, string prefix = "", bool owned = false)
    {
        ArgumentNullException.ThrowIfNull(file);
        (_file, _prefix, _owned) = (file, prefix, owned);
        foreach (var entry in file.Entries)
        {
            if (entry.Name.StartsWith(prefix, StringComparison.Ordinal))
                _entries.Add(entry.Name[prefix.Length..], new WeightEntry(entry.Name[prefix.Length..], entry.Shape, entry.DType));
        }
    }

    /// <inheritdoc/>
    public string Path => _file.Path;

    /// <inheritdoc/>
    public IReadOnlyList<WeightEntry> Entries => [.. _entries.Values];

    /// <summary>Opens a file.</summary>
    /// <exception cref="SafetensorsException">It is not a safetensors file, or damaged.</exception>
    public static SafetensorsWeights Open(string path) => new(SafetensorsFile.Open(path), owned: true);

    /// <inheritdoc/>
    public bool TryGet(string name, [NotNullWhen(true)] out WeightEntry? entry)
    {
        entry = _entries.TryGetValue(name, out var found) ? found : null;
        return entry is not null;
    }

    /// <inheritdoc/>
    public Tensor Read(string name)
    {
        var entry = _file.Entry(_prefix + name);
        var tensor = Ops.Empty([.. entry.Shape], entry.DType);
        if (entry.ByteLength > 0)
            _file.Bytes(_prefix + name).CopyTo(tensor.ByteSpan());
        return tensor;
    }

    /// <inheritdoc/>
    public unsafe Tensor View(string name)
    {
        var entry = _file.Entry(_prefix + name);
        return entry.ByteLength > 0 && _file.IsAligned(entry.Name) ? Tensor.View((void*)_file.Address(entry.Name), entry.Shape, entry.DType) : Read(name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_owned)
            _file.Dispose();
    }
}

/// <summary>Weights cannot be read, or do not fit.</summary>
public sealed class WeightsException : Exception
{
    /// <summary>Says which file, what was found, and what to do.</summary>
    public WeightsException(string message)
        : base(message)
    {
    }

    /// <summary>Says which file, what was found, and what caused it.</summary>
    public WeightsException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
