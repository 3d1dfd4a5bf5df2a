using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

/// <summary>The fused steps against the composed ones, which other devices use and float64 reaches on the CPU.</summary>
public sealed class OptimizerOperatorTests
{
    private const int Count = 50_003; // several blocks, and a rest that fills no vector
    private static readonly long[] Bounds = [0, 17, 20_000, 30_001, Count];
    private static readonly double[] Rates = [0.1, 0.2, -1, 0.05];
    private static readonly double[] Decays = [0, 0.1, 0.1, 0.3];
    private static readonly double[] Gains = [1, 0.5, 1, 2];

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void AdamW(bool maximum, bool coupled) => Compare((w, g, m, v, p) =>
    {
        for (var step = 1; step <= 3; step++)
            w.AdamWStepInPlace(g, m, v, maximum ? p : null, null, null, Bounds, Rates, Decays, 0.1, 0.9, 0.99, 1e-6, step, 0.5, 0, coupled);
        return w;
    });

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Momentum(bool buffer, bool nesterov) => Compare((w, g, m, _, _) =>
    {
        for (var step = 0; step < 3; step++)
            w.MomentumStepInPlace(g, buffer ? m : null, null, Bounds, Rates, Decays, Gains, 0.9, 0.8, nesterov, 0.5);
        return w;
    });

    [Fact]
    public void Lamb() => Compare((w, g, m, v, _) =>
    {
        var norms = Ops.LambMomentsInPlace(m, v, g, w, Bounds, Rates, Decays, 0.9, 0.99, 1e-6, 0.5);
        w.LambStepInPlace(m, v, null, Bounds, Rates, Decays, 1e-6);
        return norms;
    });

    [Fact]
    public void Sophia() => Compare((w, g, m, v, _) =>
    {
        v.CopyFrom(g.Square());
        w.SophiaStepInPlace(g, m, v, null, Bounds, Rates, Decays, 0.9, 0.5, 0.5);
        return w;
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Norms(bool maximum) => Compare((w, g, m, _, _) =>
    {
        m.CopyFrom(g * g);
        return w.SegmentNorms(g, m, Bounds, Decays, 0.5, 0.9, maximum);
    });

    private static void Compare(Func<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor> compute)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var generator = new Generator(4);
        var (weights, gradients) = (Ops.Empty([Count]).NormalInPlace(generator: generator), Ops.Empty([Count]).NormalInPlace(generator: generator));
        var both = new[] { DType.Float32, DType.Float64 }.Select(type =>
        {
            var state = Enumerable.Range(0, 3).Select(_ => Ops.Zeros([Count], type)).ToArray();
            var w = weights.To(type, copy: true);
            var result = compute(w, gradients.To(type, copy: true), state[0], state[1], state[2]);
            return new[] { result, w, state[0], state[1], state[2] }.Select(tensor => tensor.ToArray<double>()).ToArray();
        }).ToArray();
        for (var k = 0; k < both[0].Length; k++)
        {
            for (var i = 0; i < both[0][k].Length; i++)
                Assert.Equal(both[1][k][i], both[0][k][i], 2e-6 + (2e-5 * Math.Abs(both[1][k][i])));
        }

        Assert.NotEqual(weights.ToArray<double>()[..17], both[1][0][..Math.Min(17, both[1][0].Length)]);
    }
}
