using Selfsame.Data.Checking;

namespace Selfsame.Tests.Data.Checking;

public class CheckPartsTests
{
    [Fact]
    public void A_tree_finds_what_looking_at_every_point_finds()
    {
        const int dimensions = 5, count = 700;
        var points = Points(count, dimensions, 6);
        var tree = new ProximityTree(points, dimensions);
        for (var p = 0; p < count; p++)
        {
            var found = new List<int>();
            tree.Find(points.AsSpan(p * dimensions, dimensions), found);
            var wanted = Enumerable.Range(0, count).Where(q => Enumerable.Range(0, dimensions).All(d => Math.Abs(points[p * dimensions + d] - points[q * dimensions + d]) <= 1));
            Assert.Equal(wanted, found.Order());
        }
    }

    [Fact]
    public void Twice_the_points_cost_less_than_three_times_the_comparisons()
    {
        const int dimensions = 8;
        var costs = new[] { 4000, 8000, 16000 }.Select(count =>
        {
            var points = Points(count, dimensions, 8);
            var tree = new ProximityTree(points, dimensions);
            long cost = 0;
            var found = new List<int>();
            for (var p = 0; p < count; p++)
                cost += tree.Find(points.AsSpan(p * dimensions, dimensions), found);
            return cost;
        }).ToArray();

        // Every pair would be 4 times.
        Assert.True(costs[1] < 3 * costs[0] && costs[2] < 3 * costs[1], string.Join(", ", costs));
        Assert.True(costs[2] < 16000L * 16000 / 2 / 10, $"{costs[2]} is more than a tenth of every pair");
    }

    [Fact]
    public void Points_that_are_all_the_same_are_all_found()
    {
        var found = new List<int>();
        new ProximityTree(new float[300], 3).Find([0, 0, 0], found);
        Assert.Equal(100, found.Count);
        Assert.Equal(0, new ProximityTree([], 3).Find([0, 0, 0], found));
    }

    [Fact]
    public void Joining_in_any_order_ends_in_the_same_sets()
    {
        (int, int)[] pairs = [(4, 2), (2, 7), (1, 5), (5, 6), (7, 9)];
        foreach (var order in (int[][])[[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [1, 4, 0, 3, 2]])
        {
            var sets = new UnionFind(10);
            foreach (var k in order)
                sets.Join(pairs[k].Item1, pairs[k].Item2);
            Assert.Equal([0, 1, 2, 3, 2, 1, 1, 2, 8, 2], Enumerable.Range(0, 10).Select(sets.Root));
        }
    }

    [Fact]
    public void Balance_is_as_its_formulas_say()
    {
        var (majority, entropy, evenness) = CheckSummary.Balance([2, 1, 1]);
        Assert.Equal((0.5, 1.5), (majority, entropy));
        Assert.Equal(1.5 / Math.Log2(3), evenness, 12);
        Assert.Equal((0.25, 2.0, 1.0), CheckSummary.Balance([3, 3, 3, 3]));
    }

    [Fact]
    public void Quantiles_are_values_that_occur()
    {
        Assert.Equal(new Spread(1, 1, 10, 19, 20), CheckSummary.Spread([.. Enumerable.Range(1, 20).Select(i => (double)i)]));
        Assert.Equal(new Spread(7, 7, 7, 7, 7), CheckSummary.Spread([7]));
        Assert.Null(CheckSummary.Spread([]));
    }

    [Fact]
    public void A_png_tells_its_mode_its_alpha_and_its_frames()
    {
        Assert.Equal(new PictureTraits("grey", true), PictureTraits.Read(PngFile.Of(PngFile.Header(2, 2, 8, 4), PngFile.End()), "PNG"));
        Assert.Equal(new PictureTraits("palette", true), PictureTraits.Read(PngFile.Of(PngFile.Header(2, 2, 8, 3), PngFile.Chunk("tRNS", [0]), PngFile.End()), "PNG"));
        byte[] control = [.. new byte[20], 0, 1, 0, 4, 0, 0]; // 1/4 s
        Assert.Equal(new PictureTraits("RGB", false, 3, 0.75), PictureTraits.Read(PngFile.Of(PngFile.Header(2, 2), PngFile.Chunk("acTL", [0, 0, 0, 3, 0, 0, 0, 0]),
            PngFile.Chunk("fcTL", control), PngFile.Chunk("fcTL", control), PngFile.Chunk("fcTL", control), PngFile.End()), "PNG"));
    }

    [Fact]
    public void A_gif_tells_its_frames_and_how_long_they_last()
    {
        byte[] control = [0x21, 0xF9, 4, 1, 50, 0, 0, 0]; // transparent, 0.5 s
        byte[] frame = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4C, 1, 0];
        byte[] file = [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, .. control, .. frame, .. control, .. frame, 0x3B];
        Assert.Equal(new PictureTraits("palette", true, 2, 1.0), PictureTraits.Read(file, "GIF"));
    }

    private static float[] Points(int count, int dimensions, double width)
    {
        var random = new Random(1);
        var points = new float[count * dimensions];
        for (var i = 0; i < points.Length; i++)
            points[i] = (float)(random.NextDouble() * width);
        return points;
    }
}
