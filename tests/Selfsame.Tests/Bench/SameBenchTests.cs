using Selfsame.Cli.Bench;
using Selfsame.Tests.Engine;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Bench;

/// <summary>The switch of the kernels is the process's, so no other test may run beside it.</summary>
[Collection(nameof(TensorCount))]
public sealed class SameBenchTests
{
    [Fact]
    public void Curves_become_mean_differences()
    {
        var result = SameBenchmark.Compare("x", "fp32", fused: [2, 1.1], plain: [2, 1], rounded: [2, 1.4]);

        Assert.Equal(("x", "fp32", 2, 2.0, 1.1), (result.Name, result.Precision, result.Steps, result.First, result.Last));
        Assert.Equal(0.05, result.Difference, 12);
        Assert.Equal(0.2, result.Noise, 12);
    }

    [Fact]
    public void Kernels_train_as_plain_operators_do()
    {
        var (result, curves) = SameBenchmark.Run("mae-small", BenchRecipe.MaskedAutoencoder, steps: 3, batch: 2, new BenchSettings(), CancellationToken.None);

        Assert.Equal((3, 3, 3), (curves.Fused.Count, curves.Plain.Count, curves.Rounded.Count));
        Assert.InRange(result.Difference, 0, 1e-4);
        Assert.NotEqual(curves.Plain, curves.Rounded);
    }

    [Theory]
    [InlineData(BenchRecipe.Data2Vec)]
    [InlineData(BenchRecipe.Clip)]
    public void Steps_of_a_recipe_lower_the_loss_of_its_batch(string recipe)
    {
        var (loaded, model) = BenchRecipe.Load(recipe, changes: ["batch=4", "optimizer.rate=1e-4"]);
        using var step = new RecipeStep(loaded, model, new ComputePrecision(Low: false, Device.Cpu));

        var losses = Enumerable.Range(0, 6).Select(_ => step.Run()).ToArray();

        Assert.True(losses[^1] < losses[0], string.Join(", ", losses));
    }

    [Theory]
    [InlineData("Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t 1 kB\n", 2048L * 1024)]
    [InlineData("Name:\tx\n", null)]
    public void The_most_memory_is_read_from_the_process_status(string status, long? bytes) => Assert.Equal(bytes, PeakMemory.Parse(status));
}
