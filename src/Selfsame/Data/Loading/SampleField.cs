using Selfsame.Modalities.Image;

namespace Selfsame.Data.Loading;

/// <summary>Type of the numbers of a field.</summary>
public enum FieldType
{
    /// <summary>32-bit floating point: pixels, waveforms, spectrograms.</summary>
    Float32,

    /// <summary>64-bit whole numbers: tokens.</summary>
    Int64,
}

/// <summary>What a field puts into a batch for one sample.</summary>
/// <param name="Type">Type of its numbers.</param>
/// <param name="Shape">Shape of a sample, or of one place of it where the length varies; empty for a single number.</param>
/// <param name="MaxLength">Most places of a sample where the length varies; 0 where it does not.</param>
/// <param name="Padding">Fills the places behind a sample's end.</param>
public sealed record FieldLayout(FieldType Type, IReadOnlyList<int> Shape, int MaxLength = 0, int Padding = 0)
{
    /// <summary>Samples have a length of their own.</summary>
    public bool IsVariable => MaxLength > 0;

    /// <summary>Numbers of a sample, or of one place of it.</summary>
    public int Size { get; } = Shape.Aggregate(1, static (a, b) => checked(a * b));
}

/// <summary>How one modality of a sample becomes one named field of a batch. Called from several threads at once.</summary>
public abstract class SampleField
{
    /// <summary>Name of the field: its modality, with a number behind where there are several views (<c>audio.1</c>).</summary>
    public abstract string Name { get; }

    /// <summary>What is read; one of <see cref="Selfsame.Modality.All"/>.</summary>
    public abstract string Modality { get; }

    /// <summary>What is written.</summary>
    public abstract FieldLayout Layout { get; }

    /// <summary>About how many places a sample will fill, told without opening it; batches are put together of samples of like length.</summary>
    public virtual int EstimateLength(DataSet data, int index) => 0;

    /// <summary>Reads and transforms one sample.</summary>
    /// <param name="reader">Gives the sample's contents.</param>
    /// <param name="context">Where the sample stands; the only source of randomness.</param>
    /// <param name="row">Takes the result.</param>
    /// <exception cref="Modalities.Media.MediaException">It cannot be decoded; the sample then lacks this modality, and is listed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public abstract void Read(SampleReader reader, in SampleContext context, FieldRow row);
}

/// <summary>The contents of a data set, pictures kept in memory where there is room.</summary>
public sealed class SampleReader : IDisposable
{
    private readonly SampleCache<ImageBuffer> _cache;

    internal SampleReader(DataSet data, long cacheBytes) => (Data, _cache) = (data, new(data.Count, cacheBytes, image => image.Pixels.Length));

    /// <summary>The data set.</summary>
    public DataSet Data { get; }

    /// <summary>Decodes a picture, or takes it from memory. Give it back with <see cref="Return(int, ImageBuffer)"/>.</summary>
    public ImageBuffer Image(int index, Modalities.Media.ImageDecodeOptions options)
    {
        if (_cache.Find(index) is { } kept)
            return kept;
        var image = Data.ReadImage(index, options);
        _cache.TryKeep(index, image);
        return image;
    }

    /// <summary>Frees a picture that is not kept.</summary>
    public void Return(int index, ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (!ReferenceEquals(_cache.Find(index), image))
            image.Dispose();
    }

    /// <summary>Frees the pictures that were kept.</summary>
    public void Dispose() => _cache.Dispose();
}

/// <summary>Where a field writes one sample.</summary>
public readonly struct FieldRow : IEquatable<FieldRow>
{
    private readonly HostField _field;
    private readonly int _row;

    internal FieldRow(HostField field, int row) => (_field, _row) = (field, row);

    /// <summary>Memory for a sample of fixed size; its content is undefined before.</summary>
    public Span<float> Floats() => _field.Fixed<float>(_row);

    /// <summary>Memory for a sample of this many places; its content is undefined before.</summary>
    /// <param name="length">1 .. <see cref="FieldLayout.MaxLength"/>.</param>
    public Span<float> Floats(int length) => _field.Variable<float>(_row, length);

    /// <summary>Memory for this many tokens; its content is undefined before.</summary>
    /// <param name="length">1 .. <see cref="FieldLayout.MaxLength"/>.</param>
    public Span<long> Tokens(int length) => _field.Variable<long>(_row, length);

    /// <inheritdoc/>
    public bool Equals(FieldRow other) => ReferenceEquals(_field, other._field) && _row == other._row;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FieldRow other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_field, _row);

    /// <summary>Whether both are the same place.</summary>
    public static bool operator ==(FieldRow left, FieldRow right) => left.Equals(right);

    /// <summary>Whether they are different places.</summary>
    public static bool operator !=(FieldRow left, FieldRow right) => !left.Equals(right);
}
