using Selfsame.Training;

namespace Selfsame.Tests.Training;

/// <summary>What may not change the weights.</summary>
public sealed class RepeatTests
{
    [Theory]
    [InlineData("self-flow", "data.workers=2")]
    [InlineData("self-flow", "data.workers=1")]
    [InlineData("self-flow", "data.workers=3")]
    [InlineData("mae", "data.workers=2")]
    [InlineData("mae", "data.workers=3")]
    public async Task The_same_seed_gives_the_same_bits(string system, string change)
    {
        using var folder = new TemporaryFolder();
        var pictures = TinyRun.Pictures(folder["pictures"], 19);  // so that epochs end within a batch
        var yaml = system == "mae" ? TinyRun.Mae : TinyRun.SelfFlow;
        await TinyRun.RunAsync(TinyRun.Load(yaml, pictures, "duration.steps=12"), folder["first"]);
        await TinyRun.RunAsync(TinyRun.Load(yaml, pictures, "duration.steps=12", change), folder["second"]);

        TinyRun.AssertSameTensors(folder["first"], folder["second"]);
    }

    [Fact]
    public async Task Another_seed_gives_other_weights()
    {
        using var folder = new TemporaryFolder();
        var pictures = TinyRun.Pictures(folder["pictures"], 19);
        await TinyRun.RunAsync(TinyRun.Load(TinyRun.Mae, pictures, "duration.steps=2"), folder["first"]);
        await TinyRun.RunAsync(TinyRun.Load(TinyRun.Mae, pictures, "duration.steps=2", "seed=5"), folder["second"]);

        Assert.NotEqual(TinyRun.Tensors(folder["first"])["model.safetensors"], TinyRun.Tensors(folder["second"])["model.safetensors"]);
    }

    [Fact]
    public async Task Micro_batches_count_as_one_step()
    {
        using var folder = new TemporaryFolder();
        var pictures = TinyRun.Pictures(folder["pictures"], 19);
        var whole = await TinyRun.RunAsync(TinyRun.Load(TinyRun.Mae, pictures, "duration.steps=10"), folder["whole"]);
        var parts = await TinyRun.RunAsync(TinyRun.Load(TinyRun.Mae, pictures, "duration.steps=10", "micro_batch=2"), folder["parts"]);

        Assert.Equal((whole.Steps, whole.Samples), (parts.Steps, parts.Samples));
        var state = Checkpoint.Read(new RunFolder(folder["parts"]).Checkpoint(10));
        Assert.Equal((10, 80, 80), (state.OptimizerSteps, state.Samples, state.Position));
        Assert.Equal(whole.FinalLoss, parts.FinalLoss, 0.1 * whole.FinalLoss);  // the same pictures under other masks
    }
}
