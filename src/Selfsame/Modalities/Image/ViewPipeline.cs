using Selfsame.Randomness;

namespace Selfsame.Modalities.Image;

/// <summary>Makes views of pictures as <see cref="ViewSettings"/> say: first draws what happens, then does it.</summary>
/// <remarks>
/// Order: background under transparent pixels, crop and resize, colour jitter, grey, blur, solarize, mirror, then to numbers. All but the last in 8 bits, to the bit as torchvision with Pillow.
/// Every step between crop and numbers treats left and right alike, so the mirror gives the same result first or last; <see cref="ViewSettings.FlipFirst"/> only decides when it is drawn.
/// Immutable: any number of threads may share one.
/// </remarks>
public sealed class ViewPipeline
{
    private readonly ViewSettings _settings;
    private readonly ColorJitter _jitter;
    private readonly Normalization _normalization;

    /// <summary>A pipeline for one kind of view.</summary>
    /// <exception cref="ArgumentException">The settings contradict themselves; the message names every one.</exception>
    public ViewPipeline(ViewSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var problems = settings.Check().Concat(settings.Crop.Check()).Concat(settings.Blur?.Check() ?? []).ToList();
        if (problems.Count > 0)
            throw new ArgumentException(string.Join("; ", problems.Select(problem => $"{problem.Key} {problem.Text}")), nameof(settings));
        _settings = settings;
        if (settings.ColorJitter is { } jitter)
            _jitter = ColorJitter.OfStrength(jitter.Brightness, jitter.Contrast, jitter.Saturation, jitter.Hue);
        _normalization = new(settings.Mean, settings.Std);
    }

    /// <summary>What the pipeline was built from.</summary>
    public ViewSettings Settings => _settings;

    /// <summary>Channels of a view: 3, or 1 for grey.</summary>
    public int Channels => _settings.Mean.Count;

    /// <summary>Numbers in a view: channels * size * size.</summary>
    public int Length => Channels * _settings.Size * _settings.Size;

    /// <summary>Draws what will happen to a picture.</summary>
    /// <param name="height">Its rows.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="draws">Draws, in this order: <c>crop.*</c>, <c>flip</c> if first, <c>jitter</c>, <c>jitter.*</c>, <c>grayscale</c>, <c>blur</c>, <c>blur.sigma</c>, <c>solarize</c>, <c>flip</c> if last; only what the settings ask for.</param>
    public ViewParameters Sample(int height, int width, IDraws draws)
    {
        ArgumentNullException.ThrowIfNull(draws);
        var crop = _settings.Crop;
        var box = crop.Kind == CropKind.RandomResized
            ? RandomResizedCrop.Sample(height, width, new(crop.Scale[0], crop.Scale[1]), new(crop.Ratio[0], crop.Ratio[1]), draws)
            : CropBox.Whole(height, width);
        var flip = _settings.FlipFirst && Chance(draws, "flip", _settings.FlipProbability);
        ColorFactors? jitter = _settings.ColorJitter is { } color && Chance(draws, "jitter", color.Probability) ? _jitter.Sample(draws) : null;
        var grayscale = Chance(draws, "grayscale", _settings.GrayscaleProbability);
        double? sigma = _settings.Blur is { } blur && Chance(draws, "blur", blur.Probability)
            ? blur.Sigma[0] + draws.Uniform("blur.sigma") * (blur.Sigma[1] - blur.Sigma[0])
            : null;
        var solarize = _settings.Solarize is { } solar && Chance(draws, "solarize", solar.Probability);
        if (!_settings.FlipFirst)
            flip = Chance(draws, "flip", _settings.FlipProbability);
        return new() { Crop = box, Jitter = jitter, Grayscale = grayscale, BlurSigma = sigma, Solarize = solarize, Flip = flip };
    }

    /// <summary>Makes a view.</summary>
    /// <param name="image">(H, W, 1, 3 or 4); left as it is.</param>
    /// <param name="draws">Where chance comes from; see <see cref="Sample"/>.</param>
    /// <param name="destination">Receives (<see cref="Channels"/>, size, size), (value / 255 - mean) / std.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> does not hold <see cref="Length"/> numbers.</exception>
    public void Apply(ImageBuffer image, IDraws draws, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        Apply(image, Sample(image.Height, image.Width, draws), destination);
    }

