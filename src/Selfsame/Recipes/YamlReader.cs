using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Selfsame.Recipes;

/// <summary>Reads YAML into <see cref="Node"/>s. Anything a recipe has no use for is refused: tags, cycles, absurd depth or size.</summary>
/// <remarks>Works on parser events, since the library's own document tree stops at the first duplicate key and follows cycles.</remarks>
internal sealed class YamlReader
{
    /// <summary>Deepest nesting; a recipe has about five levels.</summary>
    public const int MaxDepth = 32;

    /// <summary>Most values after aliases are followed, against texts that explode.</summary>
    public const int MaxNodes = 100_000;

    private readonly Parser _parser;
    private readonly Func<int, ValueOrigin> _place;
    private readonly List<RecipeFault> _faults;
    private readonly Dictionary<AnchorName, Node?> _anchors = [];   // null while the anchored value is still being read
    private long _nodes;

    private YamlReader(string text, Func<int, ValueOrigin> place, List<RecipeFault> faults) =>
        (_parser, _place, _faults) = (new Parser(new StringReader(text)), place, faults);

    /// <summary>Reads one document.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="key">The key whose value it is; empty for a whole recipe.</param>
    /// <param name="place">Origin of a line.</param>
    /// <param name="faults">Receives what is wrong.</param>
    /// <returns>The value, or null when it can't be read at all; an empty text is an empty scalar.</returns>
    public static Node? Read(string text, string key, Func<int, ValueOrigin> place, List<RecipeFault> faults)
    {
        var reader = new YamlReader(text, place, faults);
        try
        {
            return reader.Document(key);
        }
        catch (YamlException e)
        {
            var what = e.Message.TrimEnd('.') + (e.End.Line > e.Start.Line ? $" (up to line {e.End.Line})" : "");
            faults.Add(new(place((int)e.Start.Line), key, key.Length == 0 ? $"This is not valid YAML: {what}" : $"is not valid YAML: {what}"));
        }
        catch (RefusedException e)
        {
            faults.Add(e.Fault);
        }
        catch (InvalidOperationException)
        {
            // The library's scanner breaks off like this at some misplaced brackets and colons, without a place of its own.
            var line = (int)(reader._parser.Current?.End.Line ?? 1);
            faults.Add(new(place(line), key, key.Length == 0 ? "This is not valid YAML, here or on the next line" : "is not valid YAML"));
        }
        return null;
    }

    private Node Document(string key)
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
            return new ScalarNode(_place(1), "", plain: true);
        _parser.Consume<DocumentStart>();
        var node = Value(key, 1);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
            throw Refuse(second.Start, "", "A second document starts here; a recipe is one");
        return node;
    }

    private Node Value(string key, int depth)
    {
        var next = _parser.Consume<ParsingEvent>();
        if (depth > MaxDepth)
            throw Refuse(next.Start, key, $"is nested more than {MaxDepth} levels deep; no recipe needs that");
        if (next is AnchorAlias alias)
            return Follow(alias, key, depth);

        var start = (NodeEvent)next;
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific)
            throw Refuse(next.Start, key, $"has the tag {start.Tag}; a recipe has no tags. Leave it out");
        Count(1, next.Start, key);
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor] = null;
        Node node = next switch
        {
            Scalar scalar => new ScalarNode(At(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => List(next.Start, key, depth),
            _ => Map(next.Start, key, depth),
        };
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor] = node;
        return node;
    }

    private ListNode List(Mark start, string key, int depth)
    {
        var items = new List<Node>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(Value($"{key}[{items.Count}]", depth + 1));
        return new(At(start), items);
    }

    private MapNode Map(Mark start, string key, int depth)
    {
        var entries = new OrderedDictionary<string, Entry>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var name))
                throw Refuse(_parser.Current!.Start, key, "has a key that is not a word");
            var path = Join(key, name.Value);
            if (name is { Value: "<<", Style: ScalarStyle.Plain })
                throw Refuse(name.Start, key, $"{(key.Length == 0 ? "The recipe has" : "has")} a merge key (<<); a recipe has none. Write the settings out, or repeat a whole value with an alias");
            var value = Value(path, depth + 1);
            if (!entries.TryAdd(name.Value, new(name.Value, At(name.Start), value)))
            {
                var first = entries[name.Value].Origin;
                var where = first.Line > 0 ? $", first on line {first.Line}" : "";
                _faults.Add(new(At(name.Start), path, $"is given twice{where}. Keep one"));
            }
        }
        return new(At(start), [.. entries.Values]);
    }

    private Node Follow(AnchorAlias alias, string key, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value, out var node))
            throw Refuse(alias.Start, key, $"is *{alias.Value}, but no value before it is marked &{alias.Value}");
        if (node is null)
            throw Refuse(alias.Start, key, $"is *{alias.Value}, which contains this very line; a recipe can't refer to itself");
        if (depth + node.Height - 1 > MaxDepth)
            throw Refuse(alias.Start, key, $"is nested more than {MaxDepth} levels deep; no recipe needs that");
        Count(node.Size, alias.Start, key);
        return node;
    }

    private void Count(long nodes, Mark at, string key)
    {
        _nodes += nodes;
        if (_nodes > MaxNodes)
            throw Refuse(at, key, $"brings the recipe to more than {MaxNodes} values; no recipe needs that");
    }

    private ValueOrigin At(Mark mark) => _place((int)mark.Line);

    private RefusedException Refuse(Mark at, string key, string text) => new(new(At(at), key, text));

    internal static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private sealed class RefusedException(RecipeFault fault) : Exception
    {
        public RecipeFault Fault { get; } = fault;
    }
}
