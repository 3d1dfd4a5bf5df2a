using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation;

public sealed class ClusteringTests
{
    [Fact]
    public void Renamed_classes_agree_perfectly()
    {
        var agreement = new ClusterAgreement([0, 0, 1, 1, 2, 2], [7, 7, -3, -3, 4, 4]);
        Assert.Equal([-3, 4, 7], agreement.Table.Clusters);
        Assert.Equal(Math.Log(3), agreement.MutualInformation, 12);
        foreach (var figure in new[] { agreement.Homogeneity, agreement.Completeness, agreement.VMeasure(), agreement.NormalisedByMean, agreement.NormalisedByProduct,
            agreement.NormalisedByMaximum, agreement.AdjustedInformation, agreement.AdjustedRand, agreement.FowlkesMallows, agreement.Purity, agreement.AssignmentAccuracy })
            Assert.Equal(1, figure, 12);
    }

    [Fact]
    public void Halves_across_classes_tell_nothing()
    {
        var agreement = new ClusterAgreement([0, 0, 1, 1], [0, 1, 0, 1]);
        Assert.Equal(0, agreement.MutualInformation, 12);
        Assert.Equal((0, 0, 0), (agreement.VMeasure(), agreement.NormalisedByMean, agreement.FowlkesMallows));
        Assert.Equal(-0.5, agreement.AdjustedRand, 12);   // 0 pairs agree where 2/3 were expected: (0 - 2/3) / (2 - 2/3)
        Assert.Equal((0.5, 0.5), (agreement.Purity, agreement.AssignmentAccuracy));
    }

    [Fact]
    public void One_cluster_for_all_is_complete_and_not_homogeneous()
    {
        var agreement = new ClusterAgreement([0, 0, 0, 1], [5, 5, 5, 5]);
        Assert.Equal((0, 1, 0.75, 0.75), (agreement.Homogeneity, agreement.Completeness, agreement.Purity, agreement.AssignmentAccuracy));
        Assert.Equal(0, agreement.AdjustedRand, 12);
        Assert.Equal(0, agreement.AdjustedInformation, 12);
    }

    [Fact]
    public void Adjusted_information_is_zero_on_average()
    {
        var random = new Random(3);
        var sum = 0.0;
        for (var k = 0; k < 200; k++)
        {
            var classes = new long[30];
            var clusters = new long[30];
            for (var n = 0; n < 30; n++)
                (classes[n], clusters[n]) = (random.Next(3), random.Next(4));
            sum += new ClusterAgreement(classes, clusters).AdjustedInformation / 200;
        }

        Assert.Equal(0, sum, 0.02);
    }

    [Fact]
    public void The_best_assignment_is_found_where_the_greedy_one_is_not()
    {
        Assert.Equal([1, 0], Assignment.Maximise(new double[,] { { 9, 8 }, { 8, 1 } }));
        Assert.Equal([2, 0], Assignment.Maximise(new double[,] { { 0, 1, 5 }, { 4, 0, 5 } }));
        Assert.Equal([-1, 0, -1], Assignment.Maximise(new double[,] { { 1 }, { 3 }, { 2 } }));
    }

    [Fact]
    public void The_best_assignment_is_the_best_of_all_permutations()
    {
        var random = new Random(5);
        for (var trial = 0; trial < 50; trial++)
        {
            var gain = new double[4, 4];
            for (var k = 0; k < 16; k++)
                gain[k / 4, k % 4] = random.Next(10);
            var best = 0.0;
            for (var code = 0; code < 256; code++)
            {
                int[] columns = [code & 3, (code >> 2) & 3, (code >> 4) & 3, code >> 6];
                if (columns.Distinct().Count() == 4)
                    best = Math.Max(best, columns.Select((column, row) => gain[row, column]).Sum());
            }

            Assert.Equal(best, Assignment.Maximise(gain).Select((column, row) => gain[row, column]).Sum());
        }
    }

    [Fact]
    public void Silhouettes_compare_the_own_cluster_with_the_next()
    {
        using var scope = Scope.Enter();
        // On a line: 0 and 1 together, 5 and 7 together.
        var points = Tensor.From<float>([0, 1, 5, 7], [4, 1]);
        double[] each = [(6 - 1) / 6.0, (5 - 1) / 5.0, (4.5 - 2) / 4.5, (6.5 - 2) / 6.5];
        Assert.Equal(each.Average(), Silhouette.Score(points, [2, 2, 9, 9]), 12);
        Assert.Equal("there is one cluster only; silhouettes compare at least two", Assert.Throws<ArgumentException>(() => Silhouette.Score(points, [1, 1, 1, 1])).Message);
    }

    [Fact]
    public void A_sample_alone_in_its_cluster_counts_nothing()
    {
        using var scope = Scope.Enter();
        var points = Tensor.From<float>([0, 1, 5], [3, 1]);
        Assert.Equal((((5 - 1) / 5.0) + ((4 - 1) / 4.0) + 0) / 3, Silhouette.Score(points, [0, 0, 1]), 12);
    }
}
