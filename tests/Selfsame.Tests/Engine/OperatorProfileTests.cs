using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

/// <summary>Counts of operators while a profile runs. It sees all threads, so no other test may run beside it.</summary>
[Collection(nameof(TensorCount))]
public sealed class OperatorProfileTests
{
    [Fact]
    public void Calls_and_arithmetic_of_both_passes_are_counted()
    {
        using var scope = Scope.Enter();
        var (x, weight) = (Ops.Ones([6, 4]), Ops.Ones([3, 4]));
        weight.RequiresGrad = true;

        var costs = OperatorProfile.Measure(() => x.FusedLinear(weight, null, null, "none").Sum().Backward());

        var product = costs.Single(cost => cost.Name is "aten::mm" or "selfsame::mm");
        Assert.Equal((2, 2 * 2.0 * 6 * 4 * 3), (product.Calls, product.Flops));  // x Wᵀ, and the gradient of W
        Assert.Equal(1, costs.Single(cost => cost.Name == "selfsame::linear").Calls);
        Assert.Equal(1, costs.Single(cost => cost.Name == "Linear (backward)").Calls);
        Assert.All(costs, cost => Assert.True(cost.Seconds >= 0));
    }

    [Fact]
    public void Without_kernels_plain_operators_run_and_then_kernels_again()
    {
        using var scope = Scope.Enter();
        var (x, weight) = (Ops.Ones([6, 4]), Ops.Ones([3, 4]));
        var names = new List<string[]>();

        Measure();
        FusedKernels.Without(Measure);
        Measure();

        Assert.Equal([false, true, false], names.Select(found => found.Contains("aten::gelu")));

        void Measure() => names.Add([.. OperatorProfile.Measure(() => x.FusedLinear(weight, null, null, "gelu")).Select(cost => cost.Name)]);
    }

    [Fact]
    public void Attention_counts_four_products_and_twice_that_backward()
    {
        using var scope = Scope.Enter();
        var qkv = Ops.Ones([2, 5, 3 * 8]);
        qkv.RequiresGrad = true;

        var costs = OperatorProfile.Measure(() => qkv.FusedAttention(2, 1, null).Sum().Backward());

        const double Forward = 4.0 * 2 * 5 * 5 * 8;  // two products of 2 FLOPs for every pair of tokens and value
        Assert.Equal(Forward, costs.Single(cost => cost.Name == "selfsame::attention").Flops);
        Assert.Equal(2 * Forward, costs.Single(cost => cost.Name == "SelfAttention (backward)").Flops);
    }

    [Fact]
    public void Time_counts_once_where_operators_call_others()
    {
        using var scope = Scope.Enter();
        var x = Ops.Ones([256, 256]);
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var costs = OperatorProfile.Measure(() => x.FusedLinear(x, null, null, "gelu").Dispose());

        Assert.InRange(costs.Sum(cost => cost.Seconds), 1e-9, clock.Elapsed.TotalSeconds);
    }

    [Fact]
    public void A_failure_ends_the_profile()
    {
        Assert.Throws<InvalidOperationException>(() => OperatorProfile.Measure(() => throw new InvalidOperationException()));

        Assert.DoesNotContain(OperatorProfile.Measure(static () => { }), cost => cost.Name == "aten::mm");
    }
}
