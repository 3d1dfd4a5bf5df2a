using Selfsame.Parity;
using Selfsame.Tests.Parity;

namespace Selfsame.Tests.Engine;

public sealed class OptimizerParityTests
{
    [Theory]
    [InlineData("lars/step.a")]
    [InlineData("lars/step_classic.a")]
    [InlineData("lars/step_clip.a")]
    [InlineData("optimisers/adam.a")]
    [InlineData("optimisers/adamw.a")]
    [InlineData("optimisers/clip-norm.a")]
    [InlineData("optimisers/lamb.a")]
    [InlineData("optimisers/sgd.a")]
    [InlineData("optimisers/sophia-g.a")]
    [InlineData("optimisers/sophia-hessian.a")]
    [InlineData("optimisers/swan.a")]
    public void Recorded_steps_are_reproduced(string file)
    {
        var result = Assert.Single(Verifier.Run([Path.Combine(ParityFiles.Root, file + ".safetensors")]));
        Assert.Null(result.Reason);
        Assert.True(result.Passed);
        Assert.NotNull(result.Worst);
    }
}
