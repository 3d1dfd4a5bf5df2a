using FsCheck;
using FsCheck.Fluent;
using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

public sealed class OptimizerFormulaTests
{
    private static readonly double[] Rates = [0.01, 0.02, 0.005, 0.03];

    public static TheoryData<string> Elementwise => OptimizerCases.Elementwise;

    [Theory, MemberData(nameof(Elementwise))]
    public void Steps_follow_the_formula_with_rates_scales_and_decay_of_their_own(string name)
    {
        var settings = OptimizerCases.Of(name);
        using var bench = new OptimizerBench(3, low: false, [5, 7], [7], [3, 2, 2], [1], [131]);
        ParameterGroup[] groups = bench.Groups(new() { Decay = 0.1 }, new() { RateScale = 0.5 }, new() { RateScale = 2, Decay = 0.3, Adapt = true });
        var formulas = bench.Parameters.Select((p, k) =>
            new OptimizerFormula(settings, groups[k], groups[k].Adapt ?? (settings is not LarsSettings || p.Value.Dimensions > 1), bench.Values(k))).ToArray();
        using var optimizer = settings.Build(bench.Arena, groups);
        for (var t = 0; t < Rates.Length; t++)
        {
            if (optimizer is SophiaG sophia && t % 2 == 0)
            {
                bench.SetGradients(seed: 100 + (ulong)t, 0.2);
                sophia.UpdateHessian();
                for (var k = 0; k < formulas.Length; k++)
                    formulas[k].UpdateHessian(bench.Gradients(k), 0.99);
            }

            bench.SetGradients(seed: (ulong)t, 0.3);
            optimizer.Rate = Rates[t];
            optimizer.Step();
            for (var k = 0; k < formulas.Length; k++)
            {
                formulas[k].Step(bench.Gradients(k), Rates[t]);
                Near(formulas[k].Weights, bench.Values(k));
            }
        }
    }

