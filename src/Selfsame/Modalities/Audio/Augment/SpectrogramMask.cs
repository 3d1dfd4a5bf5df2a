using System.Numerics.Tensors;
using Selfsame.Randomness;

namespace Selfsame.Modalities.Audio;

/// <summary>Consecutive frames or bins that are hidden.</summary>
/// <param name="Start">The first.</param>
/// <param name="End">The first one behind.</param>
public readonly record struct MaskRange(int Start, int End);

/// <summary>SpecAugment's masks: strips of time or frequency.</summary>
/// <remarks>Park et al. 2019, https://arxiv.org/abs/1904.08779, without its time warp. As torchaudio's <c>mask_along_axis</c>.</remarks>
public static class SpectrogramMask
{
    /// <summary>Draws a strip: its length v uniform in 0 .. <paramref name="longest"/>, its start uniform in 0 .. size - v; fractions are dropped last.</summary>
    /// <param name="size">Frames or bins there are.</param>
    /// <param name="longest">Longest strip.</param>
    /// <param name="share">Strips are at most this share of <paramref name="size"/>, 0 to 1.</param>
    /// <param name="draws">The source.</param>
    /// <param name="name">Name of both draws, length first.</param>
    public static MaskRange Sample(int size, int longest, double share, IDraws draws, string name)
    {
        ArgumentNullException.ThrowIfNull(draws);
        if (share < 1)
            longest = Math.Min(longest, (int)(size * share));
        longest = Math.Min(longest, size);
        var length = (float)draws.Uniform(name) * longest;
        var start = (float)draws.Uniform(name) * (size - length);
        return new((int)start, (int)start + (int)length);
    }

    /// <summary>Draws strips and fills them with the mean of what there was.</summary>
    /// <param name="settings">How many and how wide.</param>
    /// <param name="plane">Log energies (frames, bins).</param>
    /// <param name="bins">Bins of a frame.</param>
    /// <param name="draws">Draws <c>mask.frequency</c> and <c>mask.time</c>.</param>
    public static void Apply(SpectrogramMaskSettings settings, Span<float> plane, int bins, IDraws draws)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (plane.IsEmpty)
            return;
        var (frames, fill) = (plane.Length / bins, TensorPrimitives.Sum<float>(plane) / plane.Length);
        for (var i = 0; i < settings.FrequencyMasks; i++)
            FillColumns(plane, bins, Sample(bins, settings.FrequencyWidth, 1, draws, "mask.frequency"), fill);
        for (var i = 0; i < settings.TimeMasks; i++)
            FillRows(plane, bins, Sample(frames, settings.TimeWidth, settings.TimeShare, draws, "mask.time"), fill);
    }

    /// <summary>Fills columns of a plane (rows, columns).</summary>
    public static void FillColumns(Span<float> plane, int columns, MaskRange range, float value)
    {
        for (var row = 0; row < plane.Length; row += columns)
            plane.Slice(row + range.Start, range.End - range.Start).Fill(value);
    }

    /// <summary>Fills rows of a plane (rows, columns).</summary>
    public static void FillRows(Span<float> plane, int columns, MaskRange range, float value) =>
        plane[(range.Start * columns)..(range.End * columns)].Fill(value);
}
