using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

public sealed class FusedLinearTests
{
    [Theory]
    [InlineData("none", new long[] { 4, 9, 17 }, 23)]
    [InlineData("gelu", new long[] { 2, 100, 32 }, 48)]
    [InlineData("gelu_tanh", new long[] { 5, 16 }, 3)]
    [InlineData("silu", new long[] { 1, 1, 8 }, 1)]
    [InlineData("gelu", new long[] { 7 }, 5)]
    public void Agrees_with_its_formula(string activation, long[] shape, long width)
    {
        var low = (Tensor t) => t.Detach().To(DType.BFloat16);
        FusedCheck.Agrees(
            t => t[0].FusedLinear(t[1], t[2], null, activation),
            t => Activate(t[0].Linear(t[1], t[2]), activation),
            [new(shape, DType.Float32), new([width, shape[^1]], DType.Float32, Scale: 0.3), new([width], DType.Float32)],
            2e-5,
            strided: true);
        FusedCheck.Agrees(
            t => t[0].FusedLinear(t[1], null, low(t[1]), activation),
            t => Activate(t[0].Linear(t[1]), activation),
            [new(shape, DType.BFloat16), new([width, shape[^1]], DType.Float32, Scale: 0.3)],
            3e-2,
            strided: true);
        FusedCheck.Agrees(
            t => t[0].FusedLinear(t[1], t[2], low(t[1]), activation),
            t => Activate(t[0].Linear(t[1], t[2]), activation),
            [new(shape, DType.Float32), new([width, shape[^1]], DType.Float32, Scale: 0.3), new([width], DType.Float32)],
            3e-2);
    }

    [Fact]
    public void Takes_matrices_however_they_lie_in_memory()
    {
        var transposed = (Tensor t) => t.Transpose(-1, -2);
        var columns = (Tensor t) => t.Narrow(-1, 3, 20);
        var repeated = (Tensor t) => t.Expand([300, 20]);
        var formula = (Tensor[] t) => t[0].Linear(t[1], t[2]).Gelu();
        foreach (var (shape, view) in new (long[], Func<Tensor, Tensor>)[] { ([20, 300], transposed), ([300, 40], columns), ([1, 20], repeated) })
            foreach (var (weight, weightView) in new (long[], Func<Tensor, Tensor>)[] { ([20, 70], transposed), ([70, 30], columns) })
                FusedCheck.Agrees(
                    t => t[0].FusedLinear(t[1], t[2], null, "gelu"),
                    t => formula(t),
                    [new(shape, DType.Float32, View: view), new(weight, DType.Float32, Scale: 0.3, View: weightView), new([70], DType.Float32)],
                    2e-5,
                    strided: true);
    }

