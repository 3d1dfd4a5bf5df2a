using Selfsame.Parity;
using Selfsame.Tests.Engine;
using Selfsame.Torch;
using Xunit.Abstractions;

namespace Selfsame.Tests.Parity;

[Collection(nameof(TensorCount))]
public sealed class LatentParityTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("data2vec/audio")]
    [InlineData("data2vec/text")]
    [InlineData("data2vec/vision")]
    [InlineData("wav2vec2/loss")]
    [InlineData("wav2vec2/quantizer")]
    [InlineData("wav2vec2/span-mask")]
    [InlineData("checkpoints/hf-bert")]
    [InlineData("checkpoints/hf-roberta")]
    [InlineData("checkpoints/hf-wav2vec2")]
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
