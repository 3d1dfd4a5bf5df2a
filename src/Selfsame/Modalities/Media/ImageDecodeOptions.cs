namespace Selfsame.Modalities.Media;

/// <summary>How an encoded picture becomes pixels.</summary>
public sealed record ImageDecodeOptions
{
    /// <summary>The defaults: RGB on white, as large as stored.</summary>
    public static ImageDecodeOptions Default { get; } = new();

    /// <summary>Pictures whose header claims more pixels are refused before memory is taken for them. Default: 8192 x 8192.</summary>
    public long MaxPixels { get; init; } = 8192L * 8192;

    /// <summary>Keep transparency: 4 channels, not multiplied by alpha. Default: no, 3 channels on <see cref="Background"/>.</summary>
    public bool Alpha { get; init; }

    /// <summary>Colour behind transparent parts, 0xRRGGBB. Default: white.</summary>
    public int Background { get; init; } = 0xFFFFFF;

    /// <summary>
    /// Shrink (area average, never enlarge) to at most this longest side, in pixels; 0 keeps the stored size. Not together with
    /// <see cref="Alpha"/>. JPEG is decoded at 1/2, 1/4 or 1/8 where that suffices, which is several times faster.
    /// </summary>
    public int FitWithin { get; init; }

    /// <summary>Longest side that an SVG is rendered at when <see cref="FitWithin"/> is 0, in pixels. Default: 512.</summary>
    public int DrawingSide { get; init; } = 512;

    internal MediaNative.ImageRequest ToNative() => new()
    {
        MaxPixels = MaxPixels,
        WantAlpha = Alpha ? 1 : 0,
        Background = Background,
        FitWithin = FitWithin,
        SvgSide = DrawingSide,
    };
}
