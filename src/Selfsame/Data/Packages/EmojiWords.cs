using System.Text.Json;

namespace Selfsame.Data.Packages;

/// <summary>What every emoji is called, and its keywords, in many languages. A group is an emoji in all languages.</summary>
internal sealed class EmojiWords : CatalogueEntry
{
    internal static readonly PackagePin Words = new(PackageRegistry.Npm, "emojibase-data", "17.0.0", "d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a", 7);

    public override string Name => "emoji-words";

    public override string Summary => "name and keywords of about 1,950 emoji in each of 28 languages: text";

    public override string Label => "language";

    public override IReadOnlyList<PackagePin> Packages { get; } = [Words];

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel) =>
        writer.Add(Samples(archives[0], static (_, _) => [], cancel), progress, cancel);

    /// <summary>A sample for each emoji and language.</summary>
    /// <param name="archive">The package with the words.</param>
    /// <param name="picture">Gives the picture for a code such as <c>1F438</c> and the number of the language; empty for none, and null leaves the sample out.</param>
    /// <param name="cancel">Stops reading.</param>
    internal static List<PreparedSample> Samples(string archive, Func<string, int, byte[]?> picture, CancellationToken cancel)
    {
        var files = PackageArchive.Read(archive, path => path.EndsWith("/data.json", StringComparison.Ordinal) || path == "package/meta/groups.json", cancel);
        using var groups = JsonDocument.Parse(files["package/meta/groups.json"]);
        var categories = groups.RootElement.GetProperty("groups");
        var samples = new List<PreparedSample>();
        var place = 0;
        foreach (var (path, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            if (!path.EndsWith("/data.json", StringComparison.Ordinal))
                continue;
            var language = path.Split('/')[1];
            using var table = JsonDocument.Parse(content);
            foreach (var emoji in table.RootElement.EnumerateArray())
            {
                var code = emoji.GetProperty("hexcode").GetString()!;
                if (picture(code, place) is not { } image)
                    continue;
                var category = emoji.TryGetProperty("group", out var number) ? categories.GetProperty(number.GetRawText()).GetString()! : "";
                var tags = emoji.TryGetProperty("tags", out var list) ? string.Join(", ", list.EnumerateArray().Select(tag => tag.GetString())) : "";
                var name = emoji.GetProperty("label").GetString()!;
                samples.Add(new($"{language}/{code}", code, image, ("text", tags.Length == 0 ? name : $"{name}: {tags}"), ("language", language),
                    ("category", category), ("name", name), ("emoji", emoji.GetProperty("emoji").GetString()!)));
            }

            place++;
        }

        return samples;
    }
}
