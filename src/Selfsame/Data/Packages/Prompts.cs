using System.IO.Compression;
using System.Text;

namespace Selfsame.Data.Packages;

/// <summary>Spoken phrases of a telephone exchange with their words, one voice a language. A group is a phrase in all languages.</summary>
internal sealed class Prompts : CatalogueEntry
{
    private const string Root = "usr/share/asterisk/sounds/", Version = "1.6.1-1";

    private static readonly string[] s_languages = ["en", "es", "fr", "it", "ru"];

    public override string Name => "prompts";

    public override string Summary => "about 2,700 spoken phrases with their words, one voice in each of 5 languages: sound and text";

    public override string Label => "language";

    // Sound and words of each language, in the order of languages.
    public override IReadOnlyList<PackagePin> Packages { get; } =
    [
        new(PackageRegistry.Debian, "asterisk-core-sounds-en-wav", Version, "2be3ea287d83299d143815fa804f11179a75b7affd4a758b98b55f5afc18a35d", 18),
        new(PackageRegistry.Debian, "asterisk-core-sounds-en", Version, "973e797d28e37fa6ca3c0a9d6fa717e77cf1268ae916bf09fd3503113cdffa50", 1),
        new(PackageRegistry.Debian, "asterisk-core-sounds-es-wav", Version, "9283a09a6d56fccdcc2bcfe86c48f0f844289cfbd46a3184d8785a6f7f569903", 24),
        new(PackageRegistry.Debian, "asterisk-core-sounds-es", Version, "9afdab7f559f036649fb406e625899306ca1004df8ebe39c30bfbd5912d66f74", 1),
        new(PackageRegistry.Debian, "asterisk-core-sounds-fr-wav", Version, "8d4e1bc32ed5ba7fbda40841ca1825ed20cc6232724a473c90f8bb0e53e6073e", 19),
        new(PackageRegistry.Debian, "asterisk-core-sounds-fr", Version, "04c82c78c570c43a7136cbc5e2488d0c470b775468dff9fbce4a131b18cf1056", 1),
        new(PackageRegistry.Debian, "asterisk-core-sounds-it-wav", Version, "5a26638089e134b8ac39363fe249c5c93c50cd8bfdc9b2499ae61ec4a35e2fcb", 18),
        new(PackageRegistry.Debian, "asterisk-core-sounds-it", Version, "3884d9457e12f21caa018c18f0d587df5d53ebea14b673d8453a134c5941ab3b", 1),
        new(PackageRegistry.Debian, "asterisk-core-sounds-ru-wav", Version, "ccbfaebfa450b7a9ddf644ae0f3d1e9017d5df7c0aebe816e946345589d38201", 19),
        new(PackageRegistry.Debian, "asterisk-core-sounds-ru", Version, "28a61616bb0cd3345a7ea532dec4df9f071e5d0fa9f8c1a563ea9669002f39ab", 1),
    ];

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var samples = new List<PreparedSample>();
        for (var k = 0; k < s_languages.Length; k++)
        {
            var language = s_languages[k];
            var words = Words(PackageArchive.Read(archives[2 * k + 1], path => path.EndsWith($"core-sounds-{language}.txt.gz", StringComparison.Ordinal), cancel));
            foreach (var (path, sound) in PackageArchive.Read(archives[2 * k], path => path.StartsWith(Root, StringComparison.Ordinal) && path.EndsWith(".wav", StringComparison.Ordinal), cancel))
            {
                var (voice, file) = Split(path[Root.Length..]);
                var phrase = file[..^4];
                if (phrase.StartsWith("silence/", StringComparison.Ordinal))
                    continue;
                var folder = phrase.IndexOf('/') is > 0 and var slash ? phrase[..slash] : "phrases";
                samples.Add(new($"{language}/{phrase}", phrase, [], ("text", words.GetValueOrDefault(phrase, "")), ("language", language),
                    ("voice", voice), ("gender", voice.Contains("_m_", StringComparison.Ordinal) ? "male" : "female"), ("folder", folder)) { Audio = sound });
            }
        }
        samples.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        writer.Add(samples, progress, cancel);
    }

    private static (string Voice, string File) Split(string path) => (path[..path.IndexOf('/')], path[(path.IndexOf('/') + 1)..]);

    // "name: words" a line; what is in brackets describes a tone and is not spoken.
    private static Dictionary<string, string> Words(Dictionary<string, byte[]> files)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var content in files.Values)
        {
            using var unzipped = new StreamReader(new GZipStream(new MemoryStream(content), CompressionMode.Decompress), Encoding.UTF8);
            while (unzipped.ReadLine() is { } line)
            {
                var colon = line.IndexOf(": ", StringComparison.Ordinal);
                if (line.StartsWith(';') || colon < 1 || line[(colon + 2)..].TrimStart().StartsWith('['))
                    continue;
                words.TryAdd(line[..colon].Trim(), line[(colon + 2)..].Trim());
            }
        }
        return words;
    }
}
