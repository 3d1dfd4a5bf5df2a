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

    /// <summary>Any settings record as YAML.</summary>
    internal static string Write(object settings, IReadOnlyDictionary<string, ValueOrigin>? origins = null)
    {
        // Systems are not needed for writing: the type of the objective is spelled out by the system key beside it.
        var writer = new Block(origins);
        writer.Map(RecipeTree.Of(settings, RecipeKinds.All), settings.GetType(), "", 0);
        return writer.Text.ToString();
    }

    private sealed class Block(IReadOnlyDictionary<string, ValueOrigin>? origins)
    {
        public StringBuilder Text { get; } = new();

        public void Map(MapNode map, Type? type, string path, int indent, bool first = false)
        {
            foreach (var (key, _, value) in map.Entries)
            {
                Text.Append(' ', first ? 0 : indent).Append(Quote(key)).Append(':');
                first = false;
                var setting = type is null ? null : SettingsShape.For(type).Find(key);
                Value(value, setting, YamlReader.Join(path, key), indent);
            }
        }

        private void Value(Node value, Setting? setting, string path, int indent)
        {
            if (Flow(value) is { Length: <= FlowWidth } flow && !NeedsBlock(value, setting, path))
            {
                Text.Append(' ').Append(flow);
                Comment(setting?.Unit, path);
                Text.Append('\n');
            }
            else if (value is MapNode map)
            {
                Text.Append('\n');
                Map(map, TypeOf(map, setting), path, indent + 2);
            }
            else if (value is ListNode list)
            {
                Text.Append('\n');
                for (var i = 0; i < list.Items.Count; i++)
                    Item(list.Items[i], setting, $"{path}[{i}]", indent + 2);
            }
            else
                Text.Append(' ').Append(Flow(value)).Append('\n');
        }

        private void Item(Node item, Setting? setting, string path, int indent)
        {
            Text.Append(' ', indent).Append("- ");
            if (item is MapNode { Entries.Count: > 0 } map)
                Map(map, setting?.Shape.Element is { Form: Form.Record } element ? element.Type : null, path, indent + 2, first: true);
            else
                Text.Append(Flow(item)).Append('\n');
        }

        /// <summary>Blocks of settings get a line for each, unless their keys are the units, as in <c>{ steps: 500 }</c>.</summary>
        private static bool NeedsBlock(Node value, Setting? setting, string path) => value switch
        {
            MapNode { Entries.Count: > 0 } map => path.Length > 0 && (map.Entries.Count > 1 || TypeOf(map, setting) is not { } type
                || SettingsShape.For(type).ExactlyOneOf is null || map.Entries[0].Value is not ScalarNode),
            ListNode list => list.Items.Any(i => i is MapNode),
            _ => false,
        };

        private static Type? TypeOf(MapNode map, Setting? setting) => setting?.Shape.Form switch
        {
            Form.Record => setting.Shape.Type,
            Form.Kinds when map.Find("kind")?.Value is ScalarNode kind =>
                RecipeKinds.All.FirstOrDefault(t => t.Base == setting.Shape.Type)?.TypeOf(kind.Text),
            _ => null,
        };

        private void Comment(string? unit, string path)
        {
            var given = origins is not null && origins.TryGetValue(path, out var origin) && origin.Kind > OriginKind.Recipe
                ? OneLine(origin.Name) : null;
            if (unit is not null || given is not null)
                Text.Append("  # ").AppendJoin(", ", new[] { unit, given }.OfType<string>());
        }

        private static string OneLine(string text) => LineBreaks().Replace(text, " ");
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

    [GeneratedRegex(@"[\r\n\u0085\u2028\u2029]+")]
    private static partial Regex LineBreaks();
}
