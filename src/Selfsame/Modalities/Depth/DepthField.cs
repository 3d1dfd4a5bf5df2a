using Selfsame.Data.Loading;
using Selfsame.Modalities.Image;
using Selfsame.Randomness;

namespace Selfsame.Modalities.Depth;

/// <summary>
/// Depth maps, (B, 1, size, size): metres where the data say what a step is, else steps; 0 where nothing was measured. The place that
/// is shown is that of the picture's first view. Values are picked, never mixed: a mean of near, far and nothing is the depth of no thing.
/// </summary>
public sealed class DepthField : SampleField
{
    [ThreadStatic]
    private static SeededDraws? s_draws;  // restarted for every sample, so nothing is carried over

    private readonly int _size;
    private readonly double _scale;
    private readonly ViewPipeline _view;

    /// <summary>Makes the field.</summary>
    /// <param name="settings">Size and unit.</param>
    /// <param name="view">The picture's first view; it draws crop and mirror.</param>
    public DepthField(DepthInputSettings settings, ViewSettings view)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(view);
        (_size, _scale, _view) = (settings.Size ?? view.Size, settings.Scale, new(view));
        Layout = new(FieldType.Float32, [1, _size, _size]);
    }

    /// <inheritdoc/>
    public override string Name => Selfsame.Modality.Depth;

    /// <inheritdoc/>
    public override string Modality => Selfsame.Modality.Depth;

    /// <inheritdoc/>
    public override FieldLayout Layout { get; }

    /// <summary>What a model is told.</summary>
    public DepthShape Shape => new(_size, _size);

    /// <inheritdoc/>
    public override void Read(SampleReader reader, in SampleContext context, FieldRow row)
    {
        ArgumentNullException.ThrowIfNull(reader);
        using var map = reader.Data.ReadDepth(context.Index);
        var draws = s_draws ??= new SeededDraws(0, 0, 0);
        draws.Restart(context.Seed, (ulong)context.Epoch, (ulong)context.Position);
        var parameters = _view.Sample(map.Height, map.Width, draws);
        var box = _view.Settings.Crop is { Kind: CropKind.ResizeCenter } crop
            ? Middle(map, (double)_view.Settings.Size / (crop.Resize ?? _view.Settings.Size))
            : parameters.Crop;
        Pick(map, box, parameters.Flip, (float)((reader.Data.DepthStep(context.Index) ?? 1) * _scale), row.Floats());
    }

    // What is left of the shorter side after resizing and cutting.
    private static CropBox Middle(DepthMap map, double share)
    {
        var side = Math.Max(1, (int)Math.Round(Math.Min(map.Height, map.Width) * Math.Min(1, share)));
        return CropBox.Center(map.Height, map.Width, side, side);
    }

    private void Pick(DepthMap map, CropBox box, bool flip, float unit, Span<float> destination)
    {
        var values = map.Values;
        for (var y = 0; y < _size; y++)
        {
            var from = values.Slice((box.Top + Place(y, box.Height)) * map.Width + box.Left, box.Width);
            var to = destination.Slice(y * _size, _size);
            for (var x = 0; x < to.Length; x++)
                to[x] = from[Place(flip ? _size - 1 - x : x, box.Width)] * unit;
        }
    }

    // The source whose square holds the middle of the target's.
    private int Place(int target, int length) => (int)((2L * target + 1) * length / (2L * _size));
}
