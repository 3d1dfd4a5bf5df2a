using Selfsame.Data.Loading;
using Selfsame.Randomness;

namespace Selfsame.Modalities.Video;

/// <summary>Clips of films, or of the parts of films that samples are, (B, channels, frames, height, width).</summary>
/// <param name="settings">Which pictures are taken, and what is done to them.</param>
public sealed class VideoField(VideoViewSettings settings) : SampleField
{
    [ThreadStatic]
    private static SeededDraws? s_draws;  // restarted for every sample, so nothing is carried over

    private readonly VideoViewPipeline _view = new(settings);

    /// <inheritdoc/>
    public override string Name => Selfsame.Modality.Video;

    /// <inheritdoc/>
    public override string Modality => Selfsame.Modality.Video;

    /// <inheritdoc/>
    public override FieldLayout Layout => _layout ??= new(FieldType.Float32, _view.Shape);

    private FieldLayout? _layout;

    /// <summary>What a model is told.</summary>
    public VideoShape Shape => new(_view.Shape[1], _view.Shape[2], _view.Shape[3], _view.Shape[0]);

    /// <inheritdoc/>
    public override void Read(SampleReader reader, in SampleContext context, FieldRow row)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var draws = s_draws ??= new SeededDraws(0, 0, 0);
        draws.Restart(context.Seed, (ulong)context.Epoch, (ulong)context.Position);
        var part = reader.Data.FilmPart(context.Index);
        if (settings.KeepWithin > 0 && reader.Data.Film(context.Index, settings.KeepWithin) is { } film)
        {
            try
            {
                using var kept = film.Clip(_view.Part(film.Info, draws, part));
                _view.Apply(kept, draws, row.Floats());
            }
            finally
            {
                reader.Data.Return(context.Index, film);
            }

            return;
        }

        _view.Decode(reader.Data.OpenMedia(context.Index, Modality), video => _view.Part(video, draws, part) with { FitWithin = settings.KeepWithin }, draws, row.Floats());
    }
}
