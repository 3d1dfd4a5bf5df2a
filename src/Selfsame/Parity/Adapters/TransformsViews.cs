using Selfsame.Modalities.Image;
using Selfsame.Randomness;

namespace Selfsame.Parity.Adapters;

/// <summary>The rectangle of a random resized crop, from recorded draws.</summary>
internal sealed class TransformsRandomResizedCropBox : IParityAdapter
{
    private const int Tries = 10;

    public string System => "transforms";

    public string Case => "random-resized-crop-box";

    public void Run(ParityCase c)
    {
        var (sizes, u) = (c.Integers("in/hw"), c.Floats("in/u"));
        var count = sizes.Length / 2;
        var (boxes, tries) = (new long[4 * count], new long[count]);
        for (var n = 0; n < count; n++)
        {
            var draws = new CropReplay(u.AsMemory(n * Tries * 4, Tries * 4));
            var box = RandomResizedCrop.Sample((int)sizes[2 * n], (int)sizes[2 * n + 1], c.Config.Range("scale"), c.Config.Range("ratio"), draws, out var accepted);
            (boxes[4 * n], boxes[4 * n + 1], boxes[4 * n + 2], boxes[4 * n + 3]) = (box.Top, box.Left, box.Height, box.Width);
            tries[n] = accepted;
        }
        c.Expect("out/box", boxes);
        c.Expect("out/accepted_try", tries);
    }
}

/// <summary>The view for evaluation, on 8-bit pictures and on planes.</summary>
internal sealed class TransformsEvaluation : IParityAdapter
{
    public string System => "transforms";

    public string Case => "eval-resize-centre-crop";

    public void Run(ParityCase c)
    {
        using var image = c.Picture("in/image");
        var (resize, crop) = (c.Config.Whole("resize"), c.Config.Whole("crop"));
        var (mean, std) = (c.Config.Numbers("mean"), c.Config.Numbers("std"));
        var interpolation = Enum.Parse<Interpolation>(c.Config.Text("interpolation"), ignoreCase: true);
        var pipeline = new ViewPipeline(ViewSettings.Evaluation(resize, crop) with { Interpolation = interpolation, Mean = [.. mean], Std = [.. std] });
        var parameters = pipeline.Sample(image.Height, image.Width, new SeededDraws(0, 0, 0));
        c.ExpectPicture("out/pil", pipeline.Render(image, parameters));
        var view = new float[pipeline.Length];
        pipeline.Apply(image, parameters, view);
        c.Expect("out/pil.normalized", view);

        var (height, width) = Framing.ShorterSide(image.Height, image.Width, resize);
        c.Expect("out/resized_hw", [(long)height, width]);
        var planes = PlanarResample.Apply(PlanarImage.Of(image).ToFloat(), CropBox.Whole(image.Height, image.Width), height, width, interpolation, antialias: true);
        c.ExpectPlanes("out/tensor.normalized", planes.Crop(CropBox.Center(height, width, crop, crop)).Normalize(mean, std));
    }
}

/// <summary>The two views of BYOL and MoCo v3.</summary>
internal sealed class TransformsByol : IParityAdapter
{
    public string System => "transforms";

    public string Case => "byol-two-views";

    public void Run(ParityCase c)
    {
        for (var view = 0; view < 2; view++)
            RecordedView.Expect(c, $"out/view{view + 1}", view, ViewSettings.Byol(view + 1) with
            {
                Size = c.Config.Whole("size"),
                Crop = new() { Scale = [c.Config.Number("crop_min"), 1] },
            });
    }
}

/// <summary>DINO's global and local crops.</summary>
internal sealed class TransformsDino : IParityAdapter
{
    public string System => "transforms";

    public string Case => "dino-multi-crop";

    public void Run(ParityCase c)
    {
        var (globalScale, localScale) = (c.Config.Range("global_scale"), c.Config.Range("local_scale"));
        for (var view = 0; view < 2 + c.Config.Whole("locals"); view++)
        {
            var kind = view switch { 0 => DinoView.Global1, 1 => DinoView.Global2, _ => DinoView.Local };
            var scale = kind == DinoView.Local ? localScale : globalScale;
            RecordedView.Expect(c, $"out/crop{view}", view, ViewSettings.Dino(kind) with
            {
                Size = c.Config.Whole(kind == DinoView.Local ? "local_size" : "global_size"),
                Crop = new() { Scale = [scale.Low, scale.High] },
            });
        }
    }
}

/// <summary>Runs the training pipeline on the recorded draws of one view.</summary>
internal static class RecordedView
{
    /// <summary>
    /// The pipeline decides from the recorded coins what happens. Where the file has the outcome of a draw rather than the draw (box, factors, deviation of the blur), the outcome is put in its place.
    /// </summary>
    public static void Expect(ParityCase c, string name, int view, ViewSettings settings)
    {
        using var image = c.Picture("in/image");
        var pipeline = new ViewPipeline(settings with { Mean = [.. c.Config.Numbers("mean")], Std = [.. c.Config.Numbers("std")] });
        var drawn = pipeline.Sample(image.Height, image.Width, new CoinReplay(c.Floats("in/coin").AsMemory(5 * view, 5)));
        var result = new float[pipeline.Length];
        pipeline.Apply(image, drawn with
        {
            Crop = c.Box("in/box", view),
            Jitter = drawn.Jitter is null ? null : c.Factors(view),
            BlurSigma = drawn.BlurSigma is null ? null : c.Floats("in/blur_sigma")[view],
        }, result);
        c.Expect(name, result);
    }
}
