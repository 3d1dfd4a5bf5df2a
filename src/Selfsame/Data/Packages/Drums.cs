using System.Text;
using System.Text.RegularExpressions;
using Selfsame.Data.Sources;

namespace Selfsame.Data.Packages;

/// <summary>Drum hits of the kits of Hydrogen, by instrument. A group is an instrument of a kit at all its strengths.</summary>
internal sealed partial class Drums : CatalogueEntry
{
    private const string Root = "usr/share/hydrogen/data/drumkits/";

    // The first that occurs in the name of an instrument, or else of its file.
    private static readonly (string Class, string[] Words)[] s_classes =
    [
        ("hi-hat", ["hihat", "hi-hat", "hi hat", "hat", "hh"]),
        ("kick", ["kick", "bass", "bd"]),
        ("snare", ["snare", "rim", "stick", "sn", "sd"]),
        ("crash", ["crash", "china", "splash", "cr"]),
        ("ride", ["ride"]),
        ("tom", ["tom", "tm"]),
        ("clap", ["clap", "hand", "snap"]),
        ("bell", ["cowbell", "bell", "cb"]),
        ("shaker", ["shak", "marac", "cabasa", "tambour"]),
    ];

    public override string Name => "drums";

    public override string Summary => "about 750 drum hits of 14 kits by instrument: sound";

    public override string Label => "class";

    public override IReadOnlyList<PackagePin> Packages { get; } =
        [new(PackageRegistry.Debian, "hydrogen-drumkits", "2017.09.19~dfsg-1", "6ea3c6df9a67762e2362f946c695e619859126b19fbccf32a2e8f07dfd03b2f4", 143)];

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var files = PackageArchive.Read(archives[0], path => path.StartsWith(Root, StringComparison.Ordinal)
            && (MediaFile.ModalityOf(path) == Modality.Audio || path.EndsWith("/drumkit.xml", StringComparison.Ordinal)), cancel);
        var instruments = new Dictionary<string, string>(StringComparer.Ordinal); // kit/file -> instrument
        foreach (var (path, content) in files)
            if (path.EndsWith(".xml", StringComparison.Ordinal))
                foreach (Match found in Instrument().Matches(Encoding.UTF8.GetString(content)))
                    foreach (Match file in FileName().Matches(found.Value))
                        instruments.TryAdd($"{path[Root.Length..path.LastIndexOf('/')]}/{file.Groups[1].Value}", found.Groups[1].Value.Trim());
        var samples = new List<PreparedSample>();
        foreach (var (path, sound) in files)
        {
            if (MediaFile.ModalityOf(path) != Modality.Audio)
                continue;
            var key = path[Root.Length..];
            var kit = key[..key.IndexOf('/')];
            var instrument = instruments.GetValueOrDefault(key, "");
            var name = instrument.Length == 0 ? MediaFile.WithoutExtension(Path.GetFileName(key)) : instrument;
            samples.Add(new(key, $"{kit}/{name}", [], ("class", ClassOf(instrument, Path.GetFileName(key))), ("instrument", instrument), ("kit", kit)) { Audio = sound });
        }
        samples.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        writer.Add(samples, progress, cancel);
    }

    internal static string ClassOf(string instrument, string file)
    {
        foreach (var name in (ReadOnlySpan<string>)[instrument, file])
            foreach (var (kind, words) in s_classes)
                foreach (var word in words)
                    if (name.Contains(word, StringComparison.OrdinalIgnoreCase))
                        return kind;
        return "other";
    }

    [GeneratedRegex("<instrument>.*?<name>(.*?)</name>.*?</instrument>", RegexOptions.Singleline)]
    private static partial Regex Instrument();

    [GeneratedRegex("<filename>(.*?)</filename>")]
    private static partial Regex FileName();
}
