using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

[Collection(nameof(TensorCount))]
public sealed class TensorTests
{
    [Fact]
    public void Every_declared_operator_fits_the_library() => Assert.True(TorchRuntime.CheckOperators() > 150);

    [Fact]
    public void Gradients_of_a_product_are_the_other_factor()
    {
        using var scope = Scope.Enter();
        var a = Tensor.From([1f, 2f, 3f]);
        var b = Tensor.From([4f, 5f, 6f]);
        a.RequiresGrad = true;
        (a * b).Sum().Backward();
        Assert.Equal([4f, 5f, 6f], a.Gradient!.ToArray<float>());
    }

    [Fact]
    public void A_refused_call_names_operator_shapes_and_types()
    {
        using var scope = Scope.Enter();
        var a = Ops.Zeros([2, 3]);
        var b = Ops.Zeros([4, 5], DType.Float64);
        var error = Assert.Throws<TorchException>(() => a.Matmul(b));
        Assert.StartsWith("aten::matmul(float32(2, 3), float64(4, 5)): ", error.Message, StringComparison.Ordinal);
        Assert.Equal("aten::matmul", error.Operator);
    }

    [Fact]
    public void A_scope_frees_what_was_born_in_it_except_what_was_moved_out()
    {
        var before = Tensor.LiveCount;
        Tensor kept;
        using (var scope = Scope.Enter())
        {
            var a = Ops.Ones([8]);
            var b = a + a;
            kept = scope.MoveOut(b * 2.0);
        }

        Assert.Equal(before + 1, Tensor.LiveCount);
        Assert.Equal(32, kept.Sum().Item());
        kept.Dispose();
    }

    [Fact]
    public void Scopes_nest_and_hand_tensors_outwards()
    {
        using var outer = Scope.Enter();
        Tensor moved;
        using (var inner = Scope.Enter())
            moved = inner.MoveOut(Ops.Ones([3]));
        Assert.Equal(3, moved.Sum().Item());
        outer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => moved.DType);
    }

    [Fact]
    public void Exact_gelu_backward_survives_a_strided_gradient()
    {
        using var scope = Scope.Enter();
        using var generator = new Generator(1);
        var x = Ops.Empty([4, 32, 24]).NormalInPlace(generator: generator);
        var weight = Ops.Empty([4, 24, 32]).NormalInPlace(generator: generator);
        x.RequiresGrad = true;
        (x.Gelu().Transpose(1, 2) * weight).Sum().Backward();
        var values = x.Detach().ToArray<float>();
        var weights = weight.Transpose(1, 2).ToArray<float>();
        var gradient = x.Gradient!.ToArray<float>();
        for (var k = 0; k < values.Length; k++)
        {
            var v = (double)values[k];
            var density = Math.Exp(-v * v / 2) / Math.Sqrt(2 * Math.PI);
            var step = 1e-4;
            var cdf = 0.5 * (1 + Erf(v / Math.Sqrt(2)));
            Assert.Equal(weights[k] * (cdf + (v * density)), gradient[k], 1e-4 + (step * Math.Abs(weights[k])));
        }
    }

    [Fact]
    public void Equal_seeds_give_equal_draws()
    {
        using var scope = Scope.Enter();
        using var first = new Generator(42);
        using var second = new Generator(42);
        using var third = new Generator(43);
        var a = Ops.Empty([100]).NormalInPlace(generator: first).ToArray<float>();
        Assert.Equal(a, Ops.Empty([100]).NormalInPlace(generator: second).ToArray<float>());
        Assert.NotEqual(a, Ops.Empty([100]).NormalInPlace(generator: third).ToArray<float>());
    }

    [Fact]
    public void A_thousand_operators_leave_no_tensor_behind()
    {
        var before = Tensor.LiveCount;
        for (var k = 0; k < 1000; k++)
        {
            using var scope = Scope.Enter();
            var a = Ops.Ones([16]);
            a.RequiresGrad = true;
            ((a * 2.0) + a).Sum().Backward();
        }

        Assert.Equal(before, Tensor.LiveCount);
    }

    // Abramowitz and Stegun 7.1.26 is too coarse here; a series is exact enough for |x| < 6.
    private static double Erf(double x)
    {
        double sum = x, term = x;
        for (var n = 1; n < 120; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
