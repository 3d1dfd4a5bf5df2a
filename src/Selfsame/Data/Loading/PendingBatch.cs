namespace Selfsame.Data.Loading;

/// <summary>A batch that workers are filling.</summary>
/// <param name="batch">Where to.</param>
/// <param name="plan">Which samples.</param>
/// <param name="labels">What is told of them.</param>
/// <param name="chunks">Pieces of work.</param>
internal sealed class PendingBatch(HostBatch batch, BatchPlan plan, IReadOnlyList<LabelSet> labels, int chunks)
{
    private readonly List<(int Row, SampleProblem Problem)> _problems = [];
    private int _left = chunks;

    public HostBatch Batch => batch;

    public BatchPlan Plan => plan;

    public ManualResetEventSlim Done { get; } = new();

    public Exception? Failure { get; set; }

    public void ChunkDone()
    {
        if (Interlocked.Decrement(ref _left) > 0)
            return;
        try
        {
            if (Failure is null)
                batch.Assemble(labels);
        }
        catch (Exception e) when (e is OutOfMemoryException or OverflowException)
        {
            Failure = e;
        }
        Done.Set();
    }

    public void Report(int row, SampleProblem problem)
    {
        lock (_problems)
            _problems.Add((row, problem));
    }

    /// <summary>What could not be read, in the order of rows.</summary>
    public IReadOnlyList<SampleProblem> TakeProblems()
    {
        if (_problems.Count == 0)
            return [];
        // Stable: the problems of one row stay in the order of its fields.
        return [.. _problems.OrderBy(static found => found.Row).Select(static found => found.Problem)];
    }
}
