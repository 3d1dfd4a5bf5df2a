using Selfsame.Modalities.Audio;
using Selfsame.Modalities.Depth;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Text;
using Selfsame.Modalities.Video;

namespace Selfsame.Recipes;

/// <summary>Where samples come from and how they are prepared. A block for each modality that is read; without any, pictures.</summary>
public sealed record DataSettings : ICheckable
{
    /// <summary>A name from the catalogue (<c>emoji</c>), a folder, a manifest (<c>.jsonl</c>, <c>.csv</c>) or tar shards (<c>shards-{000..031}.tar</c>).</summary>
    public required string Source { get; init; }

    /// <summary>Which part of the source to train on. Default train.</summary>
    public TrainingPart Split { get; init; }

    /// <summary>Folder for what is fetched and unpacked. Null (default): the user's cache folder.</summary>
    public string? Cache { get; init; }

    /// <summary>File with samples to leave out, as <c>data check --write-exclusions</c> writes it (JSON lines with a <c>key</c>). Null (default): none but a list that <c>data dedup --apply</c> put beside the data.</summary>
    public string? Exclude { get; init; }

    /// <summary>Take only samples with these values, as <c>[{ column: language, values: [en, en_GB] }]</c>; every entry has to hold. Applies to all parts of the source. Default none.</summary>
    public EquatableList<WhereSettings> Where { get; init; } = [];

    /// <summary>Further data whose training parts are trained on too, such as <c>[{ source: emoji }]</c>. Probe, retrieval and samples are measured on the source alone. Default none.</summary>
    [Count(0, 100)]
    public EquatableList<AddedDataSettings> Add { get; init; } = [];

    /// <summary>Share of samples that may turn out unreadable before the run stops, 0 to 1. They are skipped and listed in quarantine.jsonl. Default 0.05.</summary>
    [Limits(0, 1, "the share of samples that may be unreadable")]
    public double MaxBad { get; init; } = 0.05;

    /// <summary>Threads that decode and augment, 0 to 1024; 0 (default): one for each processor core.</summary>
    [Limits(0, 1024, "the number of threads that decode"), Unit("threads")]
    public int Workers { get; init; }

    /// <summary>Side of the square picture the encoder sees, at least 1; a multiple of the patch. Null (default): as the views say. Same as image.size.</summary>
    [Limits(1, 1 << 15, "the side of a picture"), Unit("pixels")]
    public int? ImageSize { get; init; }

    /// <summary>How each view of a sample is made, in the order the objective takes them. Empty (default): one view, as the objective needs it. Same as image.views.</summary>
    public EquatableList<ViewSettings> Views { get; init; } = [];

    /// <summary>Pictures. Null (default): read where there are views or an image_size, or no block of another modality.</summary>
    public ImageInputSettings? Image { get; init; }

    /// <summary>Sound. Null (default): none is read.</summary>
    public AudioInputSettings? Audio { get; init; }

    /// <summary>Films. Null (default): none are read.</summary>
    public VideoViewSettings? Video { get; init; }

    /// <summary>Text. Null (default): none is read.</summary>
    public TextInputSettings? Text { get; init; }

    /// <summary>Depth maps, cut as the pictures are. Null (default): none are read.</summary>
    public DepthInputSettings? Depth { get; init; }

    /// <summary>Train on one modality a batch, drawn by these shares. Null (default): a batch has all modalities of its samples.</summary>
    public MixSettings? Mix { get; init; }

    /// <summary>Which samples are trained on. Default any: those with at least one of the modalities.</summary>
    public SampleNeed Need { get; init; }

    /// <summary>Batches that are put together side by side, so that samples of like length meet and little is padding, 1 to 1024; 1 switches it off. Default 16. No effect on packed texts, whose rows are full.</summary>
    [Limits(1, 1024, "the number of batches that are sorted by length together"), Unit("batches")]
    public int Buckets { get; init; } = 16;

    /// <summary>The modalities that are read.</summary>
    public ModalitySet Inputs()
    {
        var others = (Audio is null ? new() : ModalitySet.Of(Modality.Audio)) | (Video is null ? new() : ModalitySet.Of(Modality.Video)) | (Text is null ? new() : ModalitySet.Of(Modality.Text))
            | (Depth is null ? new() : ModalitySet.Of(Modality.Depth));
        return others.IsEmpty || Image is not null || Views.Count > 0 || ImageSize is not null ? others | ModalitySet.Images : others;
    }

    /// <summary>Side of a picture, wherever it was given; null for as the views say.</summary>
    public int? PictureSize() => Image?.Size ?? ImageSize;

