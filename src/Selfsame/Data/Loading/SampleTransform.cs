using Selfsame.Modalities.Image;

namespace Selfsame.Data.Loading;

/// <summary>Where a sample stands in a run; random draws are derived from it and from nothing else.</summary>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Epoch">Pass over the data, from 0.</param>
/// <param name="Position">Place within the pass, from 0.</param>
/// <param name="Index">The sample in its data set.</param>
public readonly record struct SampleContext(ulong Seed, long Epoch, int Position, int Index)
{
    /// <summary>The sample after this one in the order of the pass, for what needs another of the same part; -1 where there is none.</summary>
    public int Next { get; init; } = -1;
}

/// <summary>Turns a decoded picture into the numbers a model sees. Called from several threads at once.</summary>
public interface ISampleTransform
{
    /// <summary>Shape of what is written for one sample, for example (views, channels, height, width).</summary>
    IReadOnlyList<int> OutputShape { get; }

    /// <summary>Transforms one picture.</summary>
    /// <param name="image">RGB, as stored. Only to be read: it may be shared with later epochs.</param>
    /// <param name="context">Where the sample stands; the only source of randomness.</param>
    /// <param name="destination">Exactly one sample of <see cref="OutputShape"/>; its content is undefined before.</param>
    void Apply(ImageBuffer image, in SampleContext context, Span<float> destination);
}
