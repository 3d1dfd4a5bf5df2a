using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation;

/// <summary>Tests that count live tensors run alone: the count belongs to the process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EvaluationLeaks
{
    public const string Name = "evaluation leaks";
}

[Collection(EvaluationLeaks.Name)]
public sealed class EvaluationLeakTests
{
    [Fact]
    public void Evaluations_leave_no_tensor_behind()
    {
        var before = Tensor.LiveCount;
        using (var scope = Scope.Enter())
        {
            var train = Samples.Clusters(60, 5, 3, 1.0, 12);
            LogisticProbe.Evaluate(train, train, train, 3);
            RidgeProbe.Evaluate(train, train, train, 3);
            NearestNeighbours.Evaluate(train, train, 3, KnnProtocol.SoloEuclidean);
            CrossViewRetrieval.Evaluate(train.Features, train.Labels, Samples.Unrelated(60, 5, 2, 13).Labels);
            SlicedWasserstein.Distances(Ops.Ones([2, 3, 32, 32]), Ops.Zeros([2, 3, 32, 32]), new() { PatchesPerPicture = 2, Directions = 2 });
            LabelFree.Lidar(train.Features, 3);
            LabelFree.RankMe(train.Features);
        }

        Assert.Equal(before, Tensor.LiveCount);
    }
}
