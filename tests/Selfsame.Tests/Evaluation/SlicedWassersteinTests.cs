using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation;

public sealed class SlicedWassersteinTests
{
    private static readonly SlicedWassersteinSettings Small = new() { PatchesPerPicture = 16, Repeats = 2, Directions = 16, Seed = 3 };

    [Fact]
    public void A_set_has_no_distance_from_itself()
    {
        using var scope = Scope.Enter();
        var pictures = Pictures(1);
        using var draws = SlicedWassersteinDraws.From(8, 32, 32, Small);
        using var same = new SlicedWassersteinDraws { RealX = draws.RealX, RealY = draws.RealY, FakeX = draws.RealX, FakeY = draws.RealY, Directions = draws.Directions };
        Assert.Equal([0.0, 0.0, 0.0], SlicedWasserstein.DistancesAt(pictures, pictures, same));
    }

    [Fact]
    public void Distance_grows_with_blur()
    {
        using var scope = Scope.Enter();
        var real = Pictures(1);
        var other = Pictures(2);
        var half = LaplacianPyramid.Enlarge(LaplacianPyramid.Shrink(other));
        var quarter = LaplacianPyramid.Enlarge(LaplacianPyramid.Enlarge(LaplacianPyramid.Shrink(LaplacianPyramid.Shrink(other))));
        var (sharp, soft, softer) = (Mean(real, other), Mean(real, half), Mean(real, quarter));
        Assert.True(sharp < soft && soft < softer, $"{sharp}, {soft}, {softer}");
    }

    [Fact]
    public void Distance_grows_when_more_pictures_lose_their_contrast()
    {
        using var scope = Scope.Enter();
        var real = Pictures(1);
        double last = Mean(real, Pictures(2));
        foreach (var share in (int[])[2, 4])
        {
            var flat = Pictures(2);
            flat.Narrow(0, 0, share).MulInPlace((Scalar)0.02);
            var distance = Mean(real, flat);
            Assert.True(distance > last, $"{share} flat pictures: {distance}, fewer: {last}");
            last = distance;
        }
    }

    [Fact]
    public void Brightness_and_contrast_of_the_whole_set_do_not_count()
    {
        using var scope = Scope.Enter();
        var (real, fake) = (Pictures(1), Pictures(2));
        var before = SlicedWasserstein.Distances(real, fake, Small);
        var after = SlicedWasserstein.Distances(real, (fake * 0.5) + 20.0, Small);
        for (var level = 0; level < before.Length; level++)
            Assert.Equal(before[level], after[level], 1e-3 * before[level]);
    }

    [Fact]
    public void Equal_seeds_give_equal_distances()
    {
        using var scope = Scope.Enter();
        Assert.Equal(SlicedWasserstein.Distances(Pictures(1), Pictures(2), Small), SlicedWasserstein.Distances(Pictures(1), Pictures(2), Small));
    }

    [Fact]
    public void A_pyramid_adds_up_to_its_pictures()
    {
        using var scope = Scope.Enter();
        var pictures = Pictures(4);
        var pyramid = LaplacianPyramid.Build(pictures, 2);
        var rebuilt = pyramid[0] + LaplacianPyramid.Enlarge(pyramid[1]);
        Assert.True((rebuilt - pictures).Abs().Max().Item() < 1e-4);
    }

    [Fact]
    public void A_flat_picture_has_no_detail_and_keeps_its_value()
    {
        using var scope = Scope.Enter();
        var pyramid = LaplacianPyramid.Build(Ops.Full([1, 3, 32, 32], 77.0, DType.Float32), 2);
        Assert.True((pyramid[1] - Ops.Full([1], 77.0)).Abs().Max().Item() < 1e-4);
        // Inside; at the far border the mirror of the zero-stuffed picture is not flat.
        Assert.True(pyramid[0].Narrow(2, 0, 30).Narrow(3, 0, 30).Abs().Max().Item() < 1e-4);
    }

    [Theory]
    [InlineData(16, 1)]
    [InlineData(31, 1)]
    [InlineData(64, 3)]
    [InlineData(1024, 7)]
    public void Levels_go_down_to_sixteen(long side, int levels) => Assert.Equal(levels, LaplacianPyramid.LevelCount(side));

    [Fact]
    public void Sets_of_different_size_are_refused()
    {
        using var scope = Scope.Enter();
        var error = Assert.Throws<ShapeException>(() => SlicedWasserstein.Distances(Ops.Zeros([2, 3, 32, 32]), Ops.Zeros([3, 3, 32, 32])));
        Assert.Equal("pictures are float32(2, 3, 32, 32) and float32(3, 3, 32, 32); both sets must be (N, 3, height, width) with the same N and size.", error.Message);
    }

    private static double Mean(Tensor real, Tensor fake) => SlicedWasserstein.Distances(real, fake, Small)[^1];

    /// <summary>Noise smoothed to have detail on every level.</summary>
    private static Tensor Pictures(ulong seed)
    {
        using var generator = new Generator(seed);
        var fine = Ops.Empty([8, 3, 32, 32]).NormalInPlace(0, 20, generator);
        var coarse = Ops.Empty([8, 3, 16, 16]).NormalInPlace(0, 60, generator);
        return fine + LaplacianPyramid.Enlarge(coarse) + 128.0;
    }
}
