using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation;

public sealed class NearestNeighboursTests
{
    public static TheoryData<string> Protocols => [.. KnnProtocol.All.Select(protocol => protocol.Name)];

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Separate_clusters_are_told_apart(string protocol)
    {
        using var scope = Scope.Enter();
        var result = NearestNeighbours.Evaluate(Samples.Clusters(200, 16, 7, 0.05, 1), Samples.Clusters(70, 16, 7, 0.05, 2), 7, KnnProtocol.Named(protocol));
        Assert.Equal(1.0, result.Score.Accuracy);
        Assert.Equal(1.0, result.Score.BalancedAccuracy);
        Assert.Equal(20, result.K);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Unrelated_labels_score_chance(string protocol)
    {
        using var scope = Scope.Enter();
        var result = NearestNeighbours.Evaluate(Samples.Unrelated(600, 8, 5, 1), Samples.Unrelated(2000, 8, 5, 2), 5, KnnProtocol.Named(protocol));
        Assert.InRange(result.Score.Accuracy, 0.16, 0.24);   // four standard errors around 1/5
    }

    [Fact]
    public void Votes_are_what_the_formulas_say()
    {
        using var scope = Scope.Enter();
        // Cosines with the query (1, 0): 1, 0.6, 0, -1.
        var train = new LabelledFeatures(Tensor.From([2f, 0f, 0.3f, 0.4f, 0f, 5f, -1f, 0f], [4, 2]), [0, 1, 1, 2]);
        var test = new LabelledFeatures(Tensor.From([3f, 0f], [1, 2]), [1]);
        var protocol = KnnProtocol.Dino with { K = 3, Temperature = 0.5 };
        var dino = NearestNeighbours.Evaluate(train, test, 3, protocol).Scores;
        Assert.Equal(Math.Exp(2), dino[0], 5);
        Assert.Equal(Math.Exp(1.2) + 1, dino[1], 5);
        Assert.Equal(0, dino[2]);

        var softmax = NearestNeighbours.Evaluate(train, test, 3, KnnProtocol.DinoV2 with { Temperature = 0.5 }, [1, 3]);
        var total = Math.Exp(2) + Math.Exp(1.2) + 1;
        Assert.Equal(Math.Exp(2) / total, softmax[0].Scores.Sum(), 1e-6);
        Assert.Equal(1, softmax[1].Scores.Sum(), 12);

        var euclidean = NearestNeighbours.Evaluate(train, test, 3, KnnProtocol.SoloEuclidean with { K = 1 }).Scores;
        Assert.Equal(1 / 1.00001, euclidean[0], 6);
    }

    [Fact]
    public void Rotating_and_stretching_features_leaves_cosine_votes_unchanged()
    {
        using var scope = Scope.Enter();
        var (train, test) = (Samples.Clusters(120, 12, 4, 0.8, 3), Samples.Clusters(60, 12, 4, 0.8, 4));
        var rotation = Samples.Rotation(12, 5) * 3.0;
        var before = NearestNeighbours.Evaluate(train, test, 4, KnnProtocol.Dino);
        var after = NearestNeighbours.Evaluate(
            new(train.Features.Matmul(rotation), train.Labels), new(test.Features.Matmul(rotation), test.Labels), 4, KnnProtocol.Dino);
        Assert.Equal(before.Predictions, after.Predictions);
        for (var k = 0; k < before.Scores.Length; k++)
            Assert.Equal(before.Scores[k], after.Scores[k], 1e-4 * (1 + before.Scores[k]));
    }

    [Fact]
    public void Distances_survive_a_large_common_offset()
    {
        using var scope = Scope.Enter();
        // |x|^2 is 1e6 times the squared distances: differences of products alone would lose them.
        var (bank, queries) = (Samples.Noise(300, 8, 1) + 1000.0, Samples.Noise(20, 8, 2) + 1000.0);
        var found = Neighbours.Find(bank, queries, 1, Similarity.InverseDistance);
        var exact = Ops.Cdist(queries.To(DType.Float64), bank.To(DType.Float64), 2.0, 2);
        var nearest = exact.Min(1).Indices.ToArray<long>();
        for (var query = 0; query < 20; query++)
            Assert.Equal(nearest[query], found.Indices(query)[0]);
    }

    [Fact]
    public void Selection_sorts_descending_and_prefers_the_first_of_equals() => Prop.ForAll(
        Gen.Choose(-3, 3).ArrayOf().Where(values => values.Length > 0).ToArbitrary(),
        values =>
        {
            var k = (values.Length + 1) / 2;
            var indices = new int[k];
            Neighbours.SelectLargest(Array.ConvertAll(values, value => (float)value), indices, new float[k]);
            return indices.SequenceEqual(Enumerable.Range(0, values.Length).OrderByDescending(index => values[index]).Take(k));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void More_neighbours_than_training_samples_means_all_of_them()
    {
        using var scope = Scope.Enter();
        Assert.Equal(6, NearestNeighbours.Evaluate(Samples.Clusters(6, 4, 2, 0.1, 1), Samples.Clusters(4, 4, 2, 0.1, 2), 2, KnnProtocol.Dino).K);
    }

    [Fact]
    public void A_row_with_nan_is_named()
    {
        using var scope = Scope.Enter();
        var broken = new LabelledFeatures(Tensor.From([1f, 2f, float.NaN, 0f], [2, 2]), [0, 1]);
        var error = Assert.Throws<ArgumentException>(() => NearestNeighbours.Evaluate(broken, broken, 2, KnnProtocol.Dino));
        Assert.Equal("row 1 of the bank holds NaN or infinity (or its norm overflows float32); fix the features before evaluating them", error.Message);
    }

    [Fact]
    public void An_unknown_protocol_lists_the_known_ones() =>
        Assert.Equal(
            "'knn/best' is not a k-NN protocol; there are knn/dino-1, knn/solo-1/cosine, knn/solo-1/euclidean, knn/dinov2-1",
            Assert.Throws<ArgumentException>(() => KnnProtocol.Named("knn/best")).Message);

    [Fact]
    public void Cost_grows_no_faster_than_the_number_of_queries()
    {
        using var scope = Scope.Enter();
        var bank = Samples.Noise(2000, 32, 1);
        var queries = Samples.Noise(8000, 32, 2);
        var few = Cost(bank, queries.Narrow(0, 0, 1000));
        var many = Cost(bank, queries);
        // Eight times the queries; the margin is for a shared machine.
        Assert.True(many.Seconds < 8 * 3 * few.Seconds, $"1,000 queries took {few.Seconds} s, 8,000 took {many.Seconds} s");
        Assert.True(many.Bytes <= (8 * few.Bytes) + 100_000, $"1,000 queries allocated {few.Bytes} bytes, 8,000 allocated {many.Bytes}");
    }

    private static (double Seconds, long Bytes) Cost(Tensor bank, Tensor queries)
    {
        var best = double.MaxValue;
        var bytes = 0L;
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            Neighbours.Find(bank, queries, 20);
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return (best, bytes);
    }
}
