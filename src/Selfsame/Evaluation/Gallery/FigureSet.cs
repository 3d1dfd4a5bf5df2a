using System.Text.Json;
using System.Text.Json.Serialization;

namespace Selfsame.Evaluation.Gallery;

/// <summary>The figures of a run, kept as <c>figures/figures.json</c> with their sheets of pictures beside it.</summary>
public sealed record FigureSet
{
    /// <summary>Steps done when the figures were made.</summary>
    public required long Step { get; init; }

    /// <summary>Samples on a plane; null when it was left out.</summary>
    public MapFigure? Map { get; init; }

    /// <summary>What lies nearest to some samples; its pictures are the map's.</summary>
    public NeighbourFigure? Neighbours { get; init; }

    /// <summary>Tables of pictures: reconstructions, tokens, attention.</summary>
    public IReadOnlyList<PictureTable> Tables { get; init; } = [];

    /// <summary>Loss and features by noise level; null for methods without noise levels.</summary>
    public NoiseFigure? Noise { get; init; }

    /// <summary>What was left out, and why.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, FigureJson.Default.FigureSet);

    internal static FigureSet FromJson(byte[] json) =>
        JsonSerializer.Deserialize(json, FigureJson.Default.FigureSet) ?? throw new JsonException("It holds null.");
}

/// <summary>Pictures of one size in one PNG file, in rows, without gaps.</summary>
/// <param name="File">Name of the file, beside <c>figures.json</c>.</param>
/// <param name="Columns">Pictures in a row.</param>
/// <param name="Rows">Rows.</param>
/// <param name="TileWidth">Pixels.</param>
/// <param name="TileHeight">Pixels.</param>
public sealed record PictureSheet(string File, int Columns, int Rows, int TileWidth, int TileHeight);

/// <summary>A table of pictures: a row for each sample, a column for each way to look at it.</summary>
public sealed record PictureTable
{
    /// <summary>Key of the table, such as <c>attention</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Heading.</summary>
    public required string Title { get; init; }

    /// <summary>What is to be seen, in a sentence or two.</summary>
    public required string Lead { get; init; }

    /// <summary>The pictures: row r, column c of the table is row r, column c of the sheet.</summary>
    public required PictureSheet Sheet { get; init; }

    /// <summary>Headings of the columns.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Names of the rows.</summary>
    public required IReadOnlyList<string> Rows { get; init; }

    /// <summary>A remark beside each row; empty for none.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}

/// <summary>Samples on a plane, near where their features are alike.</summary>
public sealed record MapFigure
{
    /// <summary>The pictures of the samples, in their order.</summary>
    public required PictureSheet Sheet { get; init; }

    /// <summary>Names of the samples.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>Samples there are in the part that these were taken from.</summary>
    public required int Total { get; init; }

    /// <summary>Ways to lay them out.</summary>
    public required IReadOnlyList<MapLayout> Layouts { get; init; }

    /// <summary>What points can be coloured by; the first is shown first.</summary>
    public required IReadOnlyList<MapColumn> Columns { get; init; }
}

/// <summary>Places of samples.</summary>
/// <param name="Name">How they were found.</param>
/// <param name="Note">What the reader should know about it.</param>
/// <param name="X">Across.</param>
/// <param name="Y">Up.</param>
public sealed record MapLayout(string Name, string Note, IReadOnlyList<float> X, IReadOnlyList<float> Y);

/// <summary>A metadata column of the samples.</summary>
/// <param name="Name">The column.</param>
/// <param name="Names">Its values, the commonest first.</param>
/// <param name="Values">Value of each sample, an index into <paramref name="Names"/>; −1 for none.</param>
public sealed record MapColumn(string Name, IReadOnlyList<string> Names, IReadOnlyList<int> Values);

/// <summary>Nearest neighbours of some samples, numbered as in the map.</summary>
/// <param name="Searched">Samples searched.</param>
/// <param name="Column">Column that tells whether a neighbour is of the same kind; null without one.</param>
/// <param name="Rows">A row for each query.</param>
public sealed record NeighbourFigure(int Searched, string? Column, IReadOnlyList<NeighbourRow> Rows);

/// <summary>One query.</summary>
/// <param name="Query">The sample asked about.</param>
/// <param name="Near">The others, nearest first.</param>
/// <param name="Similarity">Cosine of the features, as many.</param>
public sealed record NeighbourRow(int Query, IReadOnlyList<int> Near, IReadOnlyList<float> Similarity);

/// <summary>What a model of noise levels makes of each level.</summary>
public sealed record NoiseFigure
{
    /// <summary>Noise levels, the middles of equal bins of [0, 1]; 1 is noise.</summary>
    public required IReadOnlyList<double> Levels { get; init; }

    /// <summary>Mean squared error of the velocity at each level.</summary>
    public required IReadOnlyList<double> Loss { get; init; }

    /// <summary>The same of a prediction of zero.</summary>
    public required IReadOnlyList<double> Untrained { get; init; }

    /// <summary>Cosine between a sample's features at this level and at the lowest, the mean of all samples taken off each; 1 to −1.</summary>
    public required IReadOnlyList<double> Similarity { get; init; }

    /// <summary>Share of samples whose features at this level are nearest to their own at the lowest.</summary>
    public required IReadOnlyList<double> Recognised { get; init; }

    /// <summary>Test samples used.</summary>
    public required int Samples { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FigureSet))]
internal sealed partial class FigureJson : JsonSerializerContext;
