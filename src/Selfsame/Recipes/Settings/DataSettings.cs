using Selfsame.Modalities.Image;

namespace Selfsame.Recipes;

/// <summary>Where samples come from and how they are prepared.</summary>
public sealed record DataSettings
{
    /// <summary>A name from the catalogue (<c>emoji</c>), a folder, a manifest (<c>.jsonl</c>, <c>.csv</c>) or tar shards (<c>shards-{000..031}.tar</c>).</summary>
    public required string Source { get; init; }

    /// <summary>Which part of the source to train on. Default train.</summary>
    public TrainingPart Split { get; init; }

    /// <summary>Folder for what is fetched and unpacked. Null (default): the user's cache folder.</summary>
    public string? Cache { get; init; }

    /// <summary>File with samples to leave out, as <c>data check --write-exclusions</c> writes it (JSON lines with a <c>key</c>). Null (default): none but a list that <c>data dedup --apply</c> put beside the data.</summary>
    public string? Exclude { get; init; }

    /// <summary>Share of samples that may turn out unreadable before the run stops, 0 to 1. They are skipped and listed in quarantine.jsonl. Default 0.05.</summary>
    [Limits(0, 1, "the share of samples that may be unreadable")]
    public double MaxBad { get; init; } = 0.05;

    /// <summary>Threads that decode and augment, 0 to 1024; 0 (default): one for each processor core.</summary>
    [Limits(0, 1024, "the number of threads that decode"), Unit("threads")]
    public int Workers { get; init; }

    /// <summary>Side of the square picture the encoder sees, at least 1; a multiple of the patch. Null (default): as the views say.</summary>
    [Limits(1, 1 << 15, "the side of a picture"), Unit("pixels")]
    public int? ImageSize { get; init; }

    /// <summary>How each view of a sample is made, in the order the objective takes them. Empty (default): one view, as the objective needs it.</summary>
    public EquatableList<ViewSettings> Views { get; init; } = [];
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
