using Selfsame.Parity;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation;

[Collection(EvaluationLeaks.Name)]
public sealed class EvaluationParityTests
{
    [Theory]
    [InlineData("knn/dino.a")]
    [InlineData("knn/dinov2.a")]
    [InlineData("knn/solo-weighted.a")]
    [InlineData("probe/dinov2-linear-input.a")]
    [InlineData("probe/logistic-regression.a")]
    [InlineData("probe/mae-linear-head.a")]
    [InlineData("probe/ridge.a")]
    [InlineData("metrics/average-precision.a")]
    [InlineData("metrics/clustering.a")]
    [InlineData("metrics/collapse.a")]
    [InlineData("metrics/frechet-distance.a")]
    [InlineData("metrics/image-quality.a")]
    [InlineData("metrics/image-text-retrieval.a")]
    [InlineData("metrics/kid.a")]
    [InlineData("metrics/perplexity.a")]
    [InlineData("metrics/precision-recall.a")]
    [InlineData("metrics/sliced-wasserstein.a")]
    [InlineData("metrics/word-and-character-error-rate.a")]
    [InlineData("metrics/zero-shot-classifier.a")]
    [InlineData("umap-tsne/tsne.a")]
    public void Agrees_with_the_official_code(string name)
    {
        var before = Tensor.LiveCount;
        var result = Assert.Single(Verifier.Run([Path.Combine(Folder(), name + ".safetensors")]));
        Assert.True(result.Passed, result.Reason);
        Assert.Equal(before, Tensor.LiveCount);
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Selfsame.slnx")))
                return Path.Combine(folder.FullName, "tests", "parity");
        }

        throw new DirectoryNotFoundException($"no Selfsame.slnx above {AppContext.BaseDirectory}");
    }
}
