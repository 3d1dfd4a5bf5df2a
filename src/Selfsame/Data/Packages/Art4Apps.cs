using System.Text;
using System.Text.RegularExpressions;

namespace Selfsame.Data.Packages;

/// <summary>Pictures of everyday words from Art4Apps, as pysiogame packs them with the words in many languages. A group is a picture in all languages.</summary>
internal sealed partial class Art4Apps : CatalogueEntry
{
    private const string Root = "usr/share/games/pysiogame/", Pictures = Root + "res/images/art4apps/", Words = Root + "i18n/custom/a4a_py/", Names = Root + "i18n/custom/a4a_words.py";

    public override string Name => "art4apps";

    public override string Summary => "579 pictures of animals, food, clothes, jobs and more, 200 x 200 pixels, each with its word in up to 15 languages";

    public override string Label => "folder";

    public override IReadOnlyList<PackagePin> Packages { get; } =
        [new(PackageRegistry.Debian, "pysiogame", "4.20.01-1", "6b22766dfd8ef3a046c2665fe2598ac8a1ecee3d331bda38accf53de65bc59bf", 17)];

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var files = PackageArchive.Read(archives[0], static path => path == Names || path.StartsWith(Words, StringComparison.Ordinal) || path.StartsWith(Pictures, StringComparison.Ordinal), cancel);
        var names = Lists(files[Names]);
        var samples = new List<PreparedSample>();
        foreach (var (path, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            // Those with an underscore in front are earlier drafts.
            if (!path.StartsWith(Words, StringComparison.Ordinal) || path[Words.Length] == '_')
                continue;
            var language = path[Words.Length..^".py".Length].Replace('_', '-').ToLowerInvariant();
            foreach (var (folder, words) in Lists(content))
                Add(samples, files, language, folder, names[folder], words);
        }

        writer.Add(samples, progress, cancel);
    }

    // A word that was not translated stands in angle brackets. A list of another length than the English one says nothing of which is which.
    private static void Add(List<PreparedSample> samples, Dictionary<string, byte[]> files, string language, string folder, List<string> names, List<string> words)
    {
        for (var k = 0; k < words.Count && words.Count == names.Count; k++)
        {
            var key = $"{folder}/{names[k].Replace(' ', '_')}";
            if (words[k].Trim() is { Length: > 0 } word && word[0] != '<' && files.TryGetValue($"{Pictures}{key}.jpg", out var picture))
                samples.Add(new($"{language}/{key}", key, picture, ("caption", word), ("language", language), ("folder", folder), ("name", names[k])));
        }
    }

    /// <summary>The lists of a Python file of the form <c>d["a4a_animals"] = ["cow", 'l\'ós']</c>, by name.</summary>
    internal static Dictionary<string, List<string>> Lists(ReadOnlySpan<byte> python)
    {
        var lists = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (Match list in ListPattern().Matches(Encoding.UTF8.GetString(python)))
            lists[list.Groups["name"].Value] = [.. TextPattern().Matches(list.Groups["items"].Value).Select(text => EscapePattern().Replace(text.Groups["text"].Value, "$1"))];
        return lists;
    }

    [GeneratedRegex("""d\["a4a_(?<name>\w+)"\]\s*=\s*\[(?<items>(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\]"'])*)\]""")]
    private static partial Regex ListPattern();

    [GeneratedRegex("""(?<quote>["'])(?<text>(?:\\.|(?!\k<quote>).)*)\k<quote>""")]
    private static partial Regex TextPattern();

    [GeneratedRegex("""\\(.)""")]
    private static partial Regex EscapePattern();
}
