using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

public sealed class FusedAttentionTests
{
    private const double Lowest = -3.4028234663852886e38;

    [Theory]
    [InlineData(2, 5, 2, 8, DType.Float32)]
    [InlineData(1, 1, 3, 16, DType.Float32)]
    [InlineData(2, 17, 1, 7, DType.Float32)]
    [InlineData(2, 65, 2, 33, DType.Float32)]
    [InlineData(1, 300, 1, 32, DType.Float32)]
    [InlineData(1, 1030, 1, 8, DType.Float32)]
    [InlineData(2, 64, 3, 64, DType.BFloat16)]
    [InlineData(2, 33, 2, 7, DType.BFloat16)]
    [InlineData(3, 1, 2, 32, DType.BFloat16)]
    [InlineData(1, 301, 2, 32, DType.BFloat16)]
    public void Agrees_with_its_formula(long batch, long tokens, long heads, long width, DType type) =>
        FusedCheck.Agrees(
            t => t[0].FusedAttention(heads, 1 / Math.Sqrt(width), null),
            t => Reference(t[0], heads, 1 / Math.Sqrt(width), null),
            [new([batch, tokens, 3 * heads * width], type)],
            FusedCheck.Tolerance(type),
            strided: true);

    [Theory]
    [InlineData(1, 1, DType.Float32)]
    [InlineData(3, 1, DType.Float32)]
    [InlineData(1, 2, DType.BFloat16)]
    [InlineData(3, 2, DType.BFloat16)]
    public void Masks_agree_with_their_formula(long maskBatch, long maskHeads, DType type)
    {
        using var scope = Scope.Enter();
        using var generator = new Generator(8);
        var draws = Ops.Empty([maskBatch, maskHeads, 19, 19]).UniformInPlace(generator: generator);
        var allow = draws.Gt(0.4);
        allow.Select(2, 4).ZeroInPlace();  // one query may attend to nothing: equal weights, no gradient to the logits
        FusedCheck.Agrees(
            t => t[0].FusedAttention(2, 0.3, allow), t => Reference(t[0], 2, 0.3, allow), [new([3, 19, 3 * 2 * 8], type)], FusedCheck.Tolerance(type));
        FusedCheck.Agrees(
            t => t[0].FusedAttention(2, 0.3, draws), t => Reference(t[0], 2, 0.3, draws), [new([3, 19, 3 * 2 * 8], type)], FusedCheck.Tolerance(type));
        FusedCheck.Agrees(
            t => t[0].FusedAttention(2, 0.3, draws.Transpose(2, 3)), t => Reference(t[0], 2, 0.3, draws.Transpose(2, 3)), [new([3, 19, 3 * 2 * 8], type)], FusedCheck.Tolerance(type));
    }

    [Fact]
    public void A_mask_of_keys_alone_is_shared_by_all_queries()
    {
        using var scope = Scope.Enter();
        var allow = Tensor.From([true, false, true, true, false, true, true, true], [2, 1, 1, 4]);
        FusedCheck.Agrees(t => t[0].FusedAttention(1, 0.5, allow), t => Reference(t[0], 1, 0.5, allow), [new([2, 4, 12], DType.Float32)], 2e-5);
    }

    [Fact]
    public void A_learned_bias_gets_its_gradient() =>
        FusedCheck.Agrees(
            t => t[0].FusedAttention(2, 0.5, t[1]), t => Reference(t[0], 2, 0.5, t[1]), [new([2, 6, 24], DType.Float32), new([1, 2, 6, 6], DType.Float32)], 2e-5, sameKernel: false);

    [Fact]
    public void A_strided_projection_needs_no_copy() =>
        FusedCheck.Agrees(
            t => t[0].FusedAttention(2, 0.5, null), t => Reference(t[0], 2, 0.5, null), [new([6, 3, 24], DType.Float32, View: x => x.Transpose(0, 1))], 2e-5);

    [Fact]
    public void Large_logits_neither_overflow_nor_lose_the_winner()
    {
        using var scope = Scope.Enter();
        // One head of width 1: logits are products of q and k.
        var qkv = Tensor.From([200f, 200f, 1f, 200f, -200f, 2f], [1, 2, 3]);
        Assert.Equal([1f, 1f], qkv.FusedAttention(1, 1, null).ToArray<float>());
    }

    [Fact]
    public void Slopes_are_what_finite_differences_say() =>
        FusedCheck.FiniteDifferences(t => t[0].FusedAttention(2, 0.6, null), [new([1, 4, 18], DType.Float32)]);

    [Fact]
    public void A_width_that_heads_do_not_divide_is_refused()
    {
        using var scope = Scope.Enter();
        var error = Assert.Throws<TorchException>(() => Ops.Zeros([1, 2, 24]).FusedAttention(5, 1, null));
        Assert.Contains("attention: [1, 2, 24] does not hold query, key and value of 5 heads", error.Message, StringComparison.Ordinal);
    }

    private static Tensor Reference(Tensor qkv, long heads, double scale, Tensor? mask)
    {
        var (batch, tokens, model) = (qkv.Size(0), qkv.Size(1), qkv.Size(2) / 3);
        var parts = qkv.Reshape([batch, tokens, 3, heads, model / heads]).Permute([2, 0, 3, 1, 4]);
        var logits = parts.Select(0, 0).Matmul(parts.Select(0, 1).Transpose(-2, -1)) * scale;
        if (mask is not null)
            logits = mask.DType == DType.Bool ? logits.MaskedFill(mask.LogicalNot(), Lowest) : logits + mask.To(DType.Float64);
        return logits.Softmax(-1).Matmul(parts.Select(0, 2)).Transpose(1, 2).Reshape([batch, tokens, model]);
    }
}
