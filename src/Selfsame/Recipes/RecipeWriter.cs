using System.Text;
using System.Text.RegularExpressions;

namespace Selfsame.Recipes;

/// <summary>Writes a recipe with every value in it; reading the text back gives an equal recipe.</summary>
public static partial class RecipeWriter
{
    private const int FlowWidth = 100;

    /// <summary>The recipe as YAML: keys in the order of the records, units as comments.</summary>
    /// <param name="recipe">What to write.</param>
    /// <param name="origins">When given, values that came from the environment or the command line say so in a comment.</param>
    /// <exception cref="InvalidOperationException">A settings record is of no known kind.</exception>
    public static string Write(Recipe recipe, IReadOnlyDictionary<string, ValueOrigin>? origins = null) =>
        Write((object)recipe, origins);

    /// <summary>Every value by its full key, as a recipe writes it, in the order of the recipe; the keys are those of <see cref="LoadedRecipe.Origins"/>.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Values(Recipe recipe)
    {
        var values = new List<KeyValuePair<string, string>>();
        Collect(RecipeTree.Of(recipe, RecipeKinds.All), "", values);
        return values;
    }

    private static void Collect(Node node, string path, List<KeyValuePair<string, string>> values)
    {
        if (node is MapNode { Entries.Count: > 0 } map)
        {
            foreach (var entry in map.Entries)
                Collect(entry.Value, YamlReader.Join(path, entry.Key), values);
        }
        else if (node is ListNode list && list.Items.Any(item => item is MapNode))
        {
            for (var i = 0; i < list.Items.Count; i++)
                Collect(list.Items[i], $"{path}[{i}]", values);
        }
        else
        {
            values.Add(new(path, Flow(node)));
        }
    }

    /// <summary>Any settings record as YAML.</summary>
    internal static string Write(object settings, IReadOnlyDictionary<string, ValueOrigin>? origins = null)
    {
        // Systems are not needed for writing: the type of the objective is spelled out by the system key beside it.
        var writer = new Block(origins);
        writer.Map(RecipeTree.Of(settings, RecipeKinds.All), "", 0);
        return writer.Text.ToString();
    }

    private sealed class Block(IReadOnlyDictionary<string, ValueOrigin>? origins)
    {
        public StringBuilder Text { get; } = new();

        public void Map(MapNode map, string path, int indent, bool first = false)
        {
            foreach (var (key, _, value) in map.Entries)
            {
                Text.Append(' ', first ? 0 : indent).Append(Quote(key)).Append(':');
                first = false;
                Value(value, map.Shape?.Find(key)?.Unit, YamlReader.Join(path, key), indent);
            }
        }

        private void Value(Node value, string? unit, string path, int indent)
        {
            if (!NeedsBlock(value))
            {
                Text.Append(' ').Append(Flow(value));
                Comment(unit, path);
                Text.Append('\n');
                return;
            }
            Text.Append('\n');
            if (value is MapNode map)
                Map(map, path, indent + 2);
            else if (value is ListNode list)
                for (var i = 0; i < list.Items.Count; i++)
                    Item(list.Items[i], $"{path}[{i}]", indent + 2);
        }

        private void Item(Node item, string path, int indent)
        {
            Text.Append(' ', indent).Append("- ");
            if (NeedsBlock(item) && item is MapNode map)
                Map(map, path, indent + 2, first: true);
            else
                Text.Append(Flow(item)).Append('\n');
        }

        /// <summary>Settings get a line each, unless their key is the unit, as in <c>{ steps: 500 }</c>; numbers stay on one line.</summary>
        private static bool NeedsBlock(Node value) => value switch
        {
            MapNode { Entries.Count: 1, Shape.ExactlyOneOf: not null } => false,
            MapNode map => map.Entries.Count > 0,
            ListNode list => list.Items.Any(i => i is MapNode) || (list.Items.Count > 0 && Flow(list).Length > FlowWidth),
            _ => false,
        };

        private void Comment(string? unit, string path)
        {
            var given = origins is not null && origins.TryGetValue(path, out var origin) && origin.Kind > OriginKind.Recipe
                ? origin.Name : null;
            if (unit is not null || given is not null)
                Text.Append("  # ").AppendJoin(", ", new[] { unit, given }.OfType<string>());
        }
    }

    private static string Flow(Node node) => node switch
    {
        ScalarNode { Plain: true } scalar => scalar.Text,
        ScalarNode scalar => Quote(scalar.Text),
        ListNode list => $"[{string.Join(", ", list.Items.Select(Flow))}]",
        MapNode { Entries.Count: 0 } => "{}",
        MapNode map => $"{{ {string.Join(", ", map.Entries.Select(e => $"{Quote(e.Key)}: {Flow(e.Value)}"))} }}",
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    /// <summary>Words stay bare; everything YAML might read as something else goes into double quotes.</summary>
    private static string Quote(string text)
    {
        if (Bare().IsMatch(text) && text is not ("true" or "false" or "null" or "Null" or "NULL"))
            return text;
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                < ' ' or (>= '\u007f' and <= '\u00a0') or '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff' =>
                    quoted.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture)),
                _ => quoted.Append(c),
            };
        }
        return quoted.Append('"').ToString();
    }

    [GeneratedRegex(@"\A[A-Za-z_./][A-Za-z0-9_./-]*\z")]
    private static partial Regex Bare();
}
