using Selfsame.Modalities;
using Selfsame.Torch;

namespace Selfsame.Models.FrontEnds;

/// <summary>Where a token lies in its sample. What an axis does not apply to is 0.</summary>
/// <param name="Time">In tokens of a film or a spectrogram.</param>
/// <param name="Row">In patches; of a spectrogram, in patches of frequency.</param>
/// <param name="Column">In patches.</param>
/// <param name="Index">In tokens of a text or a waveform.</param>
public readonly record struct TokenPlace(int Time, int Row, int Column, int Index);

/// <summary>Every place that the tokens of a modality can have, in their order.</summary>
public static class TokenPlaces
{
    /// <summary>Patches of a picture, row by row.</summary>
    /// <param name="shape">Pictures.</param>
    /// <param name="patch">Side of a patch.</param>
    /// <exception cref="ShapeException">The picture is not a whole number of patches.</exception>
    public static TokenPlace[] Of(ImageShape shape, int patch)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Patches.RequireWhole(shape.Height, shape.Width, patch);
        var columns = shape.Width / patch;
        return Make(shape.Height / patch * columns, n => new(0, n / columns, n % columns, 0));
    }

    /// <summary>Tubes of a film in order of time, row and column.</summary>
    /// <param name="shape">Films.</param>
    /// <param name="tubelet">Frames of a tube.</param>
    /// <param name="patch">Side of a patch.</param>
    /// <exception cref="ShapeException">The film is not a whole number of tubes.</exception>
    public static TokenPlace[] Of(VideoShape shape, int tubelet, int patch)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Patches.RequireWhole(shape.Height, shape.Width, patch);
        if (shape.Frames % tubelet != 0)
            throw new ShapeException($"A film has {shape.Frames} frames; tubes of {tubelet} need a multiple of {tubelet}. Change encoder.tubelet or data.video.frames.");
        var (rows, columns) = (shape.Height / patch, shape.Width / patch);
        return Make(shape.Frames / tubelet * rows * columns, n => new(n / (rows * columns), n / columns % rows, n % columns, 0));
    }

    /// <summary>Patches of a spectrogram in order of time, then of frequency.</summary>
    /// <param name="shape">Spectrograms.</param>
    /// <param name="frames">Frames of a patch.</param>
    /// <param name="bins">Bins of a patch.</param>
    /// <exception cref="ShapeException">A frame is not a whole number of patches.</exception>
    public static TokenPlace[] Of(AudioShape shape, int frames, int bins)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Bins == 0 || shape.Bins % bins != 0)
            throw new ShapeException($"A frame has {shape.Bins} bins; patches of {bins} need a multiple of {bins}. Change encoder.spectrogram_patch or data.audio.bins.");
        var columns = shape.Bins / bins;
        return Make((shape.MaxLength + frames - 1) / frames * columns, n => new(n / columns, n % columns, 0, 0));
    }

    /// <summary>Places one after the other, as of texts and waveforms.</summary>
    /// <param name="count">How many.</param>
    public static TokenPlace[] InOrder(int count) => Make(count, n => new(0, 0, 0, n));

    /// <summary>Coordinates on the axes along which tokens differ, so that none of a table's channels is wasted: column, row, time, index.</summary>
    /// <param name="places">The places.</param>
    /// <returns>(tokens, axes); one axis of zeros where all places are one.</returns>
    public static float[] Coordinates(IReadOnlyList<TokenPlace> places)
    {
        ArgumentNullException.ThrowIfNull(places);
        var axes = new List<Func<TokenPlace, int>>();
        foreach (var axis in (ReadOnlySpan<Func<TokenPlace, int>>)[place => place.Column, place => place.Row, place => place.Time, place => place.Index])
            if (places.Any(place => axis(place) > 0))
                axes.Add(axis);
        return axes.Count == 0 ? new float[places.Count] : [.. places.SelectMany(place => axes.Select(axis => (float)axis(place)))];
    }

    private static TokenPlace[] Make(int count, Func<int, TokenPlace> place)
    {
        var places = new TokenPlace[count];
        for (var n = 0; n < count; n++)
            places[n] = place(n);
        return places;
    }
}
