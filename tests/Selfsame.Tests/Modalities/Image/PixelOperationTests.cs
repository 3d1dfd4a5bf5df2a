using FsCheck;
using FsCheck.Fluent;
using Selfsame.Modalities.Image;

namespace Selfsame.Tests.Modalities.Image;

public sealed class PixelOperationTests
{
    private static readonly Arbitrary<(int Height, int Width, int Channels, int Seed)> Pictures = (
        from height in Gen.Choose(1, 30)
        from width in Gen.Choose(1, 30)
        from channels in Gen.Elements(1, 3)
        from seed in Gen.Choose(0, int.MaxValue)
        select (height, width, channels, seed)).ToArbitrary();

    [Fact]
    public void Twice_mirrored_is_as_before()
    {
        Same(image => Twice(image, Framing.FlipHorizontal));
        Same(image => Twice(image, Framing.FlipVertical));
        Same(image => Twice(image, PointOps.Invert));
    }

    [Fact]
    public void A_factor_of_one_keeps_the_picture()
    {
        Same(image => ColorOps.Brightness(image, 1));
        Same(image => ColorOps.Contrast(image, 1));
        Same(image => ColorOps.Saturation(image, 1));
        Same(image => GaussianBlur.Apply(image, 0));
        Same(image => PointOps.Solarize(image, 256));
        Same(image => PointOps.Posterize(image, 8));
    }

    [Fact]
    public void Blur_treats_all_four_sides_alike() => Prop.ForAll(Pictures, size =>
    {
        using var image = TestPictures.Noise(size.Height, size.Width, size.Channels, size.Seed);
        using var mirrored = image.Clone();
        Framing.FlipHorizontal(mirrored);
        var sigma = size.Seed % 50 / 10.0;
        GaussianBlur.Apply(image, sigma);
        GaussianBlur.Apply(mirrored, sigma);
        Framing.FlipHorizontal(mirrored);
        return image.Pixels.SequenceEqual(mirrored.Pixels);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Grey_colours_stay_grey_when_hue_and_saturation_change()
    {
        using var image = new ImageBuffer(16, 16);
        for (var i = 0; i < 768; i++)
            image.Pixels[i] = (byte)(i / 3);
        using var changed = image.Clone();
        ColorOps.Hue(changed, 0.3);
        ColorOps.Saturation(changed, 1.7);
        ColorOps.Grey(changed);
        Assert.Equal(image.Pixels.ToArray(), changed.Pixels.ToArray());
    }

    [Fact]
    public void Hue_zero_of_planes_keeps_the_picture() => Prop.ForAll(Pictures, size =>
    {
        using var image = TestPictures.Noise(size.Height, size.Width, 3, size.Seed);
        var planes = PlanarImage.Of(image).ToFloat();
        return planes.Values.Zip(PlanarColor.Hue(planes, 0).Values).All(pair => Math.Abs(pair.First - pair.Second) < 1e-6);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Planes_go_there_and_back() => Prop.ForAll(Pictures, size =>
    {
        using var image = TestPictures.Noise(size.Height, size.Width, size.Channels, size.Seed);
        var planes = new byte[image.Pixels.Length];
        Framing.ToPlanes(image, planes);
        using var back = Framing.FromPlanes(planes, size.Height, size.Width);
        return back.Pixels.SequenceEqual(image.Pixels) && PlanarImage.Of(image).ToBytes().AsSpan().SequenceEqual(planes);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_alpha_channel_is_refused_with_the_way_out()
    {
        using var image = TestPictures.Noise(2, 2, 4, 0);
        var error = Assert.Throws<ArgumentException>(() => ColorOps.Contrast(image, 1.5));
        Assert.StartsWith("The picture has an alpha channel; lay it on a background first (Alpha.Composite).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_wide_a_blur_is_refused()
    {
        using var image = TestPictures.Noise(2, 2, 3, 0);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => GaussianBlur.Apply(image, 101));
        Assert.StartsWith("the standard deviation of a blur lies in 0..100 pixels", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianBlur.Apply(image, double.NaN));
    }

    private static void Same(Action<ImageBuffer> operation) => Prop.ForAll(Pictures, size =>
    {
        using var image = TestPictures.Noise(size.Height, size.Width, size.Channels, size.Seed);
        using var changed = image.Clone();
        operation(changed);
        return image.Pixels.SequenceEqual(changed.Pixels);
    }).QuickCheckThrowOnFailure();

    private static void Twice(ImageBuffer image, Action<ImageBuffer> operation)
    {
        operation(image);
        operation(image);
    }
}
