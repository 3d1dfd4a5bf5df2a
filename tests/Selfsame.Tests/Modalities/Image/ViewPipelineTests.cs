using FsCheck;
using FsCheck.Fluent;
using Selfsame.Modalities.Image;
using Selfsame.Randomness;
using Selfsame.Recipes;

namespace Selfsame.Tests.Modalities.Image;

public sealed class ViewPipelineTests
{
    private static readonly ViewSettings[] Kinds =
    [
        ViewSettings.Byol(1), ViewSettings.Byol(2), ViewSettings.Dino(DinoView.Global1), ViewSettings.Dino(DinoView.Global2), ViewSettings.Dino(DinoView.Local), ViewSettings.Mae(),
    ];

    [Fact]
    public void The_same_draws_give_the_same_numbers() => Prop.ForAll(
        Gen.Choose(0, Kinds.Length - 1).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (kind, seed) =>
        {
            var pipeline = new ViewPipeline(Kinds[kind] with { Size = 24 });
            using var image = TestPictures.Noise(20 + seed % 17, 20 + seed % 13, 3, seed);
            var before = image.Pixels.ToArray();
            float[] first = new float[pipeline.Length], second = new float[pipeline.Length];
            pipeline.Apply(image, new SeededDraws((ulong)seed, 1, 2), first);
            pipeline.Apply(image, new SeededDraws((ulong)seed, 1, 2), second);
            return first.AsSpan().SequenceEqual(second) && image.Pixels.SequenceEqual(before);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_numbers_are_those_of_the_rendered_picture() => Prop.ForAll(
        Gen.Choose(0, Kinds.Length - 1).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (kind, seed) =>
        {
            var pipeline = new ViewPipeline(Kinds[kind] with { Size = 19 });
            using var image = TestPictures.Noise(31, 26, 3, seed);
            var parameters = pipeline.Sample(31, 26, new SeededDraws((ulong)seed, 0, 0));
            var numbers = new float[pipeline.Length];
            pipeline.Apply(image, parameters, numbers);
            using var picture = pipeline.Render(image, parameters);
            return PlanarImage.Of(picture).ToFloat().Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]).Values.AsSpan().SequenceEqual(numbers);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Mirroring_right_after_the_crop_gives_the_same_as_mirroring_last() => Prop.ForAll(
        Gen.Choose(0, Kinds.Length - 1).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (kind, seed) =>
        {
            var settings = Kinds[kind] with { Size = 21 };
            using var image = TestPictures.Noise(30, 30, 3, seed);
            var parameters = new ViewPipeline(settings).Sample(30, 30, new SeededDraws((ulong)seed, 0, 0)) with { Flip = true };
            using var last = new ViewPipeline(settings).Render(image, parameters);
            using var first = Resample.Apply(image, parameters.Crop, 21, 21, settings.Interpolation);
            Framing.FlipHorizontal(first);
            parameters.Jitter?.Apply(first);
            if (parameters.Grayscale)
                ColorOps.Grey(first);
            if (parameters.BlurSigma is { } sigma)
                GaussianBlur.Apply(first, sigma);
            if (parameters.Solarize)
                PointOps.Solarize(first);
            return first.Pixels.SequenceEqual(last.Pixels);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_grey_picture_gives_what_its_colour_copy_gives() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var pipeline = new ViewPipeline(ViewSettings.Byol(2) with { Size = 20 });
        using var grey = TestPictures.Noise(25, 33, 1, seed);
        using var color = new ImageBuffer(25, 33);
        for (var i = 0; i < color.Pixels.Length; i++)
            color.Pixels[i] = grey.Pixels[i / 3];
        float[] fromGrey = new float[pipeline.Length], fromColor = new float[pipeline.Length];
        // Hue is left out: Pillow's 8-bit HSV keeps greys, which another test shows.
        pipeline.Apply(grey, new SeededDraws((ulong)seed, 0, 0), fromGrey);
        pipeline.Apply(color, new SeededDraws((ulong)seed, 0, 0), fromColor);
        return fromGrey.AsSpan().SequenceEqual(fromColor);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Transparent_pixels_show_the_background()
    {
        using var image = new ImageBuffer(4, 4, 4);
        image.Pixels.Clear();
        var pipeline = new ViewPipeline(ViewSettings.Evaluation(4, 4) with { Background = [255, 0, 51], Mean = [0, 0, 0], Std = [1, 1, 1] });
        var view = new float[pipeline.Length];
        pipeline.Apply(image, new SeededDraws(0, 0, 0), view);
        Assert.Equal([.. Enumerable.Repeat(1f, 16), .. Enumerable.Repeat(0f, 16), .. Enumerable.Repeat(0.2f, 16)], view);
    }

    [Fact]
    public void One_mean_makes_a_grey_view_of_a_colour_picture()
    {
        using var image = TestPictures.Noise(8, 8, 3, 5);
        using var grey = ColorOps.ToGrey(image);
        var pipeline = new ViewPipeline(ViewSettings.Evaluation(8, 8) with { Mean = [0.5], Std = [0.5] });
        var view = new float[pipeline.Length];
        pipeline.Apply(image, new SeededDraws(0, 0, 0), view);
        Assert.Equal(Array.ConvertAll(grey.Pixels.ToArray(), value => (value / 255f - 0.5f) / 0.5f), view);
    }

    [Fact]
    public void A_new_operation_leaves_the_other_draws_alone()
    {
        var (plain, rich) = (new ViewPipeline(ViewSettings.Mae()), new ViewPipeline(ViewSettings.Byol(2) with { Crop = new() { Scale = [0.2, 1.0] } }));
        for (var seed = 0UL; seed < 50; seed++)
        {
            var (a, b) = (plain.Sample(60, 80, new SeededDraws(seed, 0, 0)), rich.Sample(60, 80, new SeededDraws(seed, 0, 0)));
            Assert.Equal((a.Crop, a.Flip), (b.Crop, b.Flip));
        }
    }

    [Fact]
    public void Operations_happen_as_often_as_they_should()
    {
        var pipeline = new ViewPipeline(ViewSettings.Byol(2));
        const int Count = 4000;
        int jitter = 0, grey = 0, blur = 0, solarize = 0, flip = 0;
        for (var i = 0UL; i < Count; i++)
        {
            var view = pipeline.Sample(50, 50, new SeededDraws(4, 0, i));
            jitter += view.Jitter is null ? 0 : 1;
            grey += view.Grayscale ? 1 : 0;
            blur += view.BlurSigma is >= 0.1 and <= 2 ? 1 : 0;
            solarize += view.Solarize ? 1 : 0;
            flip += view.Flip ? 1 : 0;
        }
        foreach (var (found, expected) in new[] { (jitter, 0.8), (grey, 0.2), (blur, 0.1), (solarize, 0.2), (flip, 0.5) })
            Assert.Equal(expected, found / (double)Count, 5 * Math.Sqrt(expected * (1 - expected) / Count));
    }

    [Fact]
    public void A_view_allocates_next_to_nothing_once_warm()
    {
        var pipeline = new ViewPipeline(ViewSettings.Byol(1) with { Size = 32 });
        using var image = TestPictures.Noise(48, 48, 3, 1);
        var view = new float[pipeline.Length];
        var draws = new SeededDraws(0, 0, 0);
        void Run()
        {
            for (var i = 0UL; i < 200; i++)
            {
                draws.Restart(1, 2, i % 100);
                pipeline.Apply(image, draws, view);
            }
        }
        Run();
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        // One picture object of 40 bytes a view; its pixels come from the pool.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200 * 64);
    }

    [Fact]
    public void Contradictions_are_named()
    {
        var error = Assert.Throws<ArgumentException>(() => new ViewPipeline(new()
        {
            Crop = new() { Scale = [0.5, 0.2], Ratio = [2, 1] },
            Blur = new() { Sigma = [2, 1] },
            Std = [1],
        }));
        Assert.StartsWith("std has 1 and mean 3 entries; give as many, 3 for colour or 1 for grey; scale is [0.5, 0.2]; the smaller share comes first; ratio is [2, 1]; the smaller ratio comes first; sigma is [2, 1]; the smaller one comes first", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_destination_of_the_wrong_length_is_refused()
    {
        using var image = TestPictures.Noise(8, 8, 3, 5);
        var error = Assert.Throws<ArgumentException>(() => new ViewPipeline(ViewSettings.Mae()).Apply(image, new SeededDraws(0, 0, 0), new float[7]));
        Assert.StartsWith("A view of 3 x 224 x 224 has 150528 numbers; the destination has 7.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_are_read_from_a_recipe()
    {
        var faults = new List<RecipeFault>();
        var node = YamlReader.Read("size: 64\ncrop: { kind: resize_center, resize: 72 }\ncolor_jitter: { hue: 0.2 }\nblur: { sigma: [0.5, 1] }\nmean: [0.5]\nstd: [0.25]\n", "", line => new(OriginKind.Recipe, "r.yaml", line), faults);
        var settings = new RecipeBinder([], faults).Bind(typeof(ViewSettings), node!);
        Assert.Empty(faults);
        Assert.Equal(new ViewSettings
        {
            Size = 64,
            Crop = new() { Kind = CropKind.ResizeCenter, Resize = 72 },
            ColorJitter = new() { Hue = 0.2 },
            Blur = new() { Sigma = [0.5, 1] },
            Mean = [0.5],
            Std = [0.25],
        }, settings);
    }
}
