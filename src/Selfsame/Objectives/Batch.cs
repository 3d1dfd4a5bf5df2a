using Selfsame.Modalities;
using Selfsame.Torch;

namespace Selfsame.Objectives;

// B samples, L places of the longest sample of the batch.

/// <summary>
/// What one training step sees: a tensor for each view or modality, and labels where there are some. A sample may lack any
/// modality but not all; <see cref="Present"/> says which it has. Freed with the step's scope.
/// </summary>
public sealed class Batch
{
    private readonly Dictionary<string, BatchField> _fields = new(StringComparer.Ordinal);

    /// <summary>Makes a batch of tensors of fixed size that no sample lacks.</summary>
    /// <param name="tensors">By modality or view: <c>image</c>, or <c>image</c>, <c>image.1</c>, … when there are several views.</param>
    public Batch(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        foreach (var (name, tensor) in tensors)
            _fields.Add(name, new(tensor));
    }

    /// <summary>Makes a batch of fields that may vary in length or be missing.</summary>
    /// <param name="fields">By modality or view.</param>
    public Batch(IEnumerable<KeyValuePair<string, BatchField>> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        foreach (var (name, field) in fields)
            _fields.Add(name, field);
    }

    /// <summary>A batch of pictures.</summary>
    /// <param name="image">(B, channels, height, width).</param>
    /// <param name="labels">Class ids, (B), int64.</param>
    public Batch(Tensor image, Tensor? labels = null)
    {
        _fields.Add(Modality.Image, new(image));
        Labels = labels;
    }

    /// <summary>Class ids, (B), int64; null without labels.</summary>
    public Tensor? Labels { get; init; }

    /// <summary>Which sample of the data set each row is; empty where nobody said.</summary>
    public IReadOnlyList<int> Indices { get; init; } = [];

    /// <summary>The one modality of a batch that was drawn for it, where the recipe mixes modalities batch by batch; otherwise null.</summary>
    public string? Drawn { get; init; }

    /// <summary>Where the tensors lie; the host's memory for an empty batch.</summary>
    public Device Device => _fields.Values.FirstOrDefault()?.Values.Device ?? Device.Cpu;

    /// <summary>Number of samples B.</summary>
    public long Count
    {
        get
        {
            foreach (var any in _fields.Values)
                return any.Values.Size(0);
            return 0;
        }
    }

    /// <summary>Names of the tensors.</summary>
    public IReadOnlyCollection<string> Names => _fields.Keys;

    /// <summary>The tensors by name, with lengths and who has them.</summary>
    public IReadOnlyDictionary<string, BatchField> Fields => _fields;

    /// <summary>One of the tensors.</summary>
    /// <exception cref="KeyNotFoundException">The batch has no such tensor.</exception>
    public Tensor this[string name] => Field(name).Values;

    /// <summary>Whether any sample of the batch has this modality or view.</summary>
    public bool Has(string name) => _fields.ContainsKey(name);

    /// <summary>A tensor with its lengths and who has it.</summary>
    /// <exception cref="KeyNotFoundException">The batch has no such tensor.</exception>
    public BatchField Field(string name) => _fields.TryGetValue(name, out var field)
        ? field
        : throw new KeyNotFoundException($"the batch has no {name}; it has {string.Join(", ", _fields.Keys)}");

    /// <summary>Which samples have a modality, (B), bool.</summary>
    public Tensor Present(string name)
    {
        var field = Field(name);
        return field.Present ?? Ops.Ones([field.Values.Size(0)], DType.Bool, field.Values.Device);
    }

    /// <summary>Places that each sample fills, (B), int64; 0 where it lacks the modality.</summary>
    public Tensor Lengths(string name)
    {
        var field = Field(name);
        return field.Lengths ?? Present(name).To(DType.Int64).Mul(field.Values.Size(1));
    }

    /// <summary>Which places are filled, (B, L), bool; false is padding.</summary>
    public Tensor Mask(string name)
    {
        var field = Field(name);
        var places = Ops.Arange(field.Values.Size(1), dtype: DType.Int64, device: field.Values.Device).Unsqueeze(0);
        return places.Lt(Lengths(name).Unsqueeze(1));
    }

    /// <summary>Some of the samples, without copying; every tensor has them on its first axis.</summary>
    /// <param name="first">Number of the first, from 0.</param>
    /// <param name="count">How many.</param>
    public Batch Rows(long first, long count) => new(_fields.Select(pair => KeyValuePair.Create(pair.Key, new BatchField(
        pair.Value.Values.Narrow(0, first, count), pair.Value.Lengths?.Narrow(0, first, count), pair.Value.Present?.Narrow(0, first, count)))))
    {
        Labels = Labels?.Narrow(0, first, count),
        Indices = Indices.Count == 0 ? [] : [.. Indices.Skip((int)first).Take((int)count)],
        Drawn = Drawn,
    };

    /// <summary>The same samples on another device.</summary>
    /// <param name="device">Where to.</param>
    public Batch To(Device device) => new(_fields.Select(pair => KeyValuePair.Create(pair.Key, new BatchField(On(pair.Value.Values, device)!, On(pair.Value.Lengths, device), On(pair.Value.Present, device)))))
    {
        Labels = On(Labels, device),
        Indices = Indices,
        Drawn = Drawn,
    };

    /// <summary>Names of the tensors with their shapes, in the order of the batch.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Shapes() =>
        [.. _fields.Select(pair => (pair.Key, (IReadOnlyList<long>)pair.Value.Values.Shape.ToArray())), .. Labels is null ? [] : new[] { ("labels", (IReadOnlyList<long>)Labels.Shape.ToArray()) }];

    private static Tensor? On(Tensor? tensor, Device device) => tensor?.To(device, tensor.DType);
}
