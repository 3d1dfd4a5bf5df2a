namespace Selfsame.Data.Checking;

/// <summary>How many samples have a value.</summary>
/// <param name="Name">The value.</param>
/// <param name="Count">Samples.</param>
public sealed record NamedCount(string Name, int Count);

/// <summary>Samples of each part.</summary>
public sealed record PartCounts(int Train, int Validation, int Test);

/// <summary>A number over samples.</summary>
/// <param name="Least">Smallest.</param>
/// <param name="Low">5 % are at or below it.</param>
/// <param name="Median">Half are at or below it.</param>
/// <param name="High">95 % are at or below it.</param>
/// <param name="Most">Largest.</param>
public sealed record Spread(double Least, double Low, double Median, double High, double Most);

/// <summary>Widths and heights.</summary>
/// <param name="Width">Columns, pixels.</param>
/// <param name="Height">Rows, pixels.</param>
/// <param name="Smallest">Name of the sample with the fewest pixels.</param>
/// <param name="Largest">Name of the sample with the most pixels.</param>
/// <param name="LongestSide">Samples by their longest side, in octaves.</param>
public sealed record SizeSummary(Spread Width, Spread Height, string Smallest, string Largest, IReadOnlyList<NamedCount> LongestSide);

/// <summary>Values of a channel over all samples, each picture counting the same, on values in 0..1: what <c>mean</c> and <c>std</c> of a view take.</summary>
public sealed record ChannelSummary(string Name, double Mean, double Std);

/// <summary>How a metadata column divides the samples into classes.</summary>
/// <param name="Column">The column.</param>
/// <param name="Classes">Distinct values.</param>
/// <param name="Unlabelled">Samples without a value.</param>
/// <param name="MajorityShare">Share of the labelled samples in the largest class: the accuracy of always naming it.</param>
/// <param name="EntropyBits">-sum p log2 p over classes.</param>
/// <param name="Evenness">Entropy over its largest possible value, log2 of the classes; 1 is balanced.</param>
/// <param name="Largest">The largest classes, largest first.</param>
/// <param name="Smallest">The smallest class.</param>
/// <param name="AbsentFromTrain">Classes that validation or test have and train lacks.</param>
public sealed record ClassBalance(string Column, int Classes, int Unlabelled, double MajorityShare, double EntropyBits, double Evenness, IReadOnlyList<NamedCount> Largest, NamedCount Smallest, int AbsentFromTrain);

/// <summary>A sample and what is the matter with it.</summary>
public sealed record SampleNote(string Key, string Reason);

/// <summary>How two samples can be the same; in reports and exclusion lists.</summary>
public static class DuplicateKinds
{
    /// <summary>Byte for byte.</summary>
    public const string SameFile = "same file";

    /// <summary>Pixel for pixel, in files that differ.</summary>
    public const string SameContent = "same pixels";

    /// <summary>Within the distance up to which samples count as near.</summary>
    public const string Near = "near";
}

/// <summary>A sample of a group of duplicates.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Split">Part it is in: train, validation, test.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Bytes">Length of its file.</param>
/// <param name="Kept">The sample it is a copy of; null for one that stays.</param>
/// <param name="Kind">One of <see cref="DuplicateKinds"/>; null for one that stays.</param>
/// <param name="Distance">From <paramref name="Kept"/>: sqrt(2 (1 - correlation)), 0 to 2.</param>
public sealed record DuplicateMember(string Key, string Split, int Width, int Height, long Bytes, string? Kept, string? Kind, double Distance);

/// <summary>Samples that show the same thing. A copy follows the sample that stays.</summary>
public sealed record DuplicateGroup(IReadOnlyList<DuplicateMember> Members);

/// <summary>A sample whose copy is held out for measuring.</summary>
/// <param name="Key">The sample that ought to go.</param>
/// <param name="Split">Its part.</param>
/// <param name="HeldOutKey">The nearest copy in a part held out from it.</param>
/// <param name="HeldOutSplit">The part of that copy.</param>
/// <param name="Kind">One of <see cref="DuplicateKinds"/>.</param>
/// <param name="Distance">Between the two.</param>
public sealed record Leak(string Key, string Split, string HeldOutKey, string HeldOutSplit, string Kind, double Distance);

/// <summary>What <c>data check</c> found. All but <see cref="DecodedPerSecondPerCore"/> is the same on every machine and with any number of threads.</summary>
public sealed record DataCheckReport
{
    /// <summary>Name or path of the data.</summary>
    public required string Source { get; init; }

    /// <summary>Samples looked at.</summary>
    public required int Samples { get; init; }

    /// <summary>Samples that a list of exclusions keeps out; they were not looked at.</summary>
    public required int Excluded { get; init; }

    /// <summary>Distinct groups: what shows the same thing by its name or metadata.</summary>
    public required int Groups { get; init; }

    /// <summary>Groups that have samples in more than one part.</summary>
    public required int GroupsAcrossParts { get; init; }

    /// <summary>Samples of each part.</summary>
    public required PartCounts Parts { get; init; }

    /// <summary>Samples by file format.</summary>
    public required IReadOnlyList<NamedCount> Formats { get; init; }

    /// <summary>Samples by colour mode.</summary>
    public required IReadOnlyList<NamedCount> Modes { get; init; }

    /// <summary>Samples with an alpha channel.</summary>
    public required int WithAlpha { get; init; }

    /// <summary>Samples with a pixel that is not opaque.</summary>
    public required int Transparent { get; init; }

    /// <summary>Files with more than one picture, of which training sees the first.</summary>
    public required int Animated { get; init; }

    /// <summary>Seconds of the samples that last; null where none does.</summary>
    public Spread? Seconds { get; init; }

    /// <summary>Lengths of the files, bytes.</summary>
    public Spread? FileBytes { get; init; }

    /// <summary>Widths and heights; null where no sample could be read.</summary>
    public SizeSummary? Sizes { get; init; }

    /// <summary>Red, green, blue; empty where no sample could be read.</summary>
    public required IReadOnlyList<ChannelSummary> Channels { get; init; }

    /// <summary>Columns that look like classes.</summary>
    public required IReadOnlyList<ClassBalance> Labels { get; init; }

    /// <summary>Samples that cannot be read.</summary>
    public required IReadOnlyList<SampleNote> Broken { get; init; }

    /// <summary>Samples that show nothing.</summary>
    public required IReadOnlyList<SampleNote> Empty { get; init; }

    /// <summary>What near was judged by: sketch or features.</summary>
    public required string NearBy { get; init; }

    /// <summary>Distance up to which samples count as near.</summary>
    public required double NearThreshold { get; init; }

    /// <summary>Groups of duplicates, the largest first.</summary>
    public required IReadOnlyList<DuplicateGroup> Duplicates { get; init; }

    /// <summary>Copies that are the same to the pixel.</summary>
    public required int ExactCopies { get; init; }

    /// <summary>Copies that are near.</summary>
    public required int NearCopies { get; init; }

    /// <summary>Samples with a copy in a part held out from theirs.</summary>
    public required IReadOnlyList<Leak> Leaks { get; init; }

    /// <summary>Boxes, points and pairs that the search for near duplicates looked at.</summary>
    public required long Comparisons { get; init; }

    /// <summary>Samples that one core reads and decodes a second, measured on some of them.</summary>
    public required double DecodedPerSecondPerCore { get; init; }

    /// <summary>What to do about all this, in sentences; the most pressing first.</summary>
    public required IReadOnlyList<string> Advice { get; init; }
}