    /// <summary>Makes a view of which everything has been drawn.</summary>
    /// <inheritdoc cref="Apply(ImageBuffer, IDraws, Span{float})"/>
    /// <param name="image">(H, W, 1, 3 or 4); left as it is.</param>
    /// <param name="parameters">What was drawn.</param>
    /// <param name="destination">Receives (<see cref="Channels"/>, size, size).</param>
    public void Apply(ImageBuffer image, in ViewParameters parameters, Span<float> destination)
    {
        if (destination.Length != Length)
            throw new ArgumentException($"A view of {Channels} x {_settings.Size} x {_settings.Size} has {Length} numbers; the destination has {destination.Length}.", nameof(destination));
        using var view = Draw(image, parameters);
        _normalization.Apply(view, parameters.Flip, destination);
    }

    /// <summary>The part of a picture that a view is made of.</summary>
    /// <param name="parameters">What was drawn.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="width">Columns of the picture.</param>
    internal CropBox Cut(in ViewParameters parameters, int height, int width) => CutsFirst ? parameters.Crop : CropBox.Whole(height, width);

    /// <summary>What is left to be done to that part: <paramref name="parameters"/> with the crop done.</summary>
    /// <param name="parameters">What was drawn for the whole picture.</param>
    internal ViewParameters OfCut(in ViewParameters parameters) =>
        CutsFirst ? parameters with { Crop = CropBox.Whole(parameters.Crop.Height, parameters.Crop.Width) } : parameters;

    /// <summary>Makes a view as a picture, for looking at.</summary>
    /// <param name="image">(H, W, 1, 3 or 4); left as it is.</param>
    /// <param name="parameters">What was drawn.</param>
    /// <returns>(size, size, 1 or 3), owned by the caller; of one channel where the picture is grey.</returns>
    public ImageBuffer Render(ImageBuffer image, in ViewParameters parameters)
    {
        var view = Draw(image, parameters);
        if (parameters.Flip)
            Framing.FlipHorizontal(view);
        return view;
    }

    // Everything but the mirror, which the caller may fuse with the last pass. A grey picture stays one channel all the way: the result is the same, at a third of the work.
    private ImageBuffer Draw(ImageBuffer image, in ViewParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Channels == 4)
        {
            var background = _settings.Background;
            using var opaque = Alpha.Composite(image, (byte)background[0], (byte)background[1], (byte)background[2]);
            return Draw(opaque, parameters);
        }
        if (image.Channels > Channels)
        {
            using var grey = ColorOps.ToGrey(image);
            return Draw(grey, parameters);
        }

        var view = Resize(image, parameters.Crop);
        parameters.Jitter?.Apply(view);
        if (parameters.Grayscale)
            ColorOps.Grey(view);
        if (parameters.BlurSigma is { } sigma)
            GaussianBlur.Apply(view, sigma);
        if (parameters.Solarize)
            PointOps.Solarize(view, _settings.Solarize?.Threshold ?? 128);
        return view;
    }

    private ImageBuffer Resize(ImageBuffer image, CropBox crop)
    {
        var size = _settings.Size;
        if (_settings.Crop.Kind != CropKind.ResizeCenter)
            return Resample.Apply(image, crop, size, size, _settings.Interpolation);
        var (height, width) = Framing.ShorterSide(image.Height, image.Width, _settings.Crop.Resize ?? size);
        using var resized = Resample.Apply(image, height, width, _settings.Interpolation);
        return Framing.Crop(resized, CropBox.Center(height, width, size, size));
    }

    // No step before the crop looks at a pixel's neighbours; a center crop is cut out of the resized picture.
    private bool CutsFirst => _settings.Crop.Kind == CropKind.RandomResized;

    // What can't or must happen is not drawn.
    private static bool Chance(IDraws draws, string name, double probability) => probability > 0 && (probability >= 1 || draws.Coin(name, probability));
}
