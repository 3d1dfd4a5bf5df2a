
namespace Selfsame.Torch.Generators;

/// <summary>One argument of an operator, as ATen prints it: <c>type name=default</c>.</summary>
internal sealed class SchemaArgument
{
    public SchemaArgument(string type, string name, string? defaultValue)
    {
        Type = type;
        Name = name;
        Default = defaultValue;
    }

    /// <summary>Without alias marks and with SymInt read as int: <c>Tensor</c>, <c>int[2]</c>, <c>float?</c> …</summary>
    public string Type { get; }

    public string Name { get; }

    public string? Default { get; }
}

/// <summary>One line of Operators.schemas: an ATen schema, optionally followed by <c># CSharpName</c>.</summary>
internal sealed class Schema
{
    private Schema(string text, string name, string overload, List<SchemaArgument> arguments, List<SchemaArgument> results, string? rename)
    {
        Text = text;
        Name = name;
        Overload = overload;
        Arguments = arguments;
        Results = results;
        Rename = rename;
    }

    public string Text { get; }

    /// <summary>With its namespace: <c>aten::add</c>.</summary>
    public string Name { get; }

    public string Overload { get; }

    public List<SchemaArgument> Arguments { get; }

    public List<SchemaArgument> Results { get; }

    public string? Rename { get; }

    public static Schema Parse(string line)
    {
        string? rename = null;
        var hash = line.IndexOf('#');
        if (hash >= 0)
        {
            rename = line.Substring(hash + 1).Trim();
            line = line.Substring(0, hash);
        }

        line = line.Trim();
        var open = line.IndexOf('(');
        var arrow = line.LastIndexOf("->", StringComparison.Ordinal);
        if (open < 0 || arrow < 0)
            throw new FormatException("expected name(arguments) -> results");
        var close = line.LastIndexOf(')', arrow);
        var full = line.Substring(0, open);
        var dot = full.IndexOf('.');
        var name = dot < 0 ? full : full.Substring(0, dot);
        var overload = dot < 0 ? "" : full.Substring(dot + 1);
        var results = line.Substring(arrow + 2).Trim();
        if (results.StartsWith("(", StringComparison.Ordinal))
            results = results.Substring(1, results.Length - 2);
        return new Schema(line, name, overload, ParseList(line.Substring(open + 1, close - open - 1)), ParseList(results), rename);
    }

    private static List<SchemaArgument> ParseList(string text)
    {
        var list = new List<SchemaArgument>();
        foreach (var part in Split(text))
        {
            if (part == "*" || part.Length == 0)
                continue;
            var depth = 0;
            var blank = -1;
            for (var k = 0; k < part.Length; k++)
            {
                if (part[k] == '(' || part[k] == '[')
                    depth++;
                else if (part[k] == ')' || part[k] == ']')
                    depth--;
                else if (part[k] == ' ' && depth == 0)
                {
                    blank = k;
                    break;
                }
            }

            var type = blank < 0 ? part : part.Substring(0, blank);
            var rest = blank < 0 ? "" : part.Substring(blank + 1);
            string? defaultValue = null;
            var equals = rest.IndexOf('=');
            if (equals >= 0)
            {
                defaultValue = rest.Substring(equals + 1);
                rest = rest.Substring(0, equals);
            }

            list.Add(new SchemaArgument(Plain(type), rest, defaultValue));
        }

        return list;
    }

    private static string Plain(string type)
    {
        var open = type.IndexOf('(');
        if (open >= 0)
            type = type.Substring(0, open) + type.Substring(type.IndexOf(')') + 1);
        return type.Replace("SymInt", "int");
    }

    private static IEnumerable<string> Split(string text)
    {
        var depth = 0;
        var start = 0;
        for (var k = 0; k < text.Length; k++)
        {
            if (text[k] == '(' || text[k] == '[')
                depth++;
            else if (text[k] == ')' || text[k] == ']')
                depth--;
            else if (text[k] == ',' && depth == 0)
            {
                yield return text.Substring(start, k - start).Trim();
                start = k + 1;
            }
        }

        yield return text.Substring(start).Trim();
    }
}
