using System.Text.Json;
using Selfsame.Modalities.Image;

namespace Selfsame.Parity.Adapters;

/// <summary>Crop and resize of 8-bit pictures.</summary>
internal sealed class TransformsResizedCropPil : IParityAdapter
{
    public string System => "transforms";

    public string Case => "resized-crop-pil";

    public void Run(ParityCase c)
    {
        using var image = c.Picture("in/image");
        using var grey = ColorOps.ToGrey(image);
        var (box, size) = (c.Box("in/box"), c.Config.Numbers("size"));
        foreach (var filter in Enum.GetValues<Interpolation>())
            c.ExpectPicture($"out/{filter.ToString().ToLowerInvariant()}", Resample.Apply(image, box, (int)size[0], (int)size[1], filter));
        c.ExpectPicture("out/grey.bicubic", Resample.Apply(grey, box, (int)size[0], (int)size[1], Interpolation.Bicubic));
    }
}

/// <summary>Crop and resize of planes.</summary>
internal sealed class TransformsResizedCropTensor : IParityAdapter
{
    public string System => "transforms";

    public string Case => "resized-crop-tensor";

    public void Run(ParityCase c)
    {
        using var image = c.Picture("in/image");
        var (box, size) = (c.Box("in/box"), c.Config.Numbers("size"));
        var bytes = PlanarImage.Of(image);
        var floats = bytes.ToFloat();
        foreach (var filter in new[] { Interpolation.Bilinear, Interpolation.Bicubic })
        {
            var name = filter.ToString().ToLowerInvariant();
            c.ExpectPlanes($"out/f32.{name}", Resize(floats, filter, antialias: false));
            c.ExpectPlanes($"out/f32.{name}_antialias", Resize(floats, filter, antialias: true));
            c.ExpectPlanes($"out/u8.{name}", Resize(bytes, filter, antialias: false));
            c.ExpectPlanes($"out/u8.{name}_antialias", Resize(bytes, filter, antialias: true));
        }
        c.ExpectPlanes("out/u8.nearest", Resize(bytes, Interpolation.Nearest, antialias: false));

        PlanarImage Resize(PlanarImage planes, Interpolation filter, bool antialias) =>
            PlanarResample.Apply(planes, box, (int)size[0], (int)size[1], filter, antialias);
    }
}

/// <summary>Colour jitter of 8-bit pictures.</summary>
internal sealed class TransformsColourJitterPil : IParityAdapter
{
    public string System => "transforms";

    public string Case => "colour-jitter-pil";

    public void Run(ParityCase c)
    {
        using var image = c.Picture("in/image");
        var factors = c.Factors();
        c.ExpectChanged("out/brightness", image, copy => ColorOps.Brightness(copy, factors.Brightness!.Value));
        c.ExpectChanged("out/contrast", image, copy => ColorOps.Contrast(copy, factors.Contrast!.Value));
        c.ExpectChanged("out/saturation", image, copy => ColorOps.Saturation(copy, factors.Saturation!.Value));
        c.ExpectChanged("out/hue", image, copy => ColorOps.Hue(copy, factors.Hue!.Value));
        c.ExpectChanged("out/jitter", image, factors.Apply);
    }
}

/// <summary>Colour jitter of planes of reals.</summary>
internal sealed class TransformsColourJitterFloat : IParityAdapter
{
    public string System => "transforms";

    public string Case => "colour-jitter-float";

    public void Run(ParityCase c)
    {
        using var image = c.Picture("in/image");
        var (planes, factors) = (PlanarImage.Of(image).ToFloat(), c.Factors());
        c.ExpectPlanes("out/brightness", PlanarColor.Brightness(planes, factors.Brightness!.Value));
        c.ExpectPlanes("out/contrast", PlanarColor.Contrast(planes, factors.Contrast!.Value));
        c.ExpectPlanes("out/saturation", PlanarColor.Saturation(planes, factors.Saturation!.Value));
        c.ExpectPlanes("out/hue", PlanarColor.Hue(planes, factors.Hue!.Value));
        c.ExpectPlanes("out/jitter", PlanarColor.Jitter(planes, factors));
    }
}

/// <summary>Brightness, contrast and saturation of planes of whole numbers.</summary>
internal sealed class TransformsColourJitterBytes : IParityAdapter
{
    public string System => "transforms";

    public string Case => "colour-jitter-uint8-tensor";

    public void Run(ParityCase c)
    {
        using var image = c.Picture("in/image");
        var (planes, factors) = (PlanarImage.Of(image), c.Floats("in/factors"));
        c.ExpectPlanes("out/brightness", PlanarColor.Brightness(planes, factors[0]));
        c.ExpectPlanes("out/contrast", PlanarColor.Contrast(planes, factors[1]));
        c.ExpectPlanes("out/saturation", PlanarColor.Saturation(planes, factors[2]));
    }
}

