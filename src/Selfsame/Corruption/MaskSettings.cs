using Selfsame.Randomness;
using Selfsame.Recipes;

namespace Selfsame.Corruption;

/// <summary>The places of a batch that can be hidden.</summary>
/// <param name="Samples">Samples in the batch.</param>
/// <param name="Rows">Rows of the grid of tokens; 1 for a sequence.</param>
/// <param name="Columns">Columns of the grid, or length of the sequence.</param>
/// <param name="Lengths">Tokens of each sample that hold data; empty when all do. Only sequences have them.</param>
/// <param name="Locked">Places that stay as they are, samples · tokens of them, row-major; empty where any may be hidden. Masks of single tokens keep to it.</param>
public readonly record struct MaskShape(int Samples, int Rows, int Columns, ReadOnlyMemory<int> Lengths = default, ReadOnlyMemory<bool> Locked = default)
{
    /// <summary>Tokens of a sample, padding included.</summary>
    public int Tokens => Rows * Columns;

    /// <summary>Tokens of one sample that hold data.</summary>
    public int Length(int sample) => Lengths.IsEmpty ? Tokens : Lengths.Span[sample];

    /// <summary>The places of one sample.</summary>
    public MaskShape Of(int sample) => this with
    {
        Samples = 1,
        Lengths = Lengths.IsEmpty ? default : Lengths.Slice(sample, 1),
        Locked = Locked.IsEmpty ? default : Locked.Slice(sample * Tokens, Tokens),
    };
}

/// <summary>Which tokens are hidden from the student; the <c>mask</c> block of a recipe.</summary>
public abstract record MaskSettings : ICheckable
{
    /// <summary>Problems between the settings; none when they fit together.</summary>
    public virtual IEnumerable<RecipeProblem> Check() => [];

    /// <summary>Whether what is hidden of a sample depends on the other samples of the batch.</summary>
    public virtual bool ComparesSamples => false;

    /// <summary>Hides tokens of every sample, each with draws of its own where samples don't depend on each other.</summary>
    /// <param name="draws">The draws of a sample, by its number.</param>
    /// <param name="shape">The places there are.</param>
    /// <param name="hidden">As in <see cref="Draw"/>.</param>
    public void DrawEach(Func<int, IDraws> draws, in MaskShape shape, Span<bool> hidden)
    {
        ArgumentNullException.ThrowIfNull(draws);
        if (ComparesSamples)
        {
            Draw(draws(0), shape, hidden);
            return;
        }

        for (var b = 0; b < shape.Samples; b++)
            Draw(draws(b), shape.Of(b), hidden.Slice(b * shape.Tokens, shape.Tokens));
    }

    /// <summary>Hides tokens of every sample.</summary>
    /// <param name="draws">Where the random numbers come from.</param>
    /// <param name="shape">The places there are.</param>
    /// <param name="hidden">Set to true where hidden, false elsewhere; samples · tokens places, row-major.</param>
    public abstract void Draw(IDraws draws, in MaskShape shape, Span<bool> hidden);
}

/// <summary>Single tokens, chosen without pattern; for text.</summary>
public sealed record RandomMaskSettings : MaskSettings
{
    /// <summary>Share of tokens hidden, between 0 and 1. Default 0.15, BERT's. The fraction of a token is rounded up or down by chance.</summary>
    [Limits(0, 1, "the share of tokens hidden", AboveMin = true, BelowMax = true)]
    public double Ratio { get; init; } = 0.15;

    /// <inheritdoc/>
    /// <remarks>At least one token is hidden, and at least one is left, where a sample has two.</remarks>
    public override void Draw(IDraws draws, in MaskShape shape, Span<bool> hidden)
    {
        ArgumentNullException.ThrowIfNull(draws);
        hidden.Clear();
        var (free, order) = (new int[shape.Tokens], new int[shape.Tokens]);
        for (var b = 0; b < shape.Samples; b++)
        {
            var (start, length) = (b * shape.Tokens, 0);
            for (var n = 0; n < shape.Length(b); n++)
            {
                if (shape.Locked.IsEmpty || !shape.Locked.Span[start + n])
                    free[length++] = n;
            }

            var count = Math.Max(Math.Min(1, length), Math.Min(length - 1, (int)((Ratio * length) + draws.Uniform("mask.round"))));
            draws.Permutation("mask.token", order.AsSpan(0, length));
            for (var k = 0; k < count; k++)
                hidden[start + free[order[k]]] = true;
        }
    }
}
