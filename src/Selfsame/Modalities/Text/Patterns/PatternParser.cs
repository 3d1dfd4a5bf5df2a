using System.Globalization;
using Selfsame.Modalities.Text.CodePoints;

namespace Selfsame.Modalities.Text.Patterns;

/// <summary>Reads a regular expression in the syntax that tokenizers use (Oniguruma's, without capture references).</summary>
internal sealed class PatternParser
{
    private static readonly PointSet s_any = new TestSet(static point => point != '\n');
    private static readonly PointSet s_all = new TestSet(static _ => true);

    private readonly string _pattern;
    private readonly int[] _points;
    private int _at;
    private bool _ignoreCase, _dotAll, _verbose;

    private PatternParser(string pattern) => (_pattern, _points) = (pattern, Points.Of(pattern));

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FormatException">It is malformed, or uses what is not supported.</exception>
    public static PatternNode Parse(string pattern, bool ignoreCase)
    {
        var parser = new PatternParser(pattern) { _ignoreCase = ignoreCase };
        var node = parser.Choice();
        return parser._at == parser._points.Length ? node : throw parser.Fault("has a ) without a (");
    }

    private PatternNode Choice()
    {
        var options = new List<PatternNode> { Sequence() };
        while (Take('|'))
            options.Add(Sequence());
        return options.Count == 1 ? options[0] : new ChoiceNode(options);
    }

    private PatternNode Sequence()
    {
        var parts = new List<PatternNode>();
        while (_at < _points.Length && _points[_at] is not ('|' or ')'))
        {
            if (_verbose && Points.IsWhitespace(_points[_at]))
                _at++;
            else if (Atom() is { } atom)
                parts.Add(Quantified(atom));
        }

        return parts.Count == 1 ? parts[0] : new SequenceNode(parts);
    }

    /// <returns>Null for what only changes flags.</returns>
    private PatternNode? Atom()
    {
        var point = _points[_at++];
        switch (point)
        {
            case '(':
                return Group();
            case '[':
                return new SetNode(new ClassParser(this).Parse());
            case '.':
                return new SetNode(_dotAll ? s_all : s_any);
            case '^':
                return new AnchorNode(Anchor.LineStart);
            case '$':
                return new AnchorNode(Anchor.LineEnd);
            case '*' or '+' or '?':
                throw Fault($"repeats nothing with {(char)point}");
            case '\\':
                return Escape();
            default:
                return new SetNode(Literal(point));
        }
    }

    private PatternNode? Group()
    {
        if (!Take('?'))
            return Close(Choice());
        if (Take(':'))
            return Scoped(static node => node);
        if (Take('>'))
            return Scoped(static node => new AtomicNode(node));
        if (Take('='))
            return Scoped(static node => new LookNode(node, Behind: false, Negative: false));
        if (Take('!'))
            return Scoped(static node => new LookNode(node, Behind: false, Negative: true));
        if (Take('<') && _at < _points.Length)
        {
            if (Take('='))
                return Scoped(static node => new LookNode(node, Behind: true, Negative: false));
            if (Take('!'))
                return Scoped(static node => new LookNode(node, Behind: true, Negative: true));
            while (_at < _points.Length && _points[_at++] != '>')
            {
            }

            return Scoped(static node => node);
        }

        var before = (_ignoreCase, _dotAll, _verbose);
        var on = true;
        while (_at < _points.Length)
        {
            var flag = _points[_at++];
            switch (flag)
            {
                case '-':
                    on = false;
                    break;
                case 'i':
                    _ignoreCase = on;
                    break;
                case 's' or 'm':
                    _dotAll = on;
                    break;
                case 'x':
                    _verbose = on;
                    break;
                case ':':
                    var node = Close(Choice());
                    (_ignoreCase, _dotAll, _verbose) = before;
                    return node;
                case ')':
                    return null;
                default:
                    throw Fault($"has the flag {char.ConvertFromUtf32(flag)}, which is not known");
            }
        }

        throw Fault("ends inside a group");
    }

    private PatternNode Scoped(Func<PatternNode, PatternNode> wrap)
    {
        var before = (_ignoreCase, _dotAll, _verbose);
        var node = wrap(Close(Choice()));
        (_ignoreCase, _dotAll, _verbose) = before;
        return node;
    }

    private PatternNode Close(PatternNode node) => Take(')') ? node : throw Fault("has a ( without a )");

    private PatternNode Quantified(PatternNode node)
    {
        while (_at < _points.Length)
        {
            var (min, max) = _points[_at] switch { '*' => (0, int.MaxValue), '+' => (1, int.MaxValue), '?' => (0, 1), _ => (-1, -1) };
            if (min >= 0)
                _at++;
            else if (_points[_at] != '{' || Bounds() is not { } bounds)
                return node;
            else
                (min, max) = bounds;
            var mode = Take('?') ? RepeatMode.Lazy : Take('+') ? RepeatMode.Possessive : RepeatMode.Greedy;
            if (node.CanBeEmpty && max > 1)
                throw Fault("repeats a part that can match nothing");
            node = new RepeatNode(node, min, max, mode);
        }

        return node;
    }

