using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

/// <summary>Layer normalization, modulation and the residual stream.</summary>
public sealed class FusedRowsTests
{
    private const double Epsilon = 1e-6;

    public enum Grouping
    {
        Shared,
        Own,
        ByGroup,
    }

    [Theory]
    [InlineData(new long[] { 3, 5, 16 }, DType.Float32, DType.Float32)]
    [InlineData(new long[] { 2, 150, 33 }, DType.Float32, DType.BFloat16)]
    [InlineData(new long[] { 7, 1 }, DType.Float32, DType.Float32)]
    [InlineData(new long[] { 384 }, DType.BFloat16, DType.BFloat16)]
    [InlineData(new long[] { 1, 200, 100 }, DType.BFloat16, DType.Float32)]
    public void Layer_norm_agrees_with_its_formula(long[] shape, DType input, DType output)
    {
        var width = shape[^1];
        FusedCheck.Agrees(
            t => t[0].FusedLayerNorm(t[1], t[2], Epsilon, output),
            t => t[0].LayerNorm([width], t[1], t[2], Epsilon),
            [new(shape, input), new([width], DType.Float32), new([width], DType.Float32)],
            Math.Max(FusedCheck.Tolerance(input), FusedCheck.Tolerance(output)));
        FusedCheck.Agrees(
            t => t[0].FusedLayerNorm(null, null, Epsilon, output),
            t => t[0].LayerNorm([width], null, null, Epsilon),
            [new(shape, input)],
            Math.Max(FusedCheck.Tolerance(input), FusedCheck.Tolerance(output)));
    }

    [Fact]
    public void Layer_norm_takes_a_strided_input()
    {
        FusedCheck.Agrees(
            t => t[0].FusedLayerNorm(t[1], null, Epsilon, DType.Float32),
            t => t[0].LayerNorm([12], t[1], null, Epsilon),
            [new([4, 12, 6], DType.Float32, View: x => x.Transpose(1, 2)), new([12], DType.Float32)],
            2e-5,
            strided: true);
    }

    [Theory]
    [InlineData(2, 5, 16, Grouping.Shared, DType.Float32, DType.Float32)]
    [InlineData(2, 5, 16, Grouping.Own, DType.Float32, DType.Float32)]
    [InlineData(2, 5, 16, Grouping.ByGroup, DType.Float32, DType.Float32)]
    [InlineData(1, 300, 31, Grouping.ByGroup, DType.Float32, DType.Float32)]
    [InlineData(1, 300, 31, Grouping.Shared, DType.Float32, DType.BFloat16)]
    [InlineData(3, 1, 40, Grouping.Own, DType.BFloat16, DType.BFloat16)]
    [InlineData(4, 64, 48, Grouping.ByGroup, DType.BFloat16, DType.BFloat16)]
    public void Modulation_agrees_with_its_formula(long batch, long tokens, long width, Grouping grouping, DType modulation, DType output)
    {
        using var scope = Scope.Enter();
        var group = Group(grouping, batch, tokens);
        var groups = Groups(grouping, tokens);
        Tensor Part(Tensor t, long k) => t.Narrow(2, k * width, width);  // strided, as a modulation network's output is
        FusedCheck.Agrees(
            t => t[0].NormModulate(Part(t[1], 1), Part(t[1], 2), group, Epsilon, output),
            t => (t[0].LayerNorm([width], null, null, Epsilon) * (Rows(Part(t[1], 2), group) + 1.0)) + Rows(Part(t[1], 1), group),
            [new([batch, tokens, width], DType.Float32), new([batch, groups, 6 * width], modulation)],
            Math.Max(FusedCheck.Tolerance(modulation), FusedCheck.Tolerance(output)));
    }

    [Theory]
    [InlineData(2, 5, 16, Grouping.Shared, DType.Float32, DType.Float32)]
    [InlineData(2, 5, 17, Grouping.Own, DType.Float32, DType.BFloat16)]
    [InlineData(2, 70, 16, Grouping.ByGroup, DType.BFloat16, DType.BFloat16)]
    [InlineData(1, 500, 9, Grouping.ByGroup, DType.Float32, DType.Float32)]
    public void Gated_add_agrees_with_its_formula(long batch, long tokens, long width, Grouping grouping, DType modulation, DType branch)
    {
        using var scope = Scope.Enter();
        var group = Group(grouping, batch, tokens);
        FusedCheck.Agrees(
            t => t[0].GatedAdd(t[1], t[2].Narrow(2, width, width), group),
            t => t[0] + (Rows(t[2].Narrow(2, width, width), group) * t[1]),
            [new([batch, tokens, width], DType.Float32), new([batch, tokens, width], branch), new([batch, Groups(grouping, tokens), 2 * width], modulation)],
            Math.Max(FusedCheck.Tolerance(modulation), FusedCheck.Tolerance(branch)),
            strided: true);
    }