    /// <summary>Views of a picture, wherever they were given.</summary>
    public EquatableList<ViewSettings> PictureViews() => Image is { Views.Count: > 0 } image ? image.Views : Views;

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Image is { Views.Count: > 0 } && Views.Count > 0)
            yield return new("views", "are given here and in image.views; give them once");
        if (Image is { Size: not null } && ImageSize is not null)
            yield return new("image_size", "is given here and as image.size; give it once");
        var inputs = Inputs();
        if (Text is { Packing: not TextPacking.None })
        {
            if (inputs != ModalitySet.Of(Modality.Text))
                yield return new("text.packing", $"is given, but data reads {inputs}, and a row of several texts belongs to no other sample; read text alone, or leave packing out");
            if (Mix is not null)
                yield return new("mix", "is given beside text.packing, which trains on text alone; leave one of them out");
        }

        foreach (var (modality, _) in Mix?.Shares() ?? [])
        {
            if (!inputs.Contains(modality))
                yield return new($"mix.{modality}", $"is given, but data reads {inputs} only; add a block data.{modality}");
        }
    }
}

/// <summary>Data that is trained on beside the source.</summary>
public sealed record AddedDataSettings
{
    /// <summary>As data.source: a name from the catalogue, a folder, a manifest or tar shards.</summary>
    public required string Source { get; init; }

    /// <summary>As data.where: take only samples with these values. Default all.</summary>
    public EquatableList<WhereSettings> Where { get; init; } = [];
}

/// <summary>Samples that have one of some values in a column.</summary>
public sealed record WhereSettings
{
    /// <summary>A column of the data set; <c>selfsame data show</c> lists them.</summary>
    public required string Column { get; init; }

    /// <summary>Values that are taken, at least one, as they are written in the column.</summary>
    [Count(1, 100_000)]
    public EquatableList<string> Values { get; init; } = [];
}

/// <summary>Chance of each modality to be the only one of a batch, in shares of their sum.</summary>
public sealed record MixSettings : ICheckable
{
    /// <summary>Share of batches of pictures, above 0. Null (default): none.</summary>
    [Limits(0, double.PositiveInfinity, "the share of batches of pictures", AboveMin = true)]
    public double? Image { get; init; }

    /// <summary>Share of batches of films, above 0. Null (default): none.</summary>
    [Limits(0, double.PositiveInfinity, "the share of batches of films", AboveMin = true)]
    public double? Video { get; init; }

    /// <summary>Share of batches of sound, above 0. Null (default): none.</summary>
    [Limits(0, double.PositiveInfinity, "the share of batches of sound", AboveMin = true)]
    public double? Audio { get; init; }

    /// <summary>Share of batches of text, above 0. Null (default): none.</summary>
    [Limits(0, double.PositiveInfinity, "the share of batches of text", AboveMin = true)]
    public double? Text { get; init; }

    /// <summary>Share of batches of depth maps, above 0. Null (default): none.</summary>
    [Limits(0, double.PositiveInfinity, "the share of batches of depth maps", AboveMin = true)]
    public double? Depth { get; init; }

    /// <summary>The shares that are given, in the order of <see cref="Modality.All"/>.</summary>
    public IReadOnlyList<(string Modality, double Share)> Shares()
    {
        (string, double?)[] all = [(Modality.Image, Image), (Modality.Video, Video), (Modality.Audio, Audio), (Modality.Text, Text), (Modality.Depth, Depth)];
        return [.. all.Where(part => part.Item2 is not null).Select(part => (part.Item1, part.Item2!.Value))];
    }

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Shares().Count == 0)
            yield return new("", "has no share; give one for each modality that is to be drawn, such as { image: 0.7, text: 0.3 }");
    }
}

/// <summary>How pictures are prepared.</summary>
public sealed record ImageInputSettings
{
    /// <summary>Side of the square picture the encoder sees, at least 1; a multiple of the patch. Null (default): as the views say.</summary>
    [Limits(1, 1 << 15, "the side of a picture"), Unit("pixels")]
    public int? Size { get; init; }

    /// <summary>How each view of a picture is made, in the order the objective takes them. Empty (default): one view, as the objective needs it.</summary>
    public EquatableList<ViewSettings> Views { get; init; } = [];
}

/// <summary>Which samples are trained on.</summary>
public enum SampleNeed
{
    /// <summary>Those with at least one of the modalities; what else they lack is missing.</summary>
    Any,

    /// <summary>Those with all of the modalities.</summary>
    All,
}

/// <summary>A part of a data source; the parts are disjoint, and what shows the same thing stays in one of them.</summary>
public enum TrainingPart
{
    /// <summary>For training.</summary>
    Train,

    /// <summary>For choosing settings.</summary>
    Validation,

    /// <summary>For the final score.</summary>
    Test,

    /// <summary>Everything.</summary>
    All,
}