    /// <returns>Null where the brace is no quantifier but a letter.</returns>
    private (int Min, int Max)? Bounds()
    {
        var end = Array.IndexOf(_points, '}', _at);
        if (end < 0)
            return null;
        var parts = Points.ToText(_points.AsSpan(_at + 1, end - _at - 1)).Split(',');
        if (parts.Length > 2 || !Number(parts[0], 0, out var min) || !Number(parts[^1], parts.Length == 1 ? -1 : int.MaxValue, out var max) || max < min)
            return null;
        _at = end + 1;
        return (min, max);

        static bool Number(string text, int missing, out int value)
        {
            value = missing;
            return (text.Length == 0 && missing >= 0) || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        }
    }

    private PatternNode Escape()
    {
        if (_at == _points.Length)
            throw Fault("ends in a backslash");
        switch (_points[_at])
        {
            case 'b':
                _at++;
                return new AnchorNode(Anchor.WordBoundary);
            case 'B':
                _at++;
                return new AnchorNode(Anchor.NoWordBoundary);
            case 'A':
                _at++;
                return new AnchorNode(Anchor.TextStart);
            case 'z' or 'Z':
                _at++;
                return new AnchorNode(Anchor.TextEnd);
            case >= '1' and <= '9':
                throw Fault("refers back to a group, which is not supported");
            default:
                return new SetNode(EscapedSet());
        }
    }

    /// <summary>The set behind a backslash, the class escapes included.</summary>
    internal PointSet EscapedSet()
    {
        var point = _points[_at];
        var known = point switch
        {
            's' => NamedSets.Find("space"),
            'S' => new ComplementSet(NamedSets.Find("space")!),
            'd' => NamedSets.Find("nd"),
            'D' => new ComplementSet(NamedSets.Find("nd")!),
            'w' => NamedSets.Find("word"),
            'W' => new ComplementSet(NamedSets.Find("word")!),
            'h' => NamedSets.Find("xdigit"),
            'H' => new ComplementSet(NamedSets.Find("xdigit")!),
            _ => null,
        };
        if (known is not null)
        {
            _at++;
            return known;
        }

        return point is 'p' or 'P' ? Property() : Literal(EscapedPoint());
    }

    private PointSet Property()
    {
        var negative = _points[_at++] == 'P';
        var end = _at + 1;
        if (Take('{'))
        {
            end = Array.IndexOf(_points, '}', _at);
            if (end < 0)
                throw Fault("has \\p{ without }");
            negative ^= Take('^');
        }

        var name = Points.ToText(_points.AsSpan(_at, Math.Max(0, Math.Min(end, _points.Length) - _at)));
        var set = NamedSets.Find(name[(name.IndexOf('=', StringComparison.Ordinal) + 1)..]) ?? throw Fault($"names the property {name}, which is not known");
        _at = end < _points.Length && _points[end] == '}' && _points[_at - 1] is '{' or '^' ? end + 1 : end;
        return negative ? new ComplementSet(set) : set;
    }

    /// <summary>The code point behind a backslash that stands for one.</summary>
    internal int EscapedPoint()
    {
        var point = _points[_at++];
        switch (point)
        {
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'f':
                return '\f';
            case 'v':
                return '\v';
            case 'a':
                return '\a';
            case 'e':
                return 0x1B;
            case '0':
                return 0;
            case 'x' when Take('{'):
                var end = Array.IndexOf(_points, '}', _at);
                return end < 0 ? throw Fault("has \\x{ without }") : Hex(end - _at, end + 1);
            case 'x':
                return Hex(2, _at + 2);
            case 'u':
                return Hex(4, _at + 4);
            case 'U':
                return Hex(8, _at + 8);
            default:
                return point < 128 && char.IsAsciiLetterOrDigit((char)point) ? throw Fault($"has the escape \\{(char)point}, which is not known") : point;
        }
    }

    private int Hex(int digits, int next)
    {
        if (next > _points.Length || !int.TryParse(Points.ToText(_points.AsSpan(_at, digits)), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value) || value is < 0 or > 0x10FFFF)
            throw Fault("has an escape without its hexadecimal digits");
        _at = next;
        return value;
    }

    private RangeSet Literal(int point) => Range(point, point);

    internal RangeSet Range(int first, int last) => new(first, last, _ignoreCase);

    internal bool Done => _at >= _points.Length;

    internal int Peek(int ahead = 0) => _at + ahead < _points.Length ? _points[_at + ahead] : -1;

    internal int Next() => _points[_at++];

    internal bool Take(char expected)
    {
        if (Peek() != expected)
            return false;
        _at++;
        return true;
    }

    internal FormatException Fault(string what) => new($"the pattern '{_pattern}' {what} (at {_at.ToString(CultureInfo.InvariantCulture)})");
}
