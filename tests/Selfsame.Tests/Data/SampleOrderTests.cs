using FsCheck;
using FsCheck.Fluent;
using Selfsame.Data.Loading;

namespace Selfsame.Tests.Data;

public class SampleOrderTests
{
    private static int[] Epoch(SampleOrder order, long epoch) => [.. Enumerable.Range(0, order.Count).Select(p => order.At(epoch, p))];

    [Fact]
    public void Every_epoch_visits_every_sample_once() =>
        Prop.ForAll(
            Gen.Choose(1, 3000).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(),
            (count, seed, epoch) => Epoch(new((ulong)seed, count), epoch).Order().SequenceEqual(Enumerable.Range(0, count)))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Epochs_and_seeds_differ() =>
        Prop.ForAll(
            Gen.Choose(20, 2000).ToArbitrary(), Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(),
            (count, seed, epoch) =>
            {
                var order = Epoch(new((ulong)seed, count), epoch);
                return !order.SequenceEqual(Epoch(new((ulong)seed, count), epoch + 1)) && !order.SequenceEqual(Epoch(new((ulong)seed + 1, count), epoch));
            })
        .QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_never_changes()
    {
        Assert.Equal([9, 6, 3, 4, 7, 8, 5, 0, 2, 1], Epoch(new(7, 10), 0));
        Assert.Equal([7, 9, 8, 5, 1, 6, 2, 3, 0, 4], Epoch(new(7, 10), 1));
        Assert.Equal(317557284, new SampleOrder(1, 1_000_000_000).At(123_456, 999_999_999));
    }

    [Fact]
    public void Places_are_spread_evenly()
    {
        // Where sample 0 of 16 comes, over many epochs: each place about 1000 times, give or take 5 standard deviations.
        var order = new SampleOrder(3, 16);
        var counts = new int[16];
        for (var epoch = 0; epoch < 16_000; epoch++)
            counts[order.At(epoch, 0)]++;
        Assert.All(counts, count => Assert.InRange(count, 1000 - 155, 1000 + 155));
    }
}