    [Fact]
    public void AdamW_agrees_with_plain_code_for_any_sizes_and_constants() =>
        Prop.ForAll(
            Gen.Choose(1, 300).Two().Zip(Gen.Choose(0, 99).Three()).Zip(Gen.Choose(1, 1_000_000)).ToArbitrary(),
            drawn =>
            {
                var (((first, second), (beta1, beta2, decay)), seed) = drawn;
                var settings = new AdamWSettings { Beta1 = beta1 / 100.0, Beta2 = 0.5 + (beta2 / 200.0), Eps = 1e-6 };
                var group = new ParameterGroup { Decay = decay / 100.0 };
                using var bench = new OptimizerBench((ulong)seed, low: true, [first], [second]);
                var formulas = new[] { 0, 1 }.Select(k => new OptimizerFormula(settings, group, false, bench.Values(k))).ToArray();
                using var optimizer = settings.Build(bench.Arena, bench.Groups(group));
                optimizer.Rate = 0.02;
                for (var t = 0; t < 3; t++)
                {
                    bench.SetGradients((ulong)(seed + t));
                    optimizer.Step();
                    for (var k = 0; k < 2; k++)
                    {
                        formulas[k].Step(bench.Gradients(k), 0.02);
                        Near(formulas[k].Weights, bench.Values(k));
                    }
                }
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Theory, MemberData(nameof(Elementwise))]
    public void A_gradient_scale_equals_scaled_gradients(string name)
    {
        var weights = new[] { 1.0, 0.25 }.Select(scale =>
        {
            using var bench = new OptimizerBench(5, low: false, [6, 5], [9]);
            using var optimizer = OptimizerCases.Of(name).Build(bench.Arena);
            optimizer.Rate = 0.01;
            for (var t = 0; t < 3; t++)
            {
                bench.SetGradients((ulong)t, 0.25 / scale);
                optimizer.Step(scale);
            }

            return bench.AllWeights();
        }).ToArray();
        Near(Array.ConvertAll(weights[0], w => (double)w), weights[1]);
    }

    [Fact]
    public void Zero_gradients_move_nothing_but_what_decays()
    {
        using var bench = new OptimizerBench(5, low: false, [2, 3], [3]);
        var before = bench.Values(0);
        var vector = bench.Values(1);
        using var optimizer = new AdamWSettings().Build(bench.Arena, [new() { Decay = 0.5 }, new()]);
        optimizer.Rate = 0.1;
        optimizer.Step();
        Assert.Equal(Array.ConvertAll(before, w => w * 0.95f), bench.Values(0));
        Assert.Equal(vector, bench.Values(1));
    }

    [Fact]
    public void Swan_makes_singular_values_one_and_vectors_unit()
    {
        using var scope = Scope.Enter();
        using var generator = new Generator(1);
        using var bench = new OptimizerBench(5, low: false, [4, 9], [4], [6, 2, 2]);
        using var swan = new Swan(new() { Iterations = 30 }, bench.Arena, bench.Groups(new ParameterGroup()));
        var direction = swan.Direction(Ops.Empty([4, 9]).NormalInPlace(0, 100, generator));
        Assert.All(direction.Svd(fullMatrices: false).S.ToArray<float>(), value => Assert.Equal(1, value, 1e-4));
        Assert.Equal([0.6f, -0.8f], swan.Direction(Tensor.From([3f, -4f])).ToArray<float>());
        Assert.Equal([6L, 2, 2], swan.Direction(Ops.Empty([6, 2, 2]).NormalInPlace(0, 1, generator)).Shape);
        Assert.Equal(new float[36], swan.Direction(Ops.Zeros([4, 9])).ToArray<float>());
        Assert.Equal(new float[4], swan.Direction(Ops.Zeros([4])).ToArray<float>());
        using var adamLike = new Swan(new() { Iterations = 30, Rescale = true }, bench.Arena, bench.Groups(new ParameterGroup()));
        Assert.Equal(6, adamLike.Direction(Ops.Empty([4, 9]).NormalInPlace(0, 100, generator)).VectorNorm().Item(), 1e-3); // √36
        Assert.Equal(Math.Sqrt(2), adamLike.Direction(Tensor.From([3f, -4f])).VectorNorm().Item(), 1e-5);
    }

    [Theory]
    [InlineData(5, 12, WhiteningScale.Matrix, 25)]
    [InlineData(5, 12, WhiteningScale.Gram, 12)] // fewer iterations reach the same limit
    [InlineData(150, 400, WhiteningScale.Gram, 16)] // too large for double
    [InlineData(9, 4, WhiteningScale.Gram, 12)] // tall: standardised rows leave rank 3 of 4
    public void Newton_and_Schulz_reach_the_exact_whitening(long rows, long columns, WhiteningScale scale, int iterations)
    {
        using var scope = Scope.Enter();
        using var generator = new Generator(2);
        var matrix = Whitening.StandardizeRows(Ops.Empty([rows, columns]).NormalInPlace(generator: generator));
        var difference = (Whitening.NewtonSchulz(matrix, iterations, scale: scale) - Whitening.Exact(matrix)).Abs().Max().Item();
        Assert.InRange(difference, 0, 1e-4);
    }

    [Fact]
    public void Constant_rows_standardise_to_zero_and_others_to_mean_zero_and_deviation_one()
    {
        using var scope = Scope.Enter();
        var rows = Whitening.StandardizeRows(Tensor.From([0.1f, 0.1f, 0.1f, 0f, 0f, 0f, 1f, 2f, 3f], [3, 3]));
        var values = rows.ToArray<float>();
        Assert.Equal(new float[6], values[..6]);
        Near([-Math.Sqrt(1.5), 0, Math.Sqrt(1.5)], values[6..]);
    }

    [Fact]
    public void Labels_are_the_first_class_whose_cumulative_probability_reaches_the_draw()
    {
        using var scope = Scope.Enter();
        var logits = Tensor.From([0.1f, 0.2f, 0.7f]).Log().Unsqueeze(0).Expand([5, 3]);
        var labels = SophiaG.SampleLabels(logits, Tensor.From([0f, 0.09f, 0.11f, 0.31f, 1f]));
        Assert.Equal([0L, 0, 1, 2, 2], labels.ToArray<long>());
    }

    private static void Near(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-6 + (1e-5 * Math.Abs(expected[i])));
    }
}
