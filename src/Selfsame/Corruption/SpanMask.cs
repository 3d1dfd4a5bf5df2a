using Selfsame.Randomness;
using Selfsame.Recipes;

namespace Selfsame.Corruption;

/// <summary>How long a span is.</summary>
public enum SpanLengths
{
    /// <summary>All alike.</summary>
    Fixed,

    /// <summary>Any from the spread to twice the length.</summary>
    Uniform,

    /// <summary>Normal about the length, at least 1.</summary>
    Normal,

    /// <summary>Poisson about the length.</summary>
    Poisson,
}

/// <summary>The random decisions of a span mask: drawn in training, replayed in a parity test.</summary>
public interface ISpanDraws
{
    /// <summary>A number in [0, 1) that decides whether the number of spans is rounded up.</summary>
    double Rounding(int sample);

    /// <summary>Lengths of a sample's spans.</summary>
    void Lengths(int sample, SpanMaskSettings settings, Span<int> lengths);

    /// <summary>Distinct starts from 0 up to <paramref name="below"/>.</summary>
    void Starts(int sample, int below, Span<int> starts);

    /// <summary>A subset of some places, without repeats.</summary>
    void Choose(ReadOnlySpan<int> from, Span<int> chosen);
}

/// <summary>Spans of a sequence, which may overlap; for speech.</summary>
/// <remarks>Baevski et al. 2020, https://arxiv.org/abs/2006.11477, section 3.1, as in fairseq's <c>compute_mask_indices</c>.</remarks>
public sealed record SpanMaskSettings : MaskSettings
{
    /// <summary>Share of frames that the spans would cover if they did not overlap, between 0 and 1. Default 0.65: with spans of 10, about half the frames are hidden.</summary>
    [Limits(0, 1, "the share of frames that the spans would cover without overlap", AboveMin = true, BelowMax = true)]
    public double Ratio { get; init; } = 0.65;

    /// <summary>Frames of a span, at least 1. Default 10.</summary>
    [Limits(1, 1 << 16, "the number of frames of a span")]
    public int Length { get; init; } = 10;

    /// <summary>How lengths vary. Default fixed.</summary>
    public SpanLengths Lengths { get; init; }

    /// <summary>Standard deviation of normal lengths, or the shortest of uniform ones. Default 0.</summary>
    [Limits(0, 1 << 16, "the spread of the lengths")]
    public double Spread { get; init; }

    /// <summary>Spans a sample has at the least. Default 1.</summary>
    [Limits(0, 1 << 16, "the smallest number of spans")]
    public int MinSpans { get; init; } = 1;

    /// <summary>Bring all samples of a batch to the same number of hidden frames. Default true.</summary>
    public bool Same { get; init; } = true;

    /// <summary>With <see cref="Same"/>: hide more in samples with fewer, rather than less in samples with more. Default false.</summary>
    public bool AddToReachSame { get; init; }

    /// <summary>Share of the hidden frames that is shown after all, at the end, 0 to below 1. Default 0.</summary>
    [Limits(0, 1, "the share of hidden frames shown after all", BelowMax = true)]
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override bool ComparesSamples => Same;

    /// <inheritdoc/>
    public override void Draw(IDraws draws, in MaskShape shape, Span<bool> hidden) => Draw(new SpanDraws(draws), shape, hidden);

    /// <inheritdoc cref="MaskSettings.Draw"/>
    /// <remarks>A sample that its spans would hide altogether, or that has too few frames for them, gets one span over half of its frames instead; a single frame stays.</remarks>
    public void Draw(ISpanDraws draws, in MaskShape shape, Span<bool> hidden)
    {
        ArgumentNullException.ThrowIfNull(draws);
        hidden.Clear();
        var counts = new int[shape.Samples];
        for (var b = 0; b < shape.Samples; b++)
            counts[b] = Spans(draws, b, shape.Length(b), hidden.Slice(b * shape.Tokens, shape.Tokens));
        int? target = !Same || counts.Length == 0 ? null : AddToReachSame ? counts.Max() : counts.Min();
        for (var b = 0; b < shape.Samples; b++)
        {
            var row = hidden.Slice(b * shape.Tokens, shape.Tokens);
            if (target is { } many && counts[b] != many)
                Level(draws, row, counts[b], many);
            if (Dropout > 0)
                Drop(draws, row);
        }
    }

