using Selfsame.Parity;
using Selfsame.Tests.Engine;
using Selfsame.Torch;
using Xunit.Abstractions;

namespace Selfsame.Tests.Parity;

[Collection(nameof(TensorCount))]
public sealed class FlowParityTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("sit/paths")]
    [InlineData("sit/losses")]
    [InlineData("sit/samplers")]
    [InlineData("self-flow/forward")]
    [InlineData("self-flow/sampling")]
    [InlineData("self-flow/sampling-ode")]
    [InlineData("vit/forward")]
    [InlineData("vit/modern_options")]
    [InlineData("vit/resize_pos_embed")]
    [InlineData("mae/finetune_encoder")]
    [InlineData("mae/pos_embed")]
    public void Recorded_results_are_reproduced_without_leaks(string name)
    {
        var before = TensorCount.Settled();
        var result = Assert.Single(Verifier.Run([Path.Combine(ParityFiles.Root, name + ".a.safetensors")]));
        output.WriteLine($"{name}: {result.Worst}");
        Assert.Null(result.Reason);
        Assert.True(result.Passed);
        Assert.Equal(before, Tensor.LiveCount);
    }
}
