using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

public sealed class FusedLossTests
{
    [Theory]
    [InlineData(new long[] { 7 }, DType.Float32)]
    [InlineData(new long[] { 3, 5, 2500 }, DType.Float32)]
    [InlineData(new long[] { 40, 1001 }, DType.BFloat16)]
    public void Mean_squared_error_agrees_with_its_formula(long[] shape, DType type) =>
        FusedCheck.Agrees(
            t => t[0].FusedMeanSquaredError(t[1]), t => (t[0] - t[1]).Square().Mean(), [new(shape, type), new(shape, DType.Float32)], type == DType.Float32 ? 2e-6 : 5e-3);

    [Theory]
    [InlineData(new long[] { 16 }, DType.Float32, DType.Float32)]
    [InlineData(new long[] { 3, 5, 33 }, DType.Float32, DType.BFloat16)]
    [InlineData(new long[] { 700, 64 }, DType.BFloat16, DType.Float32)]
    [InlineData(new long[] { 4, 2 }, DType.Float32, DType.Float32)]
    public void Cosine_distance_agrees_with_its_formula(long[] shape, DType first, DType second) =>
        FusedCheck.Agrees(
            t => t[0].CosineDistance(t[1], 1e-8),
            t => 1.0 - ((t[0] * t[1]).Sum(-1, false) / (t[0].VectorNorm(2, [-1]).ClampMin(1e-8) * t[1].VectorNorm(2, [-1]).ClampMin(1e-8))),
            [new(shape, first), new(shape, second)],
            first == DType.Float32 && second == DType.Float32 ? 2e-5 : 1e-2);

    [Fact]
    public void Cosine_distance_of_known_vectors()
    {
        using var scope = Scope.Enter();
        var a = Tensor.From([1f, 0f, 3f, 4f, 0f, 0f], [3, 2]);
        var b = Tensor.From([0f, 2f, -3f, -4f, 1f, 0f], [3, 2]);
        var distance = a.CosineDistance(b, 1e-8).ToArray<float>();
        Assert.Equal(1f, distance[0], 1e-6f);
        Assert.Equal(2f, distance[1], 1e-6f);
        Assert.Equal(1f, distance[2], 1e-6f);
    }

    [Fact]
    public void A_norm_at_the_clamp_is_a_constant_for_the_gradient() =>
        FusedCheck.Agrees(
            t => t[0].CosineDistance(t[1], 100),
            t => 1.0 - ((t[0] * t[1]).Sum(-1, false) / (100.0 * 100.0)),
            [new([5, 8], DType.Float32), new([5, 8], DType.Float32)],
            2e-5);

    [Theory]
    [InlineData(3, 5, DType.Float32, 1)]
    [InlineData(130, 1000, DType.Float32, 20)]
    [InlineData(64, 33, DType.BFloat16, 1)]
    [InlineData(2, 1, DType.Float32, 1)]
    public void Cross_entropy_agrees_with_its_formula(long rows, long classes, DType type, double scale)
    {
        using var scope = Scope.Enter();
        var target = Tensor.From<long>([.. Enumerable.Range(0, (int)rows).Select(k => k * 13L % classes)]);
        FusedCheck.Agrees(
            t => t[0].FusedCrossEntropy(target),
            t => -t[0].LogSoftmax(1).Gather(1, target.Unsqueeze(1)).Mean(),
            [new([rows, classes], type, Scale: scale)],
            FusedCheck.Tolerance(type));
    }

    [Fact]
    public void Equal_logits_cost_the_logarithm_of_the_classes()
    {
        using var scope = Scope.Enter();
        Assert.Equal(Math.Log(10), Ops.Zeros([4, 10]).FusedCrossEntropy(Tensor.From([0L, 3L, 9L, 1L])).Item(), 1e-6);
    }

    [Fact]
    public void A_class_that_does_not_exist_is_refused()
    {
        using var scope = Scope.Enter();
        var error = Assert.Throws<TorchException>(() => Ops.Zeros([2, 3]).FusedCrossEntropy(Tensor.From([0L, 3L])));
        Assert.Contains("cross_entropy: row 1 has class 3; there are 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Slopes_are_what_finite_differences_say()
    {
        using var scope = Scope.Enter();
        var target = Tensor.From([2L, 0L]);
        FusedCheck.FiniteDifferences(t => t[0].FusedMeanSquaredError(t[1]), [new([2, 3], DType.Float32), new([2, 3], DType.Float32)]);
        FusedCheck.FiniteDifferences(t => t[0].CosineDistance(t[1], 1e-8), [new([2, 5], DType.Float32), new([2, 5], DType.Float32)]);
        FusedCheck.FiniteDifferences(t => t[0].FusedCrossEntropy(target), [new([2, 3], DType.Float32)]);
    }

    [Fact]
    public void Inference_mode_gives_the_same_loss()
    {
        using var scope = Scope.Enter();
        var a = Ops.Ones([3, 4]);
        var b = Ops.Full([3, 4], 3.0);
        using var mode = InferenceMode.Enter();
        Assert.Equal(4, a.FusedMeanSquaredError(b).Item());
        Assert.Equal(0, a.CosineDistance(b, 1e-8).Sum().Item(), 1e-6);
    }
}
