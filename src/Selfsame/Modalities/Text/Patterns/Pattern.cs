using Selfsame.Modalities.Text.CodePoints;

namespace Selfsame.Modalities.Text.Patterns;

/// <summary>A regular expression over code points: characters beyond U+FFFF count as one, and classes follow Unicode. Backtracks as Perl's do, with a stack of its own.</summary>
/// <remarks>Safe from any thread.</remarks>
internal sealed class Pattern
{
    [ThreadStatic]
    private static List<Reserve>? s_stack;

    private readonly Step[] _steps;
    private readonly int[]? _literal;

    /// <summary>Compiles a regular expression.</summary>
    /// <exception cref="FormatException">It is malformed, or uses what is not supported.</exception>
    public Pattern(string source, bool ignoreCase = false)
    {
        Source = source;
        _steps = PatternProgram.Compile(PatternParser.Parse(source, ignoreCase));
    }

    private Pattern(string literal, int[] points) => (Source, _literal, _steps) = (literal, points, []);

    /// <summary>As it was written.</summary>
    public string Source { get; }

    /// <summary>It is plain text rather than a regular expression.</summary>
    public bool IsLiteral => _literal is not null;

    /// <summary>A pattern that fits exactly one text.</summary>
    public static Pattern Literal(string text) => new(text, Points.Of(text));

    /// <summary>The first place from <paramref name="from"/> on where it fits; (-1, -1) for none.</summary>
    public (int Start, int End) Find(ReadOnlySpan<int> text, int from)
    {
        if (_literal is not null)
        {
            var at = _literal.Length == 0 ? -1 : text[from..].IndexOf(_literal);
            return at < 0 ? (-1, -1) : (from + at, from + at + _literal.Length);
        }

        for (var start = from; start <= text.Length; start++)
        {
            var end = Run(_steps, text, start);
            if (end >= 0)
                return (start, end);
        }

        return (-1, -1);
    }

    /// <summary>Every place where it fits and takes something, from left to right, none over another.</summary>
    public List<(int Start, int End)> FindAll(ReadOnlySpan<int> text)
    {
        var found = new List<(int, int)>();
        for (var at = 0; at < text.Length;)
        {
            var (start, end) = Find(text, at);
            if (start < 0)
                break;
            if (end > start)
                found.Add((start, end));
            at = Math.Max(end, start + 1);
        }

        return found;
    }

    /// <returns>Where the match ends; -1 for none.</returns>
    private static int Run(Step[] steps, ReadOnlySpan<int> text, int start)
    {
        var stack = s_stack ??= [];
        var floor = stack.Count;
        var (pc, at) = (0, start);
        while (true)
        {
            var step = steps[pc];
            var fits = true;
            switch (step.Kind)
            {
                case StepKind.Accept:
                    stack.RemoveRange(floor, stack.Count - floor);
                    return at;
                case StepKind.Set:
                    fits = at < text.Length && step.Set!.Has(text[at]);
                    at++;
                    pc++;
                    break;
                case StepKind.Loop:
                    fits = Loop(step, text, stack, pc, ref at);
                    pc++;
                    break;
                case StepKind.Split:
                    stack.Add(new(step.Reserve, at, -1, null));
                    pc = step.Target;
                    break;
                case StepKind.Jump:
                    pc = step.Target;
                    break;
                case StepKind.Look:
                    var from = step.Min < 0 ? at : at - step.Min;
                    fits = (from >= 0 && Run(step.Inner!, text, from) >= 0) != step.Negative;
                    pc++;
                    break;
                case StepKind.Atomic:
                    at = Run(step.Inner!, text, at);
                    fits = at >= 0;
                    pc++;
                    break;
                default:
                    fits = Holds(step.Anchor, text, at);
                    pc++;
                    break;
            }

            if (!fits && !Back(text, stack, floor, ref pc, ref at))
                return -1;
        }
    }

    private static bool Loop(Step step, ReadOnlySpan<int> text, List<Reserve> stack, int pc, ref int at)
    {
        var least = at + step.Min;
        var most = step.Max > text.Length - at ? text.Length : at + step.Max;
        var limit = step.Mode == RepeatMode.Lazy ? least : most;
        var end = at;
        while (end < limit && end < text.Length && step.Set!.Has(text[end]))
            end++;
        if (end < least)
            return false;
        if (step.Mode == RepeatMode.Lazy && end < most)
            stack.Add(new(pc + 1, end, most, step.Set));
        else if (step.Mode == RepeatMode.Greedy && end > least)
            stack.Add(new(pc + 1, end - 1, least, null));
        at = end;
        return true;
    }

    /// <summary>Goes back to the last place with another way.</summary>
    private static bool Back(ReadOnlySpan<int> text, List<Reserve> stack, int floor, ref int pc, ref int at)
    {
        while (stack.Count > floor)
        {
            var reserve = stack[^1];
            stack.RemoveAt(stack.Count - 1);
            (pc, at) = (reserve.Step, reserve.At);
            if (reserve.More is { } set)   // a lazy loop takes one more
            {
                if (at >= text.Length || !set.Has(text[at]))
                    continue;
                at++;
                if (at < reserve.Limit)
                    stack.Add(reserve with { At = at });
            }
            else if (reserve.Limit >= 0 && at > reserve.Limit)   // a greedy loop gives one back
                stack.Add(reserve with { At = at - 1 });
            return true;
        }

        return false;
    }

    private static bool Holds(Anchor anchor, ReadOnlySpan<int> text, int at) => anchor switch
    {
        Anchor.TextStart => at == 0,
        Anchor.TextEnd => at == text.Length,
        Anchor.LineStart => at == 0 || text[at - 1] == '\n',
        Anchor.LineEnd => at == text.Length || text[at] == '\n',
        _ => ((at > 0 && Points.IsWord(text[at - 1])) != (at < text.Length && Points.IsWord(text[at]))) == (anchor == Anchor.WordBoundary),
    };

    /// <summary>A way that was not taken yet.</summary>
    /// <param name="Step">Step to go on with.</param>
    /// <param name="At">Place to go on at.</param>
    /// <param name="Limit">Of a loop, the place up to which it may still give or take; else -1.</param>
    /// <param name="More">Of a lazy loop, what it may take more of.</param>
    private readonly record struct Reserve(int Step, int At, int Limit, PointSet? More);
}
