using FsCheck;
using FsCheck.Fluent;
using Selfsame.Corruption;
using Selfsame.Objectives;
using Selfsame.Torch;

namespace Selfsame.Tests.Corruption;

public sealed class TokenTests
{
    [Theory]
    [InlineData(new[] { 0.5, 0.5 }, 10, new[] { 5, 5 })]
    [InlineData(new[] { 0.25, 0.75 }, 10, new[] { 3, 7 })]  // both have half a token left over; the first one gets it
    [InlineData(new[] { 0.3, 0.3, 0.4 }, 11, new[] { 3, 3, 5 })]
    [InlineData(new[] { 1.0 }, 4, new[] { 4 })]
    public void Group_sizes(double[] shares, int tokens, int[] sizes) => Assert.Equal(sizes, TokenGroups.Sizes(shares, tokens));

    [Fact]
    public void Group_sizes_add_up_and_are_off_by_less_than_one() => Prop.ForAll(
        (from weights in Gen.Choose(1, 100).ArrayOf().Where(w => w.Length is > 0 and < 6)
         from tokens in Gen.Choose(1, 500)
         select (Shares: TokenGroups.Normalise(weights.Length == 1 ? [1] : Array.ConvertAll(weights, w => (double)w)), Tokens: tokens)).ToArbitrary(),
        given =>
        {
            var sizes = TokenGroups.Sizes(given.Shares, given.Tokens);
            return sizes.Sum() == given.Tokens && sizes.Zip(given.Shares).All(pair => Math.Abs(pair.First - (pair.Second * given.Tokens)) < 1.001);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Groups_are_dealt_in_the_order_of_the_draws()
    {
        using var scope = Scope.Enter();
        var groups = TokenGroups.Exact(Tensor.From<float>([0.9f, 0.1f, 0.5f, 0.2f], [1, 4]), [0.25, 0.75]);
        Assert.Equal([1, 0, 1, 1], groups.ToArray<long>());
    }

    [Fact]
    public void Shares_are_made_to_add_up()
    {
        Assert.Equal([0.25, 0.75], TokenGroups.Normalise([0.25]));
        Assert.Equal([1], TokenGroups.Normalise([0]));
        Assert.Equal([0.25, 0.75], TokenGroups.Normalise([1, 0, 3]));
        Assert.Equal([1], TokenGroups.Normalise([0, 0]));
    }

    [Fact]
    public void A_mask_keeps_the_smallest_draws()
    {
        using var scope = Scope.Enter();
        var mask = TokenMask.KeepSmallest(Tensor.From<float>([0.4f, 0.1f, 0.3f, 0.2f], [1, 4]), 0.5);
        Assert.Equal([1, 3], mask.Kept.ToArray<long>());
        Assert.Equal([3, 0, 2, 1], mask.Restore.ToArray<long>());
        Assert.Equal([1f, 0, 1, 0], mask.Hidden.ToArray<float>());
    }

    [Fact]
    public void A_mask_is_exact_and_consistent_for_any_size() => Prop.ForAll(
        (from tokens in Gen.Choose(1, 40)
         from percent in Gen.Choose(0, 100)
         from seed in Gen.Choose(0, 1000)
         select (Tokens: tokens, Ratio: percent / 100.0, Seed: (ulong)seed)).ToArbitrary(),
        given =>
        {
            using var scope = Scope.Enter();
            var draws = new SeededStep(given.Seed, 0).Uniform("noise", 2, given.Tokens);
            var mask = TokenMask.KeepSmallest(draws, given.Ratio);
            var keep = (int)(given.Tokens * (1 - given.Ratio));
            var (kept, restore, hidden, values) = (mask.Kept.Contiguous().ToArray<long>(), mask.Restore.ToArray<long>(), mask.Hidden.ToArray<float>(), draws.ToArray<float>());
            for (var b = 0; b < 2; b++)
            {
                var mine = kept[(b * keep)..((b + 1) * keep)];
                if (hidden[(b * given.Tokens)..((b + 1) * given.Tokens)].Sum() != given.Tokens - keep || mine.Any(k => hidden[(b * given.Tokens) + k] != 0))
                    return false;
                if (mine.Where((k, place) => restore[(b * given.Tokens) + k] != place).Any())
                    return false;
                var most = mine.Length == 0 ? 0 : mine.Max(k => values[(b * given.Tokens) + k]);
                if (Enumerable.Range(0, given.Tokens).Any(k => hidden[(b * given.Tokens) + k] == 1 && values[(b * given.Tokens) + k] < most))
                    return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();
}
