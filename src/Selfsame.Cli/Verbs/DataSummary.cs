using Selfsame.Data;
using Selfsame.Data.Packages;
using Selfsame.Modalities.Media;

namespace Selfsame.Cli.Verbs;

/// <summary>Samples of one class in each part.</summary>
internal sealed record ClassCount(string Name, int Train, int Validation, int Test)
{
    public int Total => Train + Validation + Test;
}

/// <summary>How much there is of one modality.</summary>
internal sealed record ModalityCount(string Name, int Samples, int Distinct)
{
    /// <summary>Length of all that is distinct, where it is known.</summary>
    public double? Seconds { get; init; }
}

/// <summary>What <c>data show</c> tells of a data set.</summary>
internal sealed record DataSummary
{
    public required string Name { get; init; }

    public required int Samples { get; init; }

    public required int Groups { get; init; }

    public required int Train { get; init; }

    public required int Validation { get; init; }

    public required int Test { get; init; }

    public required int LeftOut { get; init; }

    /// <summary>Samples that lists of exclusions keep out.</summary>
    public required int Excluded { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>What there is; distinct counts what several samples share once.</summary>
    public required IReadOnlyList<ModalityCount> Modalities { get; init; }

    /// <summary>Samples of each language, the largest first; empty where nothing says the language.</summary>
    public IReadOnlyList<ClassCount> Languages { get; init; } = [];

    /// <summary>Column the classes come from; null where the data set has none.</summary>
    public string? Label { get; init; }

    /// <summary>Share of the largest class: what always naming it would score.</summary>
    public double MajorityShare { get; init; }

    public IReadOnlyList<ClassCount> Classes { get; init; } = [];

    /// <summary>Key, group, size and metadata of the first sample that can be read.</summary>
    public required IReadOnlyDictionary<string, string> Example { get; init; }

    /// <param name="data">The data set.</param>
    /// <param name="label">Column to count; null for the natural one.</param>
    /// <exception cref="DataSourceException">There is no such column.</exception>
    public static DataSummary Of(DataSet data, string? label)
    {
        label ??= NaturalLabel(data);
        Span<int> splits = stackalloc int[3];
        for (var i = 0; i < data.Count; i++)
            splits[(int)data.SplitOf(i)]++;
        var classes = label is null ? [] : CountClasses(data, data.Labels(label));
        return new()
        {
            Name = data.Name,
            Samples = data.Count,
            Groups = data.GroupCount,
            Train = splits[(int)DataSplit.Train],
            Validation = splits[(int)DataSplit.Validation],
            Test = splits[(int)DataSplit.Test],
            LeftOut = data.Problems.Count,
            Excluded = data.Excluded,
            Columns = data.Columns,
            Modalities = [.. data.Modalities.Names.Select(name => Count(data, name))],
            Languages = data.Columns.Contains("language") ? CountClasses(data, data.Labels("language")) : [],
            Label = label,
            MajorityShare = classes.Count == 0 ? 0 : (double)classes[0].Total / data.Count,
            Classes = classes,
            Example = ExampleOf(data),
        };
    }

    private static ModalityCount Count(DataSet data, string modality)
    {
        var samples = 0;
        for (var i = 0; i < data.Count; i++)
            samples += data.Has(i, modality) ? 1 : 0;
        var (distinct, seconds) = data.Distinct(modality);
        return new(modality, samples, distinct) { Seconds = seconds > 0 ? seconds : null };
    }

    private static string? NaturalLabel(DataSet data)
    {
        foreach (var item in Catalogue.List())
            if (item.Name == data.Name)
                return item.Label;
        foreach (var usual in (ReadOnlySpan<string>)["label", "class", "category", "folder"])
            if (data.Columns.Contains(usual))
                return usual;
        return null;
    }

    private static List<ClassCount> CountClasses(DataSet data, LabelSet labels)
    {
        var counts = new int[labels.Names.Count, 3];
        for (var i = 0; i < data.Count; i++)
            if (labels[i] >= 0)
                counts[labels[i], (int)data.SplitOf(i)]++;
        var classes = new List<ClassCount>(labels.Names.Count);
        for (var c = 0; c < labels.Names.Count; c++)
            classes.Add(new(labels.Names[c], counts[c, 0], counts[c, 1], counts[c, 2]));
        return [.. classes.OrderByDescending(c => c.Total).ThenBy(c => c.Name, StringComparer.Ordinal)];
    }

    private static string Describe(DataSet data, int sample)
    {
        using var map = data.ReadDepth(sample);
        var (near, far, missing) = (int.MaxValue, 0, 0);
        foreach (var value in map.Values)
        {
            (near, far) = value == 0 ? (near, far) : (Math.Min(near, value), Math.Max(far, value));
            missing += value == 0 ? 1 : 0;
        }
        var range = far == 0 ? "nothing measured"
            : data.DepthStep(sample) is { } metres ? FormattableString.Invariant($"{near * metres:0.000} to {far * metres:0.000} m")
            : FormattableString.Invariant($"{near} to {far}");
        return FormattableString.Invariant($"{map.Width} x {map.Height}, {range}, {100.0 * missing / map.Values.Length:0} % missing");
    }

    private static Dictionary<string, string> ExampleOf(DataSet data)
    {
        for (var i = 0; i < Math.Min(data.Count, 100); i++)
        {
            try
            {
                var example = new Dictionary<string, string> { ["key"] = data.Key(i), ["group"] = data.Group(i), ["has"] = data.ModalitiesOf(i).ToString() };
                if (data.Has(i, Modality.Image))
                {
                    using var image = data.ReadImage(i);
                    example["size"] = FormattableString.Invariant($"{image.Width} x {image.Height}");
                }

                if (data.Has(i, Modality.Depth))
                    example["depth"] = Describe(data, i);

                if (data.Has(i, Modality.Video))
                {
                    var film = Selfsame.Modalities.Video.VideoFile.Probe(data.OpenMedia(i, Modality.Video));
                    var part = data.FilmPart(i) ?? new(TimeSpan.Zero, film.Duration);
                    example["film"] = FormattableString.Invariant($"{part.Duration.TotalSeconds:0.00} s from {part.Start.TotalSeconds:0.00} s on, {film.Width} x {film.Height}, {film.FramesPerSecond:0.##} pictures/s, {film.Codec}");
                }

                if (data.Has(i, Modality.Audio))
                {
                    var sound = Selfsame.Modalities.Audio.AudioFile.Probe(data.OpenMedia(i, Modality.Audio));
                    example["sound"] = FormattableString.Invariant($"{sound.Duration.TotalSeconds:0.00} s, {sound.SampleRate} Hz, {sound.Channels} channels, {sound.Codec}");
                }

                if (data.Has(i, Modality.Text))
                    example["text"] = Short(data.ReadText(i));
                foreach (var column in data.Columns)
                    example.TryAdd(column, Short(data.Text(column, i)));
                return example;
            }
            catch (Exception e) when (e is MediaException or IOException or UnauthorizedAccessException)
            {
                // Broken ones are for the quarantine of a run; here the next will do.
            }
        }
        return [];
    }

    private static string Short(string text) => text.Length <= 120 ? text.ReplaceLineEndings(" ") : $"{text[..120].ReplaceLineEndings(" ")}…";
}
