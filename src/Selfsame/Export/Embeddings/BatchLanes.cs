using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Selfsame.Data.Loading;
using Selfsame.Torch;

namespace Selfsame.Export.Embeddings;

/// <summary>Computes several batches side by side, each on a thread with its share of the cores, and hands results out in the order of the batches.</summary>
/// <remarks>A network without a backward pass needs nothing of another batch: side by side, no core waits for the others at the end of every operator. What a result is does not depend on who computed it, or when.</remarks>
internal sealed class BatchLanes : IDisposable
{
    // Activations of each lane are in memory at once.
    private const int Most = 8;

    private readonly BlockingCollection<Work> _work = [];
    private readonly Queue<Work> _pending = new();
    private readonly Func<HostBatch, Tensor> _compute;
    private readonly Thread[] _lanes;

    /// <summary>Starts the threads.</summary>
    /// <param name="compute">Makes one tensor of a batch, which belongs to no scope. Called on several threads.</param>
    /// <param name="cores">Cores to share out, at least 1.</param>
    public BatchLanes(Func<HostBatch, Tensor> compute, int cores)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cores, 1);
        _compute = compute;
        var share = (cores + Most - 1) / Most; // the same for all: the last bits of a product may differ with the number of threads
        _lanes = new Thread[cores / share];
        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            _lanes[lane] = new Thread(() => Run(share)) { IsBackground = true, Name = FormattableString.Invariant($"lane {lane}") };
            _lanes[lane].Start();
        }
    }

    /// <summary>True when a lane would have to wait for its next batch.</summary>
    public bool Wants => _pending.Count <= _lanes.Length;

    /// <summary>Gives a batch to the next free lane.</summary>
    public void Add(HostBatch batch)
    {
        var work = new Work(batch);
        _pending.Enqueue(work);
        _work.Add(work);
    }

    /// <summary>Waits for the oldest batch whose result was not taken.</summary>
    /// <returns>The batch and its result, both the caller's to dispose; null where all were taken.</returns>
    /// <exception cref="Exception">What computing it threw.</exception>
    public (HostBatch Batch, Tensor Result)? Take()
    {
        if (!_pending.TryDequeue(out var work))
            return null;
        work.Done.Wait();
        work.Done.Dispose();
        if (work.Result is { } result)
            return (work.Batch, result);
        work.Batch.Dispose();
        work.Failure!.Throw();
        throw work.Failure.SourceException;
    }

    /// <summary>Waits for what was begun, and frees what was not taken.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        foreach (var lane in _lanes)
            lane.Join();
        foreach (var work in _pending)
        {
            work.Result?.Dispose();
            work.Batch.Dispose();
            work.Done.Dispose();
        }

        _work.Dispose();
    }

    private void Run(int share)
    {
        TorchRuntime.LimitThread(share);
        foreach (var work in _work.GetConsumingEnumerable())
        {
            try
            {
                work.Result = _compute(work.Batch);
            }
            catch (Exception failure) // told to whoever takes the result
            {
                work.Failure = ExceptionDispatchInfo.Capture(failure);
            }

            work.Done.Set();
        }
    }

    private sealed class Work(HostBatch batch)
    {
        public HostBatch Batch { get; } = batch;

        public ManualResetEventSlim Done { get; } = new();

        public Tensor? Result { get; set; }

        public ExceptionDispatchInfo? Failure { get; set; }
    }
}
