using Selfsame.Modalities.Text.CodePoints;

namespace Selfsame.Modalities.Text.Patterns;

/// <summary>Reads what stands between brackets: members, ranges, nested classes and intersections.</summary>
internal sealed class ClassParser(PatternParser source)
{
    /// <summary>Reads up to the closing bracket; the opening one has been taken.</summary>
    /// <exception cref="FormatException">It is malformed.</exception>
    public PointSet Parse()
    {
        var negative = source.Take('^');
        PointSet? whole = null;
        var members = new List<PointSet>();
        for (var first = true; ; first = false)
        {
            if (source.Done)
                throw source.Fault("has a [ without a ]");
            if (!first && source.Take(']'))
                break;
            if (source.Peek() == '&' && source.Peek(1) == '&')
            {
                _ = (source.Next(), source.Next());
                whole = Intersect(whole, members);
                members = [];
            }
            else
                members.Add(Member());
        }

        var set = Intersect(whole, members);
        return negative ? new ComplementSet(set) : set;
    }

    private static PointSet Intersect(PointSet? whole, List<PointSet> members)
    {
        var set = members.Count == 1 ? members[0] : new UnionSet(members);
        return whole is null ? set : new IntersectionSet(whole, set);
    }

    private PointSet Member()
    {
        if (source.Peek() == '[')
        {
            _ = source.Next();
            return source.Take(':') ? Posix() : new ClassParser(source).Parse();
        }

        if (source.Peek() == '\\' && source.Peek(1) is 's' or 'S' or 'd' or 'D' or 'w' or 'W' or 'h' or 'H' or 'p' or 'P')
        {
            _ = source.Next();
            return source.EscapedSet();
        }

        var first = Point();
        if (source.Peek() != '-' || source.Peek(1) is ']' or -1 or '[')
            return source.Range(first, first);
        _ = source.Next();
        var last = Point();
        return last >= first ? source.Range(first, last) : throw source.Fault("has a range whose end is before its start");
    }

    private int Point()
    {
        if (!source.Take('\\'))
            return source.Next();
        return source.Take('b') ? '\b' : source.Done ? throw source.Fault("ends in a backslash") : source.EscapedPoint();
    }

    private PointSet Posix()
    {
        var negative = source.Take('^');
        var name = new List<int>();
        while (!source.Done && source.Peek() != ':')
            name.Add(source.Next());
        if (!source.Take(':') || !source.Take(']'))
            throw source.Fault("has [: without :]");
        var set = NamedSets.Find(Points.ToText([.. name])) ?? throw source.Fault($"names the class {Points.ToText([.. name])}, which is not known");
        return negative ? new ComplementSet(set) : set;
    }
}
