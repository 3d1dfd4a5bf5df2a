using System.Diagnostics;
using Selfsame.Data.Loading;
using Selfsame.Data.Sources;
using Selfsame.Evaluation;
using Selfsame.Evaluation.Gallery;
using Selfsame.Tests.Engine;
using Selfsame.Torch;
using Selfsame.Torch.Safetensors;

namespace Selfsame.Tests.Evaluation;

/// <summary>What is done for every sample costs as much with four times the samples. Twice doubled, linear work takes 4 times as long and quadratic work 16 times.</summary>
[Collection(nameof(TensorCount))]
public sealed class GrowthTests
{
    private const int Repeats = 5;
    private const double BetweenLinearAndQuadratic = 9, BetweenQuadraticAndCubic = 36;

    [Fact]
    public void Neighbours_multiply_each_query_with_each_sample_once()
    {
        const int Width = 16, Queries = 8;
        foreach (var bank in (int[])[500, 1000, 2000])
        {
            using var scope = Scope.Enter();
            var (train, test) = (Samples.Clusters(bank, Width, 2, 0.1, 1), Samples.Clusters(Queries, Width, 2, 0.1, 2));
            var costs = OperatorProfile.Measure(() => NearestNeighbours.Evaluate(train, test, 2, KnnProtocol.Dino));
            Assert.Equal(2.0 * train.Count * test.Count * Width, costs.Sum(cost => cost.Flops));
        }
    }

    [Fact]
    public void Neighbours_of_many_queries_do_not_hold_all_pairs_at_once()
    {
        using var scope = Scope.Enter();
        var (small, large) = (Peak(2048), Peak(8192));
        Assert.InRange(large, 1, 96L << 20);  // 8,192 x 8,192 pairs would be 256 MB
        Assert.True(large < 9 * small, $"{small} to {large} bytes");

        static long Peak(int rows)
        {
            using var inner = Scope.Enter();
            var samples = Samples.Clusters(rows, 8, 2, 0.1, 1);
            var before = TorchMemory.Live;
            TorchMemory.ResetPeak();
            NearestNeighbours.Evaluate(samples, samples, 2, KnnProtocol.Dino);
            return TorchMemory.Peak - before;
        }
    }

    [Fact, Trait("Category", "Long")]
    public void The_order_of_samples_is_linear() => Assert.InRange(
        Growth(30_000, count =>
        {
            var order = new SampleOrder(1, count);
            for (var position = 0; position < count; position++)
                order.At(0, position);
        }), 0, BetweenLinearAndQuadratic);

    [Fact, Trait("Category", "Long")]
    public void A_folder_is_indexed_in_linear_time()
    {
        using var folder = new TemporaryFolder();
        foreach (var count in (int[])[500, 2000])
        {
            for (var k = 0; k < count; k++)
                folder.Add($"{count}/{k % 10}/{k:0000}.png", [1, 2, 3]);
        }

        Assert.InRange(Growth(500, count => FolderSource.Open(folder[$"{count}"]).Dispose()), 0, BetweenLinearAndQuadratic);
    }

    [Fact, Trait("Category", "Long")]
    public void Tensors_are_written_and_read_in_linear_time()
    {
        using var folder = new TemporaryFolder();
        var data = new byte[16];
        Assert.InRange(
            Growth(2000, count =>
            {
                var path = folder["many.safetensors"];
                SafetensorsWriter.Write(path, Enumerable.Range(0, count).Select(k => ($"blocks.{k}.weight", DType.Float32, new long[] { 4 }, (ReadOnlyMemory<byte>)data)), atomic: false);
                using var file = SafetensorsFile.Open(path);
                foreach (var entry in file.Entries)
                    Assert.Equal(16, file.Bytes(entry.Name).Length);
            }), 0, BetweenLinearAndQuadratic);
    }

    [Fact, Trait("Category", "Long")]
    public void A_map_of_points_is_no_worse_than_quadratic_and_refuses_too_many()
    {
        var settings = new TSneSettings { Iterations = 10, Exaggerated = 5 };
        Assert.InRange(Growth(150, count => TSne.Embed(Points(count, 4), Points(count, 2), settings)), 0, BetweenQuadraticAndCubic);
        Assert.Throws<ArgumentException>(() => TSne.Embed(Points(TSne.MostPoints + 1, 4), Points(TSne.MostPoints + 1, 2), settings));

        static double[] Points(int count, int width)
        {
            var random = new Random(1);
            var points = new double[count * width];
            for (var k = 0; k < points.Length; k++)
                points[k] = random.NextDouble();
            return points;
        }
    }

    // Time of four times the size over that of the size, the best of some rounds of each.
    private static double Growth(int size, Action<int> work)
    {
        var (small, large) = (double.PositiveInfinity, double.PositiveInfinity);
        work(size);
        for (var round = 0; round < Repeats; round++)
            (small, large) = (Math.Min(small, Seconds(size)), Math.Min(large, Seconds(4 * size)));
        return large / small;

        double Seconds(int count)
        {
            var start = Stopwatch.GetTimestamp();
            work(count);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}
