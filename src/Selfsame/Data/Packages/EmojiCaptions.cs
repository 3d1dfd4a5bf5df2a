using System.Text.Json;

namespace Selfsame.Data.Packages;

/// <summary>Emoji as pictures, with name and keywords in many languages as captions. A group is an emoji in all languages; languages take turns with the vendors' drawings.</summary>
internal sealed class EmojiCaptions : CatalogueEntry
{
    public override string Name => "emoji-captions";

    public override string Summary => "about 1,860 emoji, 64 x 64 pixels, drawn by 4 vendors in turn, with name and keywords in 28 languages: picture and text";

    public override string Label => "category";

    public override IReadOnlyList<PackagePin> Packages { get; } = [EmojiWords.Words, .. Emoji.Pictures];

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var drawings = new Dictionary<string, byte[]>[Emoji.Vendors.Count];
        var names = new Dictionary<string, string>[Emoji.Vendors.Count];
        Parallel.For(0, Emoji.Vendors.Count, new ParallelOptions { CancellationToken = cancel }, v =>
        {
            var folder = $"package/img/{Emoji.Vendors[v]}/64/";
            var files = PackageArchive.Read(archives[v + 1], path => path.StartsWith(folder, StringComparison.Ordinal) || path == "package/emoji.json", cancel);
            using var table = JsonDocument.Parse(files["package/emoji.json"]);
            names[v] = table.RootElement.EnumerateArray().ToDictionary(emoji => Plain(emoji.GetProperty("unified").GetString()!), emoji => folder + emoji.GetProperty("image").GetString()!, StringComparer.Ordinal);
            drawings[v] = files;
        });

        writer.Add(EmojiWords.Samples(archives[0], Drawing, cancel), progress, cancel);

        byte[]? Drawing(string code, int language)
        {
            for (var k = 0; k < drawings.Length; k++)
            {
                var v = (language + k) % drawings.Length;
                if (names[v].TryGetValue(Plain(code), out var file) && drawings[v].TryGetValue(file, out var picture))
                    return picture;
            }

            return null; // nobody draws it
        }
    }

    // The mark that asks for a drawing instead of a letter is written in one table and not in the other.
    private static string Plain(string code) => code.Replace("-FE0F", "", StringComparison.Ordinal);
}
