using Selfsame.Data.Loading;
using Selfsame.Export.Embeddings;
using Selfsame.Torch;

namespace Selfsame.Tests.Export;

public sealed class BatchLanesTests
{
    private static HostBatch Batch(long position)
    {
        var batch = new HostBatch(null!, 1, [], 0);
        batch.Begin(position, 1, null);
        return batch;
    }

    [Fact]
    public void Results_come_in_the_order_of_the_batches_whichever_is_done_first()
    {
        using var second = new ManualResetEventSlim();
        using var lanes = new BatchLanes(
            batch =>
            {
                if (batch.Position == 0)
                    second.Wait();  // so the first is done after the second
                if (batch.Position == 1)
                    second.Set();
                return Ops.Full([1], (double)batch.Position);
            },
            cores: 2);
        var found = new List<double>();
        for (var k = 0; k < 6 || found.Count < 6;)
        {
            for (; k < 6 && lanes.Wants; k++)
                lanes.Add(Batch(k));
            var (batch, result) = lanes.Take()!.Value;
            using (result)
                found.Add(result.Item());
            Assert.Equal(found.Count - 1, batch.Position);
        }

        Assert.Equal([0, 1, 2, 3, 4, 5], found);
        Assert.Null(lanes.Take());
    }

    [Fact]
    public void A_failure_is_thrown_where_its_result_is_taken_and_others_are_freed()
    {
        using var lanes = new BatchLanes(batch => batch.Position == 1 ? throw new InvalidDataException("the second") : Ops.Ones([1]), cores: 2);
        for (var k = 0; k < 3; k++)
            lanes.Add(Batch(k));
        lanes.Take()!.Value.Result.Dispose();
        Assert.Equal("the second", Assert.Throws<InvalidDataException>(() => lanes.Take()).Message);
    }

    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(2, new[] { 1, 1 })]
    [InlineData(12, new[] { 2, 2, 2, 2, 2, 2 })]
    public void Cores_are_shared_out_evenly(int cores, int[] expected)
    {
        var before = OfAnotherThread();
        using var all = new Barrier(expected.Length);
        using var lanes = new BatchLanes(
            _ =>
            {
                all.SignalAndWait();  // every lane takes one
                return Ops.Full([1], (double)TorchRuntime.Threads);
            },
            cores);
        for (var k = 0; k < expected.Length; k++)
            lanes.Add(Batch(k));
        var shares = new int[expected.Length];
        for (var k = 0; k < shares.Length; k++)
        {
            using var result = lanes.Take()!.Value.Result;
            shares[k] = (int)result.Item();
        }

        Assert.Equal(expected, shares.Order());
        Assert.Equal(before, OfAnotherThread());
    }

    private static int OfAnotherThread()
    {
        var count = 0;
        var thread = new Thread(() => count = TorchRuntime.Threads);
        thread.Start();
        thread.Join();
        return count;
    }
}