    [Fact]
    public void The_low_copy_decides_the_type_and_the_weight_gets_the_gradient()
    {
        using var scope = Scope.Enter();
        var x = Ops.Ones([2, 3]);
        var weight = Ops.Ones([4, 3]);
        x.RequiresGrad = weight.RequiresGrad = true;
        var y = x.FusedLinear(weight, null, Ops.Full([4, 3], 2.0, DType.BFloat16), "none");
        Assert.Equal(DType.BFloat16, y.DType);
        Assert.Equal(6.0, y.Detach().ToArray<float>()[0]);
        y.Sum().Backward();
        Assert.Equal(DType.Float32, weight.Gradient!.DType);
        Assert.Equal(2.0, weight.Gradient!.ToArray<float>()[0]);
        Assert.Equal(8.0, x.Gradient!.ToArray<float>()[0]);
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void Frozen_inputs_get_no_gradient_and_change_nothing(bool input, bool weight, bool bias) =>
        FusedCheck.Agrees(
            t => t[0].FusedLinear(t[1], t[2], null, "gelu"),
            t => t[0].Linear(t[1], t[2]).Gelu(),
            [new([6, 10], DType.Float32, input), new([4, 10], DType.Float32, weight), new([4], DType.Float32, bias)],
            2e-5);

    [Theory]
    [InlineData("gelu")]
    [InlineData("gelu_tanh")]
    [InlineData("silu")]
    public void Activations_are_exact_to_a_millionth_over_their_whole_range(string activation)
    {
        using var scope = Scope.Enter();
        var x = Ops.Linspace(-12, 12, 4801).Unsqueeze(1);
        var one = Ops.Ones([1, 1]);
        x.RequiresGrad = true;
        var y = x.FusedLinear(one, null, null, activation);
        y.Sum().Backward();
        var value = y.Detach().ToArray<double>();
        var slope = x.Gradient!.ToArray<double>();
        var at = x.Detach().ToArray<double>();
        for (var k = 0; k < at.Length; k++)
        {
            var (expected, derivative) = Exact(activation, at[k]);
            // Far out, exp and x^3 of a float32 argument cannot be known better than the argument's own rounding.
            var slack = activation == "gelu_tanh" ? 1 + (0.1 * Math.Abs(at[k] * at[k] * at[k])) : 1 + Math.Abs(at[k]);
            Assert.True(Math.Abs(value[k] - expected) <= (1e-6 * slack * Math.Abs(expected)) + 1e-37, $"{activation}({at[k]}) = {value[k]:R}, exactly {expected:R}");
            Assert.True(Math.Abs(slope[k] - derivative) <= 1e-6 * (1 + Math.Abs(derivative)), $"slope at {at[k]} = {slope[k]:R}, exactly {derivative:R}");
        }
    }

    [Fact]
    public void Slopes_are_what_finite_differences_say() =>
        FusedCheck.FiniteDifferences(
            t => t[0].FusedLinear(t[1], t[2], null, "gelu"), [new([3, 4], DType.Float32), new([5, 4], DType.Float32), new([5], DType.Float32)]);

    [Fact]
    public void Float64_takes_the_composite_and_agrees_to_its_precision()
    {
        using var scope = Scope.Enter();
        using var generator = new Generator(3);
        var x = Ops.Empty([6, 4], DType.Float64).NormalInPlace(generator: generator);
        var weight = Ops.Empty([5, 4], DType.Float64).NormalInPlace(generator: generator);
        var expected = x.Matmul(weight.T()).Gelu();
        Assert.True(x.FusedLinear(weight, null, null, "gelu").Allclose(expected, 1e-12, 1e-12));
    }

    [Fact]
    public void An_unknown_activation_is_named_with_the_valid_ones()
    {
        using var scope = Scope.Enter();
        var error = Assert.Throws<TorchException>(() => Ops.Ones([2, 3]).FusedLinear(Ops.Ones([4, 3]), null, null, "relu"));
        Assert.Contains("linear: activation relu is not one of none, gelu, gelu_tanh, silu", error.Message, StringComparison.Ordinal);
    }

    private static Tensor Activate(Tensor z, string activation) =>
        activation switch { "gelu" => z.Gelu(), "gelu_tanh" => z.Gelu(tanh: true), "silu" => z * z.Sigmoid(), _ => z };

    private static (double Value, double Slope) Exact(string activation, double x)
    {
        switch (activation)
        {
            case "gelu":
                var share = LowerTail(x);
                return (x * share, share + (x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)));
            case "silu":
                var s = 1 / (1 + Math.Exp(-x));
                return (x * s, s * (1 + (x / (1 + Math.Exp(x)))));
            default:
                var c = Math.Sqrt(2 / Math.PI);
                var u = c * (x + (0.044715 * x * x * x));
                var p = 1 / (1 + Math.Exp(-2 * u));
                return (x * p, p + (x * p / (1 + Math.Exp(2 * u)) * 2 * c * (1 + (3 * 0.044715 * x * x))));
        }
    }

    // Normal distribution: a series near zero, Laplace's continued fraction in the tails.
    private static double LowerTail(double x)
    {
        var density = Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
        if (Math.Abs(x) < 3)
        {
            double sum = x, term = x;
            for (var n = 1; n < 100; n++)
            {
                term *= x * x / ((2 * n) + 1);
                sum += term;
            }

            return 0.5 + (density * sum);
        }

        var z = Math.Abs(x);
        var fraction = z;
        for (var n = 200; n >= 1; n--)
            fraction = z + (n / fraction);
        return x < 0 ? density / fraction : 1 - (density / fraction);
    }

    // The first few are small or wide and go through sgemm; the others are long sums, for which oneDNN has another way.
    [Theory]
    [InlineData(37, 20, 9)]
    [InlineData(64, 64, 300)]
    [InlineData(64, 64, 64)]
    [InlineData(130, 500, 97)]
    [InlineData(384, 1088, 384)]
    public void A_product_is_that_of_libtorch_however_its_factors_lie(int rows, int inner, int columns)
    {
        using var scope = Scope.Enter();
        using var generator = new Generator(3);
        var (a, b) = (Ops.Empty([rows, inner]).NormalInPlace(generator: generator), Ops.Empty([inner, columns]).NormalInPlace(generator: generator));
        var expected = a.To(DType.Float64).Mm(b.To(DType.Float64));
        var (turnedA, turnedB) = (a.T().Contiguous().T(), b.T().Contiguous().T());
        var (wideA, wideB) = (Ops.Cat([a, a], 1).Narrow(1, 0, inner), Ops.Cat([b, b], 1).Narrow(1, columns, columns));
        foreach (var (left, right) in new[] { (a, b), (turnedA, b), (a, turnedB), (turnedA, turnedB), (wideA, wideB) })
        {
            var product = left.FusedProduct(right);
            Assert.InRange((product.To(DType.Float64) - expected).Abs().Max().Item(), 0, 2e-6 * inner);
            Assert.True(product.Eq(left.FusedProduct(right)).All().Item() != 0, "the same product twice has other bits");
        }

        Assert.Contains("does not fit", Assert.Throws<TorchException>(() => a.FusedProduct(a.Narrow(0, 0, 3))).Message, StringComparison.Ordinal);
    }
}
