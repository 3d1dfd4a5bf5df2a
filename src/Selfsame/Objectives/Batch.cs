using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>Kinds of data. Names of tensors in a <see cref="Batch"/>.</summary>
public static class Modality
{
    /// <summary>Pictures, (B, channels, height, width), float.</summary>
    public const string Image = "image";

    /// <summary>Sound.</summary>
    public const string Audio = "audio";

    /// <summary>Moving pictures.</summary>
    public const string Video = "video";

    /// <summary>Text.</summary>
    public const string Text = "text";
}

/// <summary>What one training step sees: a tensor for each view or modality, and labels where there are some. Freed with the step's scope.</summary>
public sealed class Batch
{
    private readonly Dictionary<string, Tensor> _tensors;

    /// <summary>Makes a batch.</summary>
    /// <param name="tensors">By modality or view: <c>image</c>, or <c>image</c>, <c>image.1</c>, … when there are several views.</param>
    public Batch(IEnumerable<KeyValuePair<string, Tensor>> tensors) => _tensors = new(tensors);

    /// <summary>A batch of pictures.</summary>
    /// <param name="image">(B, channels, height, width).</param>
    /// <param name="labels">Class ids, (B), int64.</param>
    public Batch(Tensor image, Tensor? labels = null)
    {
        _tensors = new() { [Modality.Image] = image };
        Labels = labels;
    }

    /// <summary>Class ids, (B), int64; null without labels.</summary>
    public Tensor? Labels { get; init; }

    /// <summary>One of the tensors.</summary>
    /// <exception cref="KeyNotFoundException">The batch has no such tensor.</exception>
    public Tensor this[string name] => _tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw new KeyNotFoundException($"the batch has no {name}; it has {string.Join(", ", _tensors.Keys)}");

    /// <summary>Some of the samples, without copying; every tensor has them on its first axis.</summary>
    /// <param name="first">Number of the first, from 0.</param>
    /// <param name="count">How many.</param>
    public Batch Rows(long first, long count) => new(_tensors.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Narrow(0, first, count))))
    {
        Labels = Labels?.Narrow(0, first, count),
    };

    /// <summary>Names of the tensors with their shapes, in the order of the batch.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Shapes() =>
        [.. _tensors.Select(pair => (pair.Key, (IReadOnlyList<long>)pair.Value.Shape.ToArray())), .. Labels is null ? [] : new[] { ("labels", (IReadOnlyList<long>)Labels.Shape.ToArray()) }];
}