/// <summary>From strengths to ranges to factors.</summary>
internal sealed class TransformsColourJitterParameters : IParityAdapter
{
    public string System => "transforms";

    public string Case => "colour-jitter-parameters";

    public void Run(ParityCase c)
    {
        var jitter = new ColorJitter(
            Range(c.Config, "brightness", ColorJitter.AroundOne),
            Range(c.Config, "contrast", ColorJitter.AroundOne),
            Range(c.Config, "saturation", ColorJitter.AroundOne),
            Range(c.Config, "hue", strength => new(-strength, strength)));
        c.Expect("out/range", [
            jitter.Brightness.Low, jitter.Brightness.High, jitter.Contrast.Low, jitter.Contrast.High,
            jitter.Saturation.Low, jitter.Saturation.High, jitter.Hue.Low, jitter.Hue.High]);

        var u = c.Floats("in/u");
        var order = Array.ConvertAll(c.Integers("in/order"), value => (int)value);
        var factors = new double[u.Length];
        for (var n = 0; n < u.Length; n += 4)
        {
            var sample = jitter.Sample(new JitterReplay(u.AsMemory(n, 4), order.AsMemory(n, 4)));
            (factors[n], factors[n + 1], factors[n + 2], factors[n + 3]) =
                (sample.Brightness ?? 1, sample.Contrast ?? 1, sample.Saturation ?? 1, sample.Hue ?? 0);
        }
        c.Expect("out/factors", factors);
    }

    private static Interval Range(JsonElement config, string key, Func<double, Interval> ofStrength) =>
        config.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Array ? config.Range(key) : ofStrength(config.Number(key));
}

/// <summary>Flips, grey, and operations on single values.</summary>
internal sealed class TransformsPointOps : IParityAdapter
{
    public string System => "transforms";

    public string Case => "point-ops";

    public void Run(ParityCase c)
    {
        using var image = c.Picture("in/image");
        var threshold = c.Config.Whole("threshold");
        var bytes = PlanarImage.Of(image);
        var floats = bytes.ToFloat();
        c.ExpectChanged("out/hflip", image, Framing.FlipHorizontal);
        c.ExpectChanged("out/vflip", image, Framing.FlipVertical);
        c.ExpectChanged("out/grey.pil", image, ColorOps.Grey);
        c.ExpectChanged("out/solarize.pil", image, copy => PointOps.Solarize(copy, threshold));
        c.ExpectChanged("out/posterize.u8", image, copy => PointOps.Posterize(copy, c.Config.Whole("bits")));
        c.ExpectChanged("out/autocontrast.pil", image, PointOps.AutoContrast);
        c.ExpectChanged("out/equalize.pil", image, PointOps.Equalize);
        c.ExpectPlanes("out/solarize.u8", bytes.Solarize(threshold));
        c.ExpectPlanes("out/solarize.f32", floats.Solarize((float)c.Config.Number("threshold_f")));
        c.ExpectPlanes("out/grey.f32", PlanarColor.Grey(floats));
        c.ExpectPlanes("out/invert.f32", floats.Invert());
        c.ExpectPlanes("out/to_tensor", floats);
        c.ExpectPlanes("out/normalize", floats.Normalize(c.Config.Numbers("mean"), c.Config.Numbers("std")));
        var erase = c.Config.Numbers("erase");
        c.ExpectPlanes("out/erase", floats.Erase(new((int)erase[0], (int)erase[1], (int)erase[2], (int)erase[3]), (float)erase[4]));
    }
}

/// <summary>The sampled Gaussian of tensors, and Pillow's.</summary>
internal sealed class TransformsGaussianBlur : IParityAdapter
{
    public string System => "transforms";

    public string Case => "gaussian-blur";

    public void Run(ParityCase c)
    {
        using var image = c.Picture("in/image");
        var (taps, sigma, radii) = (c.Config.Numbers("kernel"), c.Config.Numbers("sigma"), c.Config.Numbers("pil_radius"));
        var bytes = PlanarImage.Of(image);
        c.ExpectPlanes("out/f32", PlanarBlur.Apply(bytes.ToFloat(), (int)taps[0], (int)taps[1], sigma[0], sigma[1]));
        c.ExpectPlanes("out/u8", PlanarBlur.Apply(bytes, (int)taps[0], (int)taps[1], sigma[0], sigma[1]));
        for (var i = 0; i < radii.Length; i++)
        {
            var radius = radii[i];
            c.ExpectChanged($"out/pil.{i}", image, copy => GaussianBlur.Apply(copy, radius));
        }
    }
}
