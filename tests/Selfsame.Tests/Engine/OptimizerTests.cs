using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

public sealed class OptimizerTests
{
    private static readonly long[][] Shapes = [[5, 7], [7], [3, 2, 2], [130]];

    public static TheoryData<string> All => OptimizerCases.All;

    [Theory, MemberData(nameof(All))]
    public void A_restored_optimizer_goes_on_bit_for_bit(string name)
    {
        var settings = OptimizerCases.Of(name);
        using var unbroken = new OptimizerBench(7, low: true, Shapes);
        using var optimizer = settings.Build(unbroken.Arena, unbroken.Groups(new ParameterGroup { Decay = 0.1 }));
        Run(unbroken, optimizer, 0, 3);

        using var resumed = new OptimizerBench(8, low: true, Shapes);
        using (GradMode.Off())
            resumed.Arena.Weights.CopyFrom(unbroken.Arena.Weights);
        using var restored = settings.Build(resumed.Arena, resumed.Groups(new ParameterGroup { Decay = 0.1 }));
        restored.Restore(optimizer.StepCount, optimizer.State.ToDictionary(entry => entry.Name, entry => entry.Value));

        Run(unbroken, optimizer, 3, 6);
        Run(resumed, restored, 3, 6);
        Assert.Equal(6, restored.StepCount);
        Assert.Equal(unbroken.AllWeights(), resumed.AllWeights());
        Assert.All(optimizer.State.Zip(restored.State), pair => Assert.True(pair.First.Value.ContentEquals(pair.Second.Value)));
    }

    [Theory, MemberData(nameof(All))]
    public void Frozen_parameters_stay_and_the_others_do_not_notice(string name)
    {
        var settings = OptimizerCases.Of(name);
        using var bench = new OptimizerBench(7, low: true, Shapes);
        var before = bench.AllWeights();
        using var optimizer = settings.Build(bench.Arena, bench.Groups(new() { Decay = 0.1 }, new() { Frozen = true, Decay = 0.1 }));
        Assert.Equal([true, false, true, false], bench.Parameters.Select(p => p.Value.RequiresGrad));
        using (GradMode.Off())
            bench.Arena.Gradients!.FillInPlace(0.5);
        optimizer.Rate = 0.1;
        optimizer.Step();

        using var free = new OptimizerBench(7, low: true, Shapes);
        using var all = settings.Build(free.Arena, free.Groups(new ParameterGroup { Decay = 0.1 }));
        using (GradMode.Off())
            free.Arena.Gradients!.FillInPlace(0.5);
        all.Rate = 0.1;
        all.Step();
        for (var k = 0; k < Shapes.Length; k++)
        {
            var start = before.AsSpan((int)bench.Arena.Offset(k), bench.Values(k).Length).ToArray();
            Assert.Equal(k % 2 == 1 ? start : free.Values(k), bench.Values(k));
            Assert.NotEqual(start, free.Values(k));
        }
    }

    [Theory, MemberData(nameof(All))]
    public void The_low_copy_is_the_rounded_weights(string name)
    {
        using var bench = new OptimizerBench(7, low: true, Shapes);
        using var optimizer = OptimizerCases.Of(name).Build(bench.Arena, bench.Groups(new() { Decay = 0.1 }, new() { RateScale = 0.3 }, new() { Frozen = true }));
        Run(bench, optimizer, 0, 2);
        using var scope = Scope.Enter();
        Assert.True(bench.Arena.Low!.ContentEquals(bench.Arena.Weights.To(DType.BFloat16)));
        Assert.True(bench.Parameters[0].Low!.ContentEquals(bench.Parameters[0].Value.Detach().To(DType.BFloat16)));
    }

