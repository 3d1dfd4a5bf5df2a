using FsCheck;
using FsCheck.Fluent;
using Selfsame.Randomness;

namespace Selfsame.Tests.Randomness;

public sealed class SeededDrawsTests
{
    // The three known answers published with Random123, words as in its table.
    [Theory]
    [InlineData(0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0xe169c58d6627e8d5, 0x9b00dbd8bc57ac4c)]
    [InlineData(0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0x41c83b0e408f276d, 0x6d5451fda20bc7c6)]
    [InlineData(0x299f31d0a4093822, 0x85a308d3243f6a88, 0x0370734413198a2e, 0x94fdccebd16cfe09, 0x24126ea15001e420)]
    public void Philox_gives_its_known_answers(ulong key, ulong counterLow, ulong counterHigh, ulong low, ulong high) =>
        Assert.Equal((low, high), Philox.Block(key, counterLow, counterHigh));

    [Fact]
    public void Draws_stay_what_they_are_from_version_to_version()
    {
        var draws = new SeededDraws(7, 11, 13);
        Assert.Equal(PinnedUniform, draws.Uniform("crop.area"));
        Assert.Equal(PinnedInteger, draws.Integer("crop.top", 1000));
        Assert.Equal(PinnedNormal, draws.Normal("noise"), 14);
        var order = new int[6];
        draws.Permutation("order", order);
        Assert.Equal(PinnedOrder, order);
    }

    [Fact]
    public void A_draw_under_another_name_changes_nothing()
    {
        var (plain, busy) = (new SeededDraws(1, 2, 3), new SeededDraws(1, 2, 3));
        for (var i = 0; i < 5; i++)
        {
            busy.Uniform("other");
            Assert.Equal(plain.Uniform("name"), busy.Uniform("name"));
        }
    }

    [Fact]
    public void Seed_both_coordinates_name_and_count_each_make_a_difference()
    {
        var values = new HashSet<double>();
        foreach (var (seed, a, b) in new[] { (0UL, 0UL, 0UL), (1UL, 0UL, 0UL), (0UL, 1UL, 0UL), (0UL, 0UL, 1UL), (0UL, 1UL << 40, 0UL) })
        {
            var draws = new SeededDraws(seed, a, b);
            Assert.True(values.Add(draws.Uniform("x")));
            Assert.True(values.Add(draws.Uniform("x")));
            Assert.True(values.Add(draws.Uniform("y")));
        }
    }

    [Fact]
    public void Restart_is_a_new_object_even_after_many_names()
    {
        var draws = new SeededDraws(1, 1, 1);
        for (var i = 0; i < 100; i++)
            draws.Uniform($"name{i}");
        draws.Restart(5, 6, 7);
        var fresh = new SeededDraws(5, 6, 7);
        for (var i = 0; i < 100; i++)
            Assert.Equal(fresh.Uniform($"name{i % 40}"), draws.Uniform($"name{i % 40}"));
    }

    [Fact]
    public void Uniform_and_normal_have_their_moments()
    {
        var draws = new SeededDraws(3, 0, 0);
        const int Count = 20_000;
        double sum = 0, square = 0, normal = 0, normalSquare = 0;
        for (var i = 0; i < Count; i++)
        {
            var (u, z) = (draws.Uniform("u"), draws.Normal("z"));
            Assert.InRange(u, 0, 1 - 1e-17);
            (sum, square, normal, normalSquare) = (sum + u, square + u * u, normal + z, normalSquare + z * z);
        }
        // Five standard errors each.
        Assert.Equal(0.5, sum / Count, 5 * 0.2887 / Math.Sqrt(Count));
        Assert.Equal(1 / 3.0, square / Count, 5 * 0.2981 / Math.Sqrt(Count));
        Assert.Equal(0, normal / Count, 5 / Math.Sqrt(Count));
        Assert.Equal(1, normalSquare / Count, 5 * Math.Sqrt(2.0 / Count));
    }

    [Fact]
    public void Permutations_hold_every_number_once() => Prop.ForAll(
        Gen.Choose(0, 50).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (length, seed) =>
        {
            var order = new int[length];
            new SeededDraws((ulong)seed, 0, 0).Permutation("order", order);
            return order.Order().SequenceEqual(Enumerable.Range(0, length));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_order_of_three_is_about_equally_frequent()
    {
        var counts = new Dictionary<(int, int, int), int>();
        var order = new int[3];
        for (var i = 0UL; i < 6000; i++)
        {
            new SeededDraws(9, i, 0).Permutation("order", order);
            var key = (order[0], order[1], order[2]);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 1000 - 5 * 29, 1000 + 5 * 29));
    }

    [Fact]
    public void Integers_stay_below_their_bound() => Prop.ForAll(
        Gen.Choose(1, int.MaxValue).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (bound, seed) =>
        {
            var value = new SeededDraws((ulong)seed, 1, 2).Integer("i", bound);
            return value >= 0 && value < bound;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Coins_never_fall_at_zero_and_always_at_one()
    {
        var draws = new SeededDraws(1, 2, 3);
        for (var i = 0; i < 1000; i++)
        {
            Assert.False(draws.Coin("c", 0));
            Assert.True(draws.Coin("c", 1));
        }
    }

    [Fact]
    public void A_number_between_is_scaled_in_single_precision()
    {
        Assert.Equal(1f - 1f / (1 << 24), new Constant(1 - 1.0 / (1L << 53)).Between("x", 0, 1));
        Assert.Equal(4f, new Constant(1 - 1.0 / (1L << 53)).Between("x", 2, 4));   // rounded up, as there
        Assert.Equal(2f, new Constant(0).Between("x", 2, 4));
        Assert.Equal(0.3f * (1f - 0.08f) + 0.08f, new Constant(0.3).Between("x", 0.08, 1));
    }

    private const double PinnedUniform = 0.9797117344758322;
    private const int PinnedInteger = 933;
    private const double PinnedNormal = -1.0058007975129066;
    private static readonly int[] PinnedOrder = [1, 5, 2, 4, 3, 0];

    private sealed class Constant(double value) : IDraws
    {
        public double Uniform(string name) => value;

        public int Integer(string name, int exclusiveMax) => 0;

        public double Normal(string name) => 0;

        public void Permutation(string name, Span<int> order) => order.Clear();
    }
}
