using System.Text;

namespace Selfsame.Data.Packages;

/// <summary>Bacterial and archaeal 16S ribosomal RNA genes with their place in the tree of life. A group is a species.</summary>
internal sealed class Genes : CatalogueEntry
{
    private static readonly string[] s_ranks = ["domain", "phylum", "class", "order", "family", "genus"];

    public override string Name => "16s";

    public override string Summary => "about 5,180 bacterial 16S rRNA genes of some 1,500 bases with their taxonomy: text over 4 letters";

    public override string Label => "phylum";

    public override IReadOnlyList<PackagePin> Packages { get; } =
        [new(PackageRegistry.Debian, "microbiomeutil-data", "20101212+dfsg1-5", "972d5d0c8d3323571c8918d03709eff4fbd28719c3c805f539ef6ee2b8554925", 2)];

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var files = PackageArchive.Read(archives[0], path => path.EndsWith("/rRNA16S.gold.fasta", StringComparison.Ordinal), cancel);
        var samples = new List<PreparedSample>();
        using var lines = new StreamReader(new MemoryStream(files.Values.Single()), Encoding.UTF8);
        var (header, bases) = ("", new StringBuilder());
        while (lines.ReadLine() is { } line)
        {
            if (line.StartsWith('>'))
            {
                Flush();
                header = line[1..];
            }
            else
                bases.Append(line.Trim());
        }
        Flush();
        writer.Add(samples, progress, cancel);

        void Flush()
        {
            if (bases.Length > 0)
                samples.Add(Sample(header, bases.ToString().ToUpperInvariant()));
            bases.Clear();
        }
    }

    // "id name … <tab> … <tab> Bacteria; Firmicutes; …": the lineage comes last.
    private static PreparedSample Sample(string header, string sequence)
    {
        var fields = header.Split('\t', StringSplitOptions.TrimEntries);
        var space = fields[0].IndexOf(' ');
        var (id, name) = space < 0 ? (fields[0], fields.Length > 1 ? fields[1] : "") : (fields[0][..space], fields[0][(space + 1)..].Trim());
        var lineage = fields[^1].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var words = name.Split([' ', ';', ','], StringSplitOptions.RemoveEmptyEntries);
        var species = words.Length > 1 ? $"{words[0]} {words[1]}" : id;
        var columns = new List<(string, string)> { ("text", sequence), ("name", name), ("species", species) };
        for (var r = 0; r < s_ranks.Length && fields.Length > 1; r++)
            columns.Add((s_ranks[r], r < lineage.Length ? lineage[r] : ""));
        return new(id, species, [], [.. columns]);
    }
}