    [Theory]
    [InlineData(new long[] { 2, 150, 33 }, DType.Float32)]
    [InlineData(new long[] { 3, 16 }, DType.BFloat16)]
    [InlineData(new long[] { 1, 1, 1 }, DType.BFloat16)]
    public void Scaled_and_plain_residuals_agree_with_their_formulas(long[] shape, DType branch)
    {
        FusedCheck.Agrees(
            t => t[0].ScaledAdd(t[1], t[2]), t => t[0] + (t[2] * t[1]), [new(shape, DType.Float32), new(shape, branch), new([shape[^1]], DType.Float32)], FusedCheck.Tolerance(branch), strided: true);
        FusedCheck.Agrees(
            t => t[0].ResidualAdd(t[1]), t => t[0] + t[1], [new(shape, DType.Float32), new(shape, branch)], FusedCheck.Tolerance(branch), strided: true);
    }

    [Fact]
    public void Slopes_are_what_finite_differences_say()
    {
        using var scope = Scope.Enter();
        var group = Tensor.From([1L, 0, 1, 1, 0, 0], [2, 3]);
        FusedCheck.FiniteDifferences(
            t => t[0].NormModulate(t[1], t[2], group, Epsilon, DType.Float32),
            [new([2, 3, 5], DType.Float32), new([2, 2, 5], DType.Float32), new([2, 2, 5], DType.Float32)]);
        FusedCheck.FiniteDifferences(
            t => t[0].GatedAdd(t[1], t[2], group), [new([2, 3, 4], DType.Float32), new([2, 3, 4], DType.Float32), new([2, 2, 4], DType.Float32)]);
        FusedCheck.FiniteDifferences(
            t => t[0].FusedLayerNorm(t[1], t[2], Epsilon, DType.Float32), [new([3, 5], DType.Float32), new([5], DType.Float32), new([5], DType.Float32)]);
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void Frozen_inputs_change_nothing(bool first, bool second, bool third)
    {
        FusedCheck.Agrees(
            t => t[0].NormModulate(t[1], t[2], null, Epsilon, DType.Float32),
            t => (t[0].LayerNorm([8], null, null, Epsilon) * (t[2] + 1.0)) + t[1],
            [new([2, 5, 8], DType.Float32, first), new([2, 1, 8], DType.Float32, second), new([2, 1, 8], DType.Float32, third)],
            2e-5);
        FusedCheck.Agrees(
            t => t[0].GatedAdd(t[1], t[2], null),
            t => t[0] + (t[1] * t[2]),
            [new([2, 5, 8], DType.Float32, first), new([2, 5, 8], DType.Float32, second), new([2, 1, 8], DType.Float32, third)],
            2e-5);
    }

    [Fact]
    public void A_plain_vector_is_normalized_to_known_values()
    {
        using var scope = Scope.Enter();
        var y = Tensor.From([1f, 2f, 3f, 4f]).FusedLayerNorm(null, null, 0, DType.Float32).ToArray<float>();
        var unit = 1 / Math.Sqrt(1.25);
        Assert.Equal(-1.5 * unit, y[0], 1e-6);
        Assert.Equal(0.5 * unit, y[2], 1e-6);
    }

    [Fact]
    public void A_group_that_does_not_exist_is_refused()
    {
        using var scope = Scope.Enter();
        var x = Ops.Zeros([1, 2, 4]);
        var rows = Ops.Zeros([1, 2, 4]);
        var error = Assert.Throws<TorchException>(() => x.NormModulate(rows, rows, Tensor.From([0L, 2L], [1, 2]), Epsilon, DType.Float32));
        Assert.Contains("norm_modulate: token 1 has group 2; there are 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_derivative_is_refused_rather_than_wrong()
    {
        using var scope = Scope.Enter();
        var x = Ops.Ones([2, 4]);
        x.RequiresGrad = true;
        var y = x.FusedLayerNorm(null, null, Epsilon, DType.Float32).Sum();
        var error = Assert.Throws<TorchException>(() => y.Gradients([x], createGraph: true));
        Assert.Contains("selfsame::layer_norm has no second derivative", error.Message, StringComparison.Ordinal);
    }

    private static long Groups(Grouping grouping, long tokens) => grouping switch { Grouping.Shared => 1, Grouping.Own => tokens, _ => 3 };

    private static Tensor? Group(Grouping grouping, long batch, long tokens)
    {
        if (grouping != Grouping.ByGroup)
            return null;
        var values = new long[batch * tokens];
        for (var k = 0; k < values.Length; k++)
            values[k] = k * 7 % 11 % 3;
        return Tensor.From<long>(values, [batch, tokens]);
    }

    private static Tensor Rows(Tensor table, Tensor? group) =>
        group is null ? table : table.Gather(1, group.Unsqueeze(-1).Expand([-1, -1, table.Size(2)]));
}
