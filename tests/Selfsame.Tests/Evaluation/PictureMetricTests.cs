using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation;

public sealed class PictureMetricTests
{
    [Fact]
    public void A_tenth_of_the_range_everywhere_is_20_decibel()
    {
        using var scope = Scope.Enter();
        var picture = Ops.Zeros([2, 1, 4, 4]);
        Assert.Equal(20, PeakSignalToNoise.Of(picture, picture + 25.5, 255), 5);
        var halved = Ops.Cat([picture.Narrow(0, 0, 1), picture.Narrow(0, 1, 1) + 25.5], 0);
        var each = PeakSignalToNoise.PerImage(halved, picture, 255);
        Assert.Equal(double.PositiveInfinity, each[0]);
        Assert.Equal(20, each[1], 5);
    }

    public static TheoryData<string> Flavours => ["torchmetrics", "even", "scikit-image", "scikit-image gaussian"];

    [Theory, MemberData(nameof(Flavours))]
    public void A_picture_is_like_itself_and_flat_pictures_differ_by_their_level(string flavour)
    {
        using var scope = Scope.Enter();
        var settings = Settings(flavour);
        var picture = Samples.Noise(2 * 3 * 16, 16, 1).Reshape([2, 3, 16, 16]);
        Assert.Equal([1f, 1f], StructuralSimilarity.Of(picture, picture, settings).ToArray<float>().Select(value => MathF.Round(value, 5)));

        // Without contrast only the level counts: (2 ab + c1) / (a² + b² + c1).
        var (one, other) = (Ops.Full([1, 1, 16, 16], 0.5, DType.Float64), Ops.Full([1, 1, 16, 16], 0.25, DType.Float64));
        Assert.Equal(((2 * 0.125) + 1e-4) / (0.25 + 0.0625 + 1e-4), StructuralSimilarity.Of(one, other, settings).Item(), 9);
    }

    [Fact]
    public void A_negative_is_unlike_and_the_similarity_can_be_climbed()
    {
        using var scope = Scope.Enter();
        var target = (Samples.Noise(16, 16, 2).Reshape([1, 1, 16, 16]) * 0.1) + 0.5;
        Assert.True(StructuralSimilarity.Of(1.0 - target, target).Item() < -0.5);
        var moved = (target * 0.5).Clone();
        moved.RequiresGrad = true;
        StructuralSimilarity.Of(moved, target).Sum().Backward();
        using (GradMode.Off())
            Assert.True(StructuralSimilarity.Of(moved + (moved.Gradient! * 0.1), target).Item() > StructuralSimilarity.Of(moved, target).Item());
    }

    [Fact]
    public void A_picture_smaller_than_the_window_is_refused()
    {
        using var scope = Scope.Enter();
        var small = Ops.Zeros([1, 1, 8, 8]);
        Assert.Equal($"pictures are {small}; the window of 11 pixels is larger.", Assert.Throws<ShapeException>(() => StructuralSimilarity.Of(small, small)).Message);
    }

    private static StructuralSimilaritySettings Settings(string flavour) => flavour switch
    {
        "torchmetrics" => StructuralSimilaritySettings.Torchmetrics,
        "even" => StructuralSimilaritySettings.Torchmetrics with { Sigma = null },
        "scikit-image" => StructuralSimilaritySettings.ScikitImage,
        _ => StructuralSimilaritySettings.ScikitImageGaussian,
    };
}
