namespace Selfsame.Modalities.Text.Patterns;

/// <summary>A part of a regular expression.</summary>
internal abstract record PatternNode
{
    /// <summary>It can match nothing at all.</summary>
    public abstract bool CanBeEmpty { get; }

    /// <summary>Code points it matches where that number is fixed; else -1.</summary>
    public abstract int Width { get; }
}

/// <summary>One code point out of a set.</summary>
internal sealed record SetNode(PointSet Set) : PatternNode
{
    public override bool CanBeEmpty => false;

    public override int Width => 1;
}

/// <summary>One part after the other.</summary>
internal sealed record SequenceNode(IReadOnlyList<PatternNode> Parts) : PatternNode
{
    public override bool CanBeEmpty => Parts.All(part => part.CanBeEmpty);

    public override int Width => Parts.Any(part => part.Width < 0) ? -1 : Parts.Sum(part => part.Width);
}

/// <summary>The first part that fits.</summary>
internal sealed record ChoiceNode(IReadOnlyList<PatternNode> Parts) : PatternNode
{
    public override bool CanBeEmpty => Parts.Any(part => part.CanBeEmpty);

    public override int Width => Parts.All(part => part.Width == Parts[0].Width) ? Parts[0].Width : -1;
}

/// <summary>A part several times.</summary>
internal sealed record RepeatNode(PatternNode Part, int Min, int Max, RepeatMode Mode) : PatternNode
{
    public override bool CanBeEmpty => Min == 0 || Part.CanBeEmpty;

    public override int Width => Min == Max && Part.Width >= 0 ? Min * Part.Width : -1;
}

/// <summary>How much a repetition takes.</summary>
internal enum RepeatMode
{
    /// <summary>As much as it can, less where the rest needs it.</summary>
    Greedy,

    /// <summary>As little as it can.</summary>
    Lazy,

    /// <summary>As much as it can, and never gives back.</summary>
    Possessive,
}

/// <summary>A condition on what stands before or behind, which takes nothing.</summary>
internal sealed record LookNode(PatternNode Part, bool Behind, bool Negative) : PatternNode
{
    public override bool CanBeEmpty => true;

    public override int Width => 0;
}

/// <summary>A part that never gives back what it took.</summary>
internal sealed record AtomicNode(PatternNode Part) : PatternNode
{
    public override bool CanBeEmpty => Part.CanBeEmpty;

    public override int Width => Part.Width;
}

/// <summary>A condition on the place.</summary>
internal sealed record AnchorNode(Anchor Anchor) : PatternNode
{
    public override bool CanBeEmpty => true;

    public override int Width => 0;
}

/// <summary>Places in a text.</summary>
internal enum Anchor
{
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    WordBoundary,
    NoWordBoundary,
}
