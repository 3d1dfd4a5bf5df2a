namespace Selfsame.Data.Loading;

/// <summary>A batch that workers are filling.</summary>
internal sealed class PendingBatch(HostBatch batch, int chunks)
{
    private readonly List<(int Row, SampleProblem Problem)> _problems = [];
    private int _left = chunks;

    public HostBatch Batch => batch;

    public ManualResetEventSlim Done { get; } = new();

    public Exception? Failure { get; set; }

    public void ChunkDone()
    {
        if (Interlocked.Decrement(ref _left) == 0)
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
        _problems.Sort(static (a, b) => a.Row.CompareTo(b.Row));
        return _problems.ConvertAll(static found => found.Problem);
    }
}