    [Theory]
    [InlineData("adamw")]
    [InlineData("adamw-amsgrad")]
    [InlineData("adam")]
    [InlineData("sgd-nesterov")]
    [InlineData("sophia")]
    public void One_segment_and_many_give_the_same_bits(string name)
    {
        // Scales of 1 and the next number above it are different settings, and round to the same float.
        var next = new ParameterGroup { Decay = 0.1, RateScale = Math.BitIncrement(1.0) };
        using var one = new OptimizerBench(9, low: false, Shapes);
        using var many = new OptimizerBench(9, low: false, Shapes);
        using var merged = OptimizerCases.Of(name).Build(one.Arena, one.Groups(new ParameterGroup { Decay = 0.1 }));
        using var split = OptimizerCases.Of(name).Build(many.Arena, many.Groups(new() { Decay = 0.1 }, next));
        Run(one, merged, 0, 3);
        Run(many, split, 0, 3);
        Assert.Equal(one.AllWeights(), many.AllWeights());
    }

    [Fact]
    public void Parameters_can_be_frozen_and_thawed_between_steps()
    {
        using var bench = new OptimizerBench(7, low: false, Shapes);
        using var optimizer = new SgdSettings().Build(bench.Arena);
        optimizer.Groups = bench.Groups(new() { Frozen = true }, new());
        var (first, second) = (bench.Values(0), bench.Values(1));
        Run(bench, optimizer, 0, 1);
        Assert.Equal(first, bench.Values(0));
        Assert.NotEqual(second, bench.Values(1));
        optimizer.Groups = bench.Groups(new ParameterGroup());
        Run(bench, optimizer, 1, 2);
        Assert.NotEqual(first, bench.Values(0));
        Assert.True(bench.Parameters[0].Value.RequiresGrad);
    }

    [Fact]
    public void The_backward_pass_fills_the_arena_and_skips_what_is_frozen()
    {
        using var bench = new OptimizerBench(7, low: false, [3], [3]);
        using var optimizer = new SgdSettings { Momentum = 0 }.Build(bench.Arena, [new(), new() { Frozen = true }]);
        optimizer.Rate = 0.5;
        var before = bench.Values(0);
        using (Scope.Enter())
            (bench.Parameters[0].Value * bench.Parameters[1].Value).Sum().Backward();
        Assert.Equal(bench.Values(1), bench.Gradients(0));
        Assert.Equal(new float[3], bench.Gradients(1));
        optimizer.Step();
        Assert.Equal(before.Zip(bench.Values(1), (w, g) => w - (0.5f * g)), bench.Values(0));
        optimizer.ClearGradients();
        Assert.Equal(new float[3], bench.Gradients(0));
    }

    [Fact]
    public void Errors_say_what_was_wrong_and_what_to_do()
    {
        using var bench = new OptimizerBench(7, low: false, Shapes);
        using var optimizer = new AdamWSettings().Build(bench.Arena);
        Assert.Equal("AdamW.Rate was never set; set it before Step.", Assert.Throws<InvalidOperationException>(() => optimizer.Step()).Message);
        Assert.StartsWith("there are 1 groups for 4 parameters; give one for each, in the order of the arena",
            Assert.Throws<ArgumentException>(() => new AdamWSettings().Build(bench.Arena, [new()])).Message, StringComparison.Ordinal);
        using var saved = Ops.Zeros([3]);
        Assert.StartsWith(
            $"the saved state does not fit AdamW: exp_avg is float32(3), expected float32({bench.Arena.Size}); exp_avg_sq is missing; momentum_buffer is no state of AdamW. Was it saved by the same optimizer and model?",
            Assert.Throws<ArgumentException>(() => optimizer.Restore(1, new Dictionary<string, Tensor> { ["momentum_buffer"] = saved, ["exp_avg"] = saved })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SgdSettings { Nesterov = true, Momentum = 0 }.Build(bench.Arena));
        Assert.Throws<ArgumentException>(() => new LarsSettings { ClipRate = true }.Build(bench.Arena));
        Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Rate = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamWSettings { Beta2 = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup { Decay = double.NaN });
    }

    internal static void Run(OptimizerBench bench, Optimizer optimizer, int from, int to)
    {
        for (var t = from; t < to; t++)
        {
            bench.SetGradients((ulong)t);
            optimizer.Rate = 0.01 * (1 + t);
            optimizer.Step();
            (optimizer as SophiaG)?.UpdateHessian();
        }
    }
}
