using Selfsame.Modalities.Media;

namespace Selfsame.Data.Loading;

/// <summary>Pictures as the one field <c>image</c>: decoded, then transformed.</summary>
/// <param name="transform">What is done to each.</param>
/// <param name="decode">How pictures are decoded. Transparency is not passed on.</param>
public sealed class ImageField(ISampleTransform transform, ImageDecodeOptions? decode = null) : SampleField
{
    private readonly ImageDecodeOptions _decode = (decode ?? ImageDecodeOptions.Default) with { Alpha = false };

    /// <inheritdoc/>
    public override string Name => Selfsame.Modality.Image;

    /// <inheritdoc/>
    public override string Modality => Selfsame.Modality.Image;

    /// <inheritdoc/>
    public override FieldLayout Layout { get; } = new(FieldType.Float32, transform.OutputShape);

    /// <inheritdoc/>
    public override void Read(SampleReader reader, in SampleContext context, FieldRow row)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var image = reader.Image(context.Index, _decode);
        try
        {
            transform.Apply(image, context, row.Floats());
        }
        finally
        {
            reader.Return(context.Index, image);
        }
    }
}
