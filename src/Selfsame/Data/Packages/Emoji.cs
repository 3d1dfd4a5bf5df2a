using System.Text.Json;

namespace Selfsame.Data.Packages;

/// <summary>Emoji as four vendors draw them: natural views of one thing. A group is an emoji with all its vendors and skin tones.</summary>
internal sealed class Emoji : CatalogueEntry
{
    internal static IReadOnlyList<string> Vendors { get; } = ["google", "apple", "twitter", "facebook"];

    // In the order of the vendors.
    internal static IReadOnlyList<PackagePin> Pictures { get; } =
    [
        new(PackageRegistry.Npm, "emoji-datasource-google", "16.0.0", "fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b5c438", 74),
        new(PackageRegistry.Npm, "emoji-datasource-apple", "16.0.0", "b34d1665e136f163b0d4433318df151895b785186e8c729b2211b43017945075", 99),
        new(PackageRegistry.Npm, "emoji-datasource-twitter", "16.0.0", "f64a530c63bca463bd8317fdc4615ce63a53a0c65018e4ce2d848aaba7a28877", 62),
        new(PackageRegistry.Npm, "emoji-datasource-facebook", "16.0.0", "017038cf5a4e7fcf03dd9133cbed43d4c281c4b3ce7b927c7160261b92b8821e", 103),
    ];

    public override string Name => "emoji";

    public override string Summary => "about 3,780 emoji, 64 x 64 pixels, drawn by each of 4 vendors, with names and 10 categories";

    public override string Label => "category";

    public override IReadOnlyList<PackagePin> Packages => Pictures;

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var files = new Dictionary<string, byte[]>[Vendors.Count];
        Parallel.For(0, Vendors.Count, new ParallelOptions { CancellationToken = cancel }, v =>
        {
            var pictures = $"package/img/{Vendors[v]}/64/";
            files[v] = PackageArchive.Read(archives[v], path => path.StartsWith(pictures, StringComparison.Ordinal) || path == "package/emoji.json", cancel);
        });

        var samples = new List<PreparedSample>();
        using var table = JsonDocument.Parse(files[0]["package/emoji.json"]);
        foreach (var emoji in table.RootElement.EnumerateArray())
        {
            AddVendors(files, samples, emoji, emoji, "");
            if (emoji.TryGetProperty("skin_variations", out var tones))
                foreach (var tone in tones.EnumerateObject())
                    AddVendors(files, samples, emoji, tone.Value, tone.Name);
        }
        writer.Add(samples, progress, cancel);
    }

    private static void AddVendors(Dictionary<string, byte[]>[] files, List<PreparedSample> samples, JsonElement emoji, JsonElement variant, string tone)
    {
        var (name, unified) = (Text(emoji, "name"), Text(variant, "unified"));
        for (var v = 0; v < Vendors.Count; v++)
        {
            var image = Text(variant, "image");
            if (!files[v].TryGetValue($"package/img/{Vendors[v]}/64/{image}", out var picture))
                continue; // a vendor that does not draw this one
            samples.Add(new($"{Vendors[v]}/{Path.GetFileNameWithoutExtension(image)}", Text(emoji, "unified"), picture,
                ("name", name), ("caption", name.ToLowerInvariant()), ("category", Text(emoji, "category")),
                ("subcategory", Text(emoji, "subcategory")), ("vendor", Vendors[v]), ("unified", unified), ("skin_tone", tone)));
        }
    }

    private static string Text(JsonElement element, string property) =>
        element.GetProperty(property).GetString() ?? throw new DataSourceException($"emoji.json: an emoji without '{property}'");
}
