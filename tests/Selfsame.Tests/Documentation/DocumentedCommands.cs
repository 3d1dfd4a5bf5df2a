using System.Text.RegularExpressions;
using Selfsame.Tests.Parity;

namespace Selfsame.Tests.Documentation;

/// <summary>A command line in the documentation.</summary>
/// <param name="Page">Path below the repository.</param>
/// <param name="Line">From 1.</param>
/// <param name="Text">As a reader would copy it, without the comment behind it.</param>
internal sealed record DocumentedCommand(string Page, int Line, string Text)
{
    /// <summary>What follows the program's name.</summary>
    public string[] Arguments => [.. Words().Matches(Text[DocumentedCommands.Program.Length..]).Select(match => match.Value.Trim('\'', '"'))];

    public override string ToString() => $"{Page}({Line}): {Text}";

    private static Regex Words() => new("""'[^']*'|"[^"]*"|\S+""", RegexOptions.CultureInvariant);
}

/// <summary>Finds the commands in README and docs.</summary>
internal static partial class DocumentedCommands
{
    public const string Program = "./selfsame";

    public static string Root { get; } = Path.GetDirectoryName(Path.GetDirectoryName(ParityFiles.Root))!;

    /// <summary>Pages for readers, as paths below the repository.</summary>
    public static IReadOnlyList<string> Pages { get; } =
        [.. Directory.EnumerateFiles(Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    /// <summary>Lines of the <c>bash</c> blocks of a page, in order.</summary>
    public static IEnumerable<DocumentedCommand> Of(string page)
    {
        var inside = false;
        var number = 0;
        foreach (var line in File.ReadLines(Path.Combine(Root, page)))
        {
            number++;
            if (line.StartsWith("```", StringComparison.Ordinal))
                inside = !inside && line == "```bash";
            else if (inside && Comment().Replace(line, "").Trim() is { Length: > 0 } text)
                yield return new(page, number, text);
        }
    }

    /// <summary>Content of the first block of a language in a page.</summary>
    public static string Block(string page, string language)
    {
        var text = File.ReadAllText(Path.Combine(Root, page));
        var match = Regex.Match(text, $@"^```{language}\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline, TimeSpan.FromSeconds(5));
        return match.Success ? match.Groups[1].Value : throw new InvalidDataException($"{page} has no {language} block");
    }

    [GeneratedRegex(@"(^|\s+)#.*$")]
    private static partial Regex Comment();
}
