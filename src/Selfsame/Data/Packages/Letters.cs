using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Selfsame.Data.Packages;

/// <summary>Spoken letters and syllables of KLettres with how they are written, one voice a language. A group is what is written, in all languages.</summary>
internal sealed partial class Letters : CatalogueEntry
{
    private const string Root = "usr/share/klettres/";

    public override string Name => "letters";

    public override string Summary => "about 1,700 spoken letters and syllables in 20 languages with how they are written: sound and text";

    public override string Label => "language";

    public override IReadOnlyList<PackagePin> Packages { get; } =
        [new(PackageRegistry.Debian, "klettres-data", "4:22.12.3-1", "1186d257a19e84230856baea0b0b1ded8be9195080fcdb2588970b5cd937f5a8", 40)];

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var files = PackageArchive.Read(archives[0], path => path.StartsWith(Root, StringComparison.Ordinal)
            && (path.EndsWith(".ogg", StringComparison.Ordinal) || path.EndsWith("/sounds.xml", StringComparison.Ordinal)), cancel);
        var written = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, content) in files)
            if (path.EndsWith(".xml", StringComparison.Ordinal))
                foreach (Match sound in SoundLine().Matches(Encoding.UTF8.GetString(content)))
                    written.TryAdd(sound.Groups[2].Value, WebUtility.HtmlDecode(sound.Groups[1].Value));
        var samples = new List<PreparedSample>();
        foreach (var (path, sound) in files)
        {
            if (!path.EndsWith(".ogg", StringComparison.Ordinal))
                continue;
            var key = path[Root.Length..];
            var parts = key.Split('/');
            var text = written.GetValueOrDefault(key, "");
            samples.Add(new(key, text.Length == 0 ? key : text.ToLowerInvariant(), [], ("text", text), ("language", parts[0]),
                ("kind", parts[1] == "alpha" ? "letter" : "syllable")) { Audio = sound });
        }
        samples.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        writer.Add(samples, progress, cancel);
    }

    [GeneratedRegex("""<sound\s+name="([^"]*)"\s+file="([^"]*)"\s*/>""")]
    private static partial Regex SoundLine();
}
