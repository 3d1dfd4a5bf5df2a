namespace Selfsame.Modalities.Text.Patterns;

/// <summary>What a step of a compiled pattern does.</summary>
internal enum StepKind
{
    /// <summary>Takes one code point of a set.</summary>
    Set,

    /// <summary>Takes code points of a set, between a least and a most number.</summary>
    Loop,

    /// <summary>Goes on at one step and keeps another one in reserve.</summary>
    Split,

    /// <summary>Goes on elsewhere.</summary>
    Jump,

    /// <summary>Holds where another program fits, or does not.</summary>
    Look,

    /// <summary>Takes what another program takes first.</summary>
    Atomic,

    /// <summary>Holds at a kind of place.</summary>
    Anchor,

    /// <summary>The pattern fits.</summary>
    Accept,
}

/// <summary>A step of a compiled pattern.</summary>
internal sealed record Step(StepKind Kind)
{
    public PointSet? Set { get; init; }

    /// <summary>Fewest of a loop; code points that a look behind goes back, -1 for ahead.</summary>
    public int Min { get; init; }

    public int Max { get; init; }

    public RepeatMode Mode { get; init; }

    /// <summary>Where a jump leads; the first way of a split.</summary>
    public int Target { get; set; }

    /// <summary>The way a split keeps in reserve.</summary>
    public int Reserve { get; set; }

    public Step[]? Inner { get; init; }

    public bool Negative { get; init; }

    public Anchor Anchor { get; init; }
}

/// <summary>Turns a pattern into steps.</summary>
internal sealed class PatternProgram
{
    private const int MostCopies = 1000;

    private readonly List<Step> _steps = [];

    private PatternProgram()
    {
    }

    /// <exception cref="FormatException">Something is not supported.</exception>
    public static Step[] Compile(PatternNode node)
    {
        var program = new PatternProgram();
        program.Emit(node);
        program._steps.Add(new(StepKind.Accept));
        return [.. program._steps];
    }

    private void Emit(PatternNode node)
    {
        switch (node)
        {
            case SetNode set:
                _steps.Add(new(StepKind.Set) { Set = set.Set });
                break;
            case SequenceNode sequence:
                foreach (var part in sequence.Parts)
                    Emit(part);
                break;
            case ChoiceNode choice:
                Choose(choice);
                break;
            case RepeatNode { Part: SetNode set } loop:
                _steps.Add(new(StepKind.Loop) { Set = set.Set, Min = loop.Min, Max = loop.Max, Mode = loop.Mode });
                break;
            case RepeatNode { Mode: RepeatMode.Possessive } loop:
                Emit(new AtomicNode(loop with { Mode = RepeatMode.Greedy }));
                break;
            case RepeatNode repeat:
                Repeat(repeat);
                break;
            case AtomicNode atomic:
                _steps.Add(new(StepKind.Atomic) { Inner = Compile(atomic.Part) });
                break;
            case AnchorNode anchor:
                _steps.Add(new(StepKind.Anchor) { Anchor = anchor.Anchor });
                break;
            case LookNode { Behind: true, Part: ChoiceNode { Width: < 0 } choice } look:
                // Ways of different width: none of them, or any of them.
                var ways = choice.Parts.Select(part => (PatternNode)(look with { Part = part })).ToList();
                Emit(look.Negative ? new SequenceNode(ways) : new ChoiceNode(ways));
                break;
            case LookNode look:
                if (look is { Behind: true, Part.Width: < 0 })
                    throw new FormatException("a look behind in the pattern has no fixed width, which is not supported");
                _steps.Add(new(StepKind.Look) { Inner = Compile(look.Part), Negative = look.Negative, Min = look.Behind ? look.Part.Width : -1 });
                break;
            default:
                throw new InvalidOperationException($"{node.GetType().Name} has no steps");
        }
    }

    private void Choose(ChoiceNode choice)
    {
        var ends = new List<Step>();
        for (var i = 0; i < choice.Parts.Count; i++)
        {
            if (i == choice.Parts.Count - 1)
            {
                Emit(choice.Parts[i]);
                break;
            }

            var split = new Step(StepKind.Split) { Target = _steps.Count + 1 };
            _steps.Add(split);
            Emit(choice.Parts[i]);
            var end = new Step(StepKind.Jump);
            _steps.Add(end);
            ends.Add(end);
            split.Reserve = _steps.Count;
        }

        foreach (var end in ends)
            end.Target = _steps.Count;
    }

    private void Repeat(RepeatNode repeat)
    {
        if (repeat.Min > MostCopies || (repeat.Max > MostCopies && repeat.Max != int.MaxValue))
            throw new FormatException($"a group in the pattern is repeated more than {MostCopies} times, which is not supported");
        for (var i = 0; i < repeat.Min; i++)
            Emit(repeat.Part);
        var lazy = repeat.Mode == RepeatMode.Lazy;
        if (repeat.Max == int.MaxValue)
        {
            var at = _steps.Count;
            var split = Fork();
            Emit(repeat.Part);
            _steps.Add(new(StepKind.Jump) { Target = at });
            Leave(split, lazy);
            return;
        }

        var splits = new List<Step>();
        for (var i = repeat.Min; i < repeat.Max; i++)
        {
            splits.Add(Fork());
            Emit(repeat.Part);
        }

        foreach (var split in splits)
            Leave(split, lazy);
    }

    private Step Fork()
    {
        var split = new Step(StepKind.Split) { Target = _steps.Count + 1 };
        _steps.Add(split);
        return split;
    }

    private void Leave(Step split, bool lazy) =>
        (split.Target, split.Reserve) = lazy ? (_steps.Count, split.Target) : (split.Target, _steps.Count);
}
