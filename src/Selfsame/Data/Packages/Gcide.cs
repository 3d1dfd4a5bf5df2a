using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Selfsame.Data.Packages;

/// <summary>
/// The GNU Collaborative International Dictionary of English: a definition a sample. A group is a head word. The text is what stands behind the head, without etymologies and sources: the head names the
/// part of speech, and a label must not be readable in its sample. For the same reason marks such as "(Bot.)" become the column <c>subject</c>.
/// </summary>
internal sealed partial class Gcide : CatalogueEntry
{
    private const string Root = "usr/share/dictd/", Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private const int FarthestSubject = 40; // in characters: a later mark belongs to a later sense

    private static readonly (string Mark, string Part)[] s_parts =
        [("n.", "noun"), ("prop. n.", "noun"), ("a.", "adjective"), ("adv.", "adverb"), ("v. t.", "verb"), ("v. i.", "verb"), ("v.", "verb"), ("p. p.", "verb"), ("imp.", "verb"), ("prep.", "preposition"), ("interj.", "interjection"), ("conj.", "conjunction")];

    public override string Name => "dictionary";

    public override string Summary => "English definitions of the GNU Collaborative International Dictionary, with parts of speech and subjects: text";

    public override string Label => "part_of_speech";

    public override int Revision => 2;

    public override IReadOnlyList<PackagePin> Packages { get; } =
        [new(PackageRegistry.Debian, "dict-gcide", "0.48.5+nmu2", "7b0af5cfde3cbdef5e9d6e78f92ec335ced7c2790f37a40f49bebc6f7347ac0f", 15)];

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var files = PackageArchive.Read(archives[0], path => path is Root + "gcide.dict.dz" or Root + "gcide.index", cancel);
        using var unzipped = new MemoryStream();
        using (var zip = new GZipStream(new MemoryStream(files[Root + "gcide.dict.dz"]), CompressionMode.Decompress))
            zip.CopyTo(unzipped);
        var text = unzipped.GetBuffer().AsSpan(0, (int)unzipped.Length);
        var seen = new HashSet<int>();
        var samples = new List<PreparedSample>();
        foreach (var line in Encoding.UTF8.GetString(files[Root + "gcide.index"]).Split('\n'))
        {
            var fields = line.Split('\t');
            if (fields.Length != 3 || fields[0].StartsWith("00-database", StringComparison.Ordinal))
                continue;
            var (offset, length) = (Number(fields[1]), Number(fields[2]));
            if (!seen.Add(offset) || offset + length > text.Length)
                continue; // another head word of the same definition
            var (definition, part, subject) = Read(Spaces().Replace(Encoding.UTF8.GetString(text.Slice(offset, length)), " ").Trim());
            if (definition.Length > 0)
                samples.Add(new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{fields[0]}@{offset}"), fields[0].ToLowerInvariant(), [],
                    ("text", definition), ("word", fields[0]), ("part_of_speech", part), ("subject", subject)));
        }
        samples.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        writer.Add(samples, progress, cancel);
    }

    // Numbers of a dictd index: 64 digits, the highest first.
    private static int Number(string digits)
    {
        var number = 0;
        foreach (var digit in digits)
            number = (number << 6) | Digits.IndexOf(digit, StringComparison.Ordinal);
        return number;
    }

    // "Knitback \Knit"back`\, n. [See {Knit}.] (Bot.) The plant comfrey; -- so called from … [Obs.]" → "The plant comfrey; -- so called from …", noun, Bot.
    internal static (string Text, string Part, string Subject) Read(string entry)
    {
        var (text, part) = SplitHead(entry);
        for (var before = ""; before.Length != text.Length;) // brackets within brackets
            (before, text) = (text, Brackets().Replace(text, ""));
        var mark = Subject().Match(text);
        var subject = mark.Success && mark.Index < FarthestSubject ? mark.Groups[1].Value : "";
        text = Subject().Replace(text, "").Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
        return (Spaces().Replace(text, " ").Trim(' ', ';', ',', '.'), part, subject);
    }

    private static (string Text, string Part) SplitHead(string entry)
    {
        var match = Pronounced().Match(entry);
        if (match.Success)
        {
            var rest = entry.AsSpan(match.Length);
            foreach (var (mark, part) in s_parts)
                if (rest.StartsWith(mark, StringComparison.Ordinal))
                    return (rest[mark.Length..].ToString(), part);
        }

        return (entry, "");
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\[[^\[\]]*\]")]
    private static partial Regex Brackets();

    [GeneratedRegex(@"\(([A-Z][A-Za-z. &]{1,24})\.\)")]
    private static partial Regex Subject();

    [GeneratedRegex(@"^.{0,80}?\\[^\\]{0,80}\\,? (?:\([^)]{0,40}\), )?")]
    private static partial Regex Pronounced();
}
