using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

/// <summary>What concerns the whole process: threads, and tensors alive.</summary>
[Collection(nameof(TensorCount))]
public sealed class OptimizerProcessTests
{
    public static TheoryData<string> All => OptimizerCases.All;

    [Theory, MemberData(nameof(All))]
    public void The_number_of_threads_does_not_change_a_bit(string name)
    {
        var threads = TorchRuntime.Threads;
        try
        {
            var weights = new[] { 1, 2 }.Select(count =>
            {
                TorchRuntime.Threads = count;
                using var bench = new OptimizerBench(9, low: true, [37, 31], [100_003], [64, 7, 5, 3], [999]);
                using var optimizer = OptimizerCases.Of(name).Build(bench.Arena, bench.Groups(new() { Decay = 0.1 }, new() { RateScale = 0.3 }));
                OptimizerTests.Run(bench, optimizer, 0, 3);
                return (Weights: bench.AllWeights(), Norm: GradientClipping.Measure(bench.Arena, 1));
            }).ToArray();
            Assert.True(weights[0].Weights.AsSpan().SequenceEqual(weights[1].Weights));
            Assert.Equal(weights[0].Norm, weights[1].Norm);
        }
        finally
        {
            TorchRuntime.Threads = threads;
        }
    }

    [Theory, MemberData(nameof(All))]
    public void A_step_leaves_no_tensor_behind_and_dispose_frees_the_state(string name)
    {
        using var bench = new OptimizerBench(7, low: true, [5, 7], [7], [3, 2, 2]);
        var before = TensorCount.Settled();
        using (var optimizer = OptimizerCases.Of(name).Build(bench.Arena))
        {
            optimizer.Rate = 0.01;
            optimizer.Step(GradientClipping.Measure(bench.Arena, 1).Factor);
            (optimizer as SophiaG)?.UpdateHessian();
            Assert.Equal(before + optimizer.State.Count, Tensor.LiveCount);
        }

        Assert.Equal(before, Tensor.LiveCount);
    }
}
