using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Selfsame.Recipes;

/// <summary>Summaries from the documentation file beside an assembly, as plain text; null where there is none.</summary>
internal static partial class XmlDocs
{
    private static readonly ConcurrentDictionary<Assembly, Dictionary<string, string>> Files = new();

    public static string? Of(Type type) => Find(type.Assembly, $"T:{Name(type)}");

    public static string? Of(PropertyInfo property) => Find(property.DeclaringType!.Assembly, $"P:{Name(property.DeclaringType)}.{property.Name}");

    public static string? Of(Type enumType, object value) => Find(enumType.Assembly, $"F:{Name(enumType)}.{value}");

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private static string? Find(Assembly assembly, string member) => Files.GetOrAdd(assembly, Load).GetValueOrDefault(member);

    private static Dictionary<string, string> Load(Assembly assembly)
    {
        var path = Path.ChangeExtension(assembly.Location, ".xml");
        var summaries = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(path))
            return summaries;
        try
        {
            foreach (var member in XDocument.Load(path).Descendants("member"))
                if (member.Element("summary") is { } summary && member.Attribute("name") is { } name)
                    summaries[name.Value] = Blanks().Replace(string.Concat(summary.Nodes().Select(Plain)), " ").Trim();
        }
        catch (XmlException)
        {
            return [];   // descriptions are a courtesy; a schema without them still checks
        }
        return summaries;
    }

    private static string Plain(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { HasElements: false, Value.Length: > 0 } element => element.Value,
        XElement element when element.Attribute("cref") is { } cref => Names.Snake(cref.Value[(cref.Value.LastIndexOfAny(['.', ':']) + 1)..]),
        XElement element => string.Concat(element.Nodes().Select(Plain)),
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