    private int Spans(ISpanDraws draws, int sample, int length, Span<bool> row)
    {
        var count = Math.Max(MinSpans, (int)((Ratio * length / Length) + draws.Rounding(sample)));
        var lengths = new int[count];
        draws.Lengths(sample, this, lengths);
        if (lengths.Sum() == 0)
            lengths = [Math.Max(0, Math.Min(Length, length - 1))];
        var shortest = lengths.Min();
        if (length - shortest <= lengths.Length)
            shortest = length - lengths.Length - 1;
        var starts = new int[lengths.Length];
        if (length - shortest < starts.Length || starts.Length == 0 || length < 2)
            return Half(draws, sample, length, row);
        draws.Starts(sample, length - shortest, starts);
        for (var k = 0; k < starts.Length; k++)
            row[starts[k]..Math.Min(length, starts[k] + lengths[k])].Fill(true);
        var hidden = row.Count(true);
        return hidden < length ? hidden : Half(draws, sample, length, row);
    }

    private static int Half(ISpanDraws draws, int sample, int length, Span<bool> row)
    {
        row.Clear();
        if (length < 2)
            return 0;
        var half = length / 2;
        Span<int> start = stackalloc int[1];
        draws.Starts(sample, length - half + 1, start);
        row.Slice(start[0], half).Fill(true);
        return half;
    }

    // Shows frames again, or hides more of them, until there are as many as in the other samples.
    private static void Level(ISpanDraws draws, Span<bool> row, int count, int target)
    {
        var wasHidden = count > target;
        var places = Places(row, wasHidden);
        var chosen = new int[wasHidden ? target : target - count];
        draws.Choose(places, chosen);
        if (wasHidden)
            row.Clear();
        foreach (var place in chosen)
            row[place] = true;
    }

    private void Drop(ISpanDraws draws, Span<bool> row)
    {
        var places = Places(row, true);
        var chosen = new int[(int)Math.Round(places.Length * Dropout)];
        draws.Choose(places, chosen);
        foreach (var place in chosen)
            row[place] = false;
    }

    private static int[] Places(ReadOnlySpan<bool> row, bool hidden)
    {
        var places = new List<int>(row.Length);
        for (var k = 0; k < row.Length; k++)
        {
            if (row[k] == hidden)
                places.Add(k);
        }

        return [.. places];
    }
}

/// <summary>The decisions of a span mask from a source of draws.</summary>
/// <param name="draws">The source.</param>
internal sealed class SpanDraws(IDraws draws) : ISpanDraws
{
    public double Rounding(int sample) => draws.Uniform("mask.round");

    public void Lengths(int sample, SpanMaskSettings settings, Span<int> lengths)
    {
        for (var k = 0; k < lengths.Length; k++)
        {
            lengths[k] = settings.Lengths switch
            {
                SpanLengths.Fixed => settings.Length,
                SpanLengths.Uniform => (int)settings.Spread + draws.Integer("mask.length", Math.Max(1, (2 * settings.Length) + 1 - (int)settings.Spread)),
                SpanLengths.Normal => Math.Max(1, (int)Math.Round(settings.Length + (settings.Spread * draws.Normal("mask.length")))),
                SpanLengths.Poisson => Poisson(settings.Length),
                _ => throw new InvalidOperationException($"lengths of kind {settings.Lengths} are not known"),
            };
        }
    }

    public void Starts(int sample, int below, Span<int> starts)
    {
        var order = new int[below];
        draws.Permutation("mask.start", order);
        order.AsSpan(0, starts.Length).CopyTo(starts);
    }

    public void Choose(ReadOnlySpan<int> from, Span<int> chosen)
    {
        var order = new int[from.Length];
        draws.Permutation("mask.choose", order);
        for (var k = 0; k < chosen.Length; k++)
            chosen[k] = from[order[k]];
    }

    // By inversion: the smallest k whose cumulative probability exceeds a uniform draw.
    private int Poisson(double mean)
    {
        var left = draws.Uniform("mask.length");
        var probability = Math.Exp(-mean);
        var k = 0;
        for (; left >= probability && k < 1000; k++)
        {
            left -= probability;
            probability *= mean / (k + 1);
        }

        return k;
    }
}
