using Selfsame.Parity;
using Selfsame.Tests.Engine;
using Selfsame.Torch;

namespace Selfsame.Tests.Parity;

[Collection(nameof(TensorCount))]
public sealed class CheckpointParityTests
{
    [Theory]
    [InlineData("timm-vit")]
    [InlineData("hf-vit")]
    [InlineData("hf-vit-mae")]
    [InlineData("hf-beit")]
    [InlineData("dinov2")]
    [InlineData("hf-dinov2")]
    [InlineData("position-resize")]
    public void Public_weights_give_the_recorded_features_without_leaks(string name)
    {
        var before = TensorCount.Settled();
        var result = Assert.Single(Verifier.Run([Path.Combine(ParityFiles.Root, "checkpoints", name + ".a.safetensors")]));
        Assert.Null(result.Reason);
        Assert.True(result.Passed);
        Assert.Equal(before, Tensor.LiveCount);
    }
}
