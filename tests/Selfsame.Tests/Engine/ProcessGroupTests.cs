using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

public sealed class ProcessGroupTests
{
    [Fact]
    public void Two_ranks_sum_gather_and_broadcast()
    {
        Assert.True(ProcessGroup.IsAvailable);
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "store");
        var results = new float[2][];
        var ranks = Enumerable.Range(0, 2).Select(rank => new Thread(() =>
        {
            using var scope = Scope.Enter();
            using var group = ProcessGroup.OverFile(file, rank, 2, TimeSpan.FromSeconds(20));
            var sum = Tensor.From([rank + 1f, 10f * (rank + 1)]);
            group.AllReduce(sum);
            var first = Tensor.From([100f + rank]);
            group.Broadcast(first, root: 1);
            var all = group.AllGather(Tensor.From([(float)rank]));
            var largest = Tensor.From([(float)rank]);
            group.AllReduce(largest, Reduction.Maximum);
            group.Barrier();
            results[rank] = [.. sum.ToArray<float>(), .. first.ToArray<float>(), .. all.SelectMany(t => t.ToArray<float>()), .. largest.ToArray<float>()];
        })).ToArray();
        foreach (var rank in ranks)
            rank.Start();
        foreach (var rank in ranks)
            Assert.True(rank.Join(TimeSpan.FromSeconds(30)));
        Assert.All(results, result => Assert.Equal([3f, 30f, 101f, 0f, 1f, 1f], result));
    }

    [Fact]
    public void A_missing_rank_is_an_error_and_not_a_hang()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<TorchException>(() => ProcessGroup.OverFile(Path.Combine(folder.Path, "store"), 0, 2, TimeSpan.FromMilliseconds(200)));
    }
}
