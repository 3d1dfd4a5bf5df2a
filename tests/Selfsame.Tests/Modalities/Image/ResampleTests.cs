using FsCheck;
using FsCheck.Fluent;
using Selfsame.Modalities.Image;
using Selfsame.Randomness;

namespace Selfsame.Tests.Modalities.Image;

public sealed class ResampleTests
{
    private static readonly Gen<(int Height, int Width, int NewHeight, int NewWidth, int Channels, Interpolation Filter, byte Value)> Sizes =
        from height in Gen.Choose(1, 40)
        from width in Gen.Choose(1, 40)
        from newHeight in Gen.Choose(1, 60)
        from newWidth in Gen.Choose(1, 60)
        from channels in Gen.Elements(1, 3)
        from filter in Gen.Elements(Enum.GetValues<Interpolation>())
        from value in Gen.Choose(0, 255)
        select (height, width, newHeight, newWidth, channels, filter, (byte)value);

    [Fact]
    public void A_plain_picture_stays_plain() => Prop.ForAll(Sizes.ToArbitrary(), size =>
    {
        using var image = TestPictures.Plain(size.Height, size.Width, size.Channels, size.Value);
        using var result = Resample.Apply(image, size.NewHeight, size.NewWidth, size.Filter);
        return (result.Height, result.Width, result.Channels) == (size.NewHeight, size.NewWidth, size.Channels)
            && result.Pixels.IndexOfAnyExcept(size.Value) < 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Channels_do_not_mix() => Prop.ForAll(Sizes.ToArbitrary(), size =>
    {
        using var color = TestPictures.Noise(size.Height, size.Width, 3, size.Value);
        using var green = new ImageBuffer(size.Height, size.Width, 1);
        for (var i = 0; i < green.Pixels.Length; i++)
            green.Pixels[i] = color.Pixels[3 * i + 1];
        using var colorResult = Resample.Apply(color, size.NewHeight, size.NewWidth, size.Filter);
        using var greenResult = Resample.Apply(green, size.NewHeight, size.NewWidth, size.Filter);
        for (var i = 0; i < greenResult.Pixels.Length; i++)
            if (greenResult.Pixels[i] != colorResult.Pixels[3 * i + 1])
                return false;
        return true;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(Interpolation.Nearest)]
    [InlineData(Interpolation.Bicubic)]
    public void The_same_size_is_the_same_picture(Interpolation filter)
    {
        using var image = TestPictures.Noise(9, 13, 4, 1);
        using var result = Resample.Apply(image, 9, 13, filter);
        Assert.Equal(image.Pixels.ToArray(), result.Pixels.ToArray());
    }

    [Fact]
    public void A_box_beyond_the_picture_is_filled_with_zeros()
    {
        using var image = TestPictures.Plain(4, 4, 3, 200);
        using var result = Resample.Apply(image, new CropBox(-4, -4, 12, 12), 3, 3, Interpolation.Box);
        byte[] expected = [.. Enumerable.Repeat((byte)0, 12), 200, 200, 200, .. Enumerable.Repeat((byte)0, 12)];
        Assert.Equal(expected, result.Pixels.ToArray());
    }

    [Fact]
    public void Transparent_colour_does_not_bleed()
    {
        using var image = new ImageBuffer(1, 2, 4);
        byte[] pixels = [255, 0, 0, 255, 0, 255, 0, 0];   // red, and green that nobody sees
        pixels.CopyTo(image.Pixels);
        using var result = Resample.Apply(image, 1, 1, Interpolation.Box);
        Assert.Equal([255, 0, 0, 128], result.Pixels.ToArray());
    }

    [Fact]
    public void Random_crops_lie_inside() => Prop.ForAll(
        Gen.Choose(1, 300).ToArbitrary(), Gen.Choose(1, 300).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (height, width, seed) => RandomResizedCrop.Sample(height, width, new(0.05, 1), new(0.75, 4.0 / 3), new SeededDraws((ulong)seed, 0, 0)).IsInside(height, width))
        .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(10, 40, 0, 13, 10, 13)]      // too wide: full height, width limited by the ratio 4/3
    [InlineData(40, 10, 13, 0, 13, 10)]      // too high
    [InlineData(1, 300, 0, 149, 1, 1)]
    public void A_crop_that_never_fits_falls_back_to_the_middle(int height, int width, int top, int left, int cropHeight, int cropWidth)
    {
        var box = RandomResizedCrop.Sample(height, width, new(1, 1), new(0.75, 4.0 / 3), new SeededDraws(1, 2, 3), out var accepted);
        Assert.Equal((new CropBox(top, left, cropHeight, cropWidth), -1), (box, accepted));
    }

    [Fact]
    public void A_center_crop_rounds_half_to_even_and_pads_what_is_missing()
    {
        Assert.Equal(new CropBox(2, 2, 4, 4), CropBox.Center(9, 8, 4, 4));      // 2.5 -> 2
        Assert.Equal(new CropBox(4, -1, 4, 8), CropBox.Center(11, 6, 4, 8));    // 3.5 -> 4
        Assert.Equal(new CropBox(-1, 0, 8, 6), CropBox.Center(5, 6, 8, 6));     // 3 missing: 1 before, 2 after
    }
}
