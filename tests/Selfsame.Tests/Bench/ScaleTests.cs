using FsCheck;
using FsCheck.Fluent;
using Selfsame.Cli.Bench;
using Selfsame.Torch;

namespace Selfsame.Tests.Bench;

/// <summary>What <c>bench scale</c> makes of its measurements.</summary>
public sealed class ScaleTests
{
    [Fact]
    public void The_exponent_of_a_power_is_found() =>
        Prop.ForAll(Gen.Choose(-30, 30).ToArbitrary(), Gen.Choose(1, 1000).ToArbitrary(), (tenths, factor) =>
        {
            double[] places = [1, 3, 10, 64];
            Assert.Equal(tenths / 10.0, PowerLaw.Exponent([.. places.Select(x => (x, factor * Math.Pow(x, tenths / 10.0)))]), 9);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void One_place_has_no_exponent() =>
        Assert.Throws<ArgumentException>(() => PowerLaw.Exponent([(2, 1), (2, 3)]));

    [Theory]
    [InlineData(1.09, true)]
    [InlineData(1.12, false)]
    public void A_tenth_is_flat(double slower, bool flat)
    {
        var axis = ScaleAxis.Of(ScaleBenchmark.Batch, [new(8, 1, 8, 8), new(16, 2 * slower, 16, 16)]);

        var verdict = ScaleVerdict.Of([axis], []);

        Assert.Equal(slower - 1, verdict.Spread, 9);
        Assert.Equal(flat, verdict.IsFlat);
        Assert.Equal(1, axis.ArithmeticExponent, 9);
    }

    [Fact]
    public void Only_what_counts_and_is_no_attention_is_named()
    {
        (int, IReadOnlyList<OperatorCost>)[] costs =
        [
            (1, [Cost("aten::mm", 50), Cost("selfsame::attention", 10), Cost("aten::cat", 4), Cost("aten::tiny", 0.1), Cost("aten::once", 1)]),
            (4, [Cost("aten::mm", 200), Cost("selfsame::attention", 160), Cost("aten::cat", 64), Cost("aten::tiny", 1.6)]),
        ];

        var terms = ScaleBenchmark.TermsOf(ScaleBenchmark.Tokens, costs).ToArray();

        Assert.DoesNotContain(terms, term => term.Operator == "aten::once");
        Assert.Equal(2, terms.Single(term => term.Operator == "selfsame::attention").Exponent, 9);
        var batch = ScaleAxis.Of(ScaleBenchmark.Batch, [new(8, 1, 8, 8), new(16, 2, 16, 16)]);
        Assert.Equal(["aten::cat"], ScaleVerdict.Of([batch], terms).FasterThanLinear.Select(term => term.Operator));
    }

    [Fact]
    public void The_fastest_step_of_each_operator_counts()
    {
        var fastest = new Dictionary<string, OperatorCost>();

        ScaleBenchmark.KeepFastest(fastest, [Cost("aten::mm", 5), Cost("aten::cat", 2)]);
        ScaleBenchmark.KeepFastest(fastest, [Cost("aten::mm", 4), Cost("aten::cat", 3), Cost("aten::once", 1)]);

        Assert.Equal([("aten::cat", 2.0), ("aten::mm", 4.0), ("aten::once", 1.0)], fastest.Values.Select(cost => (cost.Name, cost.Seconds)).Order());
    }

    private static OperatorCost Cost(string name, double seconds) => new(name, 1, seconds, 0);
}
