namespace Selfsame.Training;

/// <summary>Judges each step's loss: fine, far above what was usual, or not a number.</summary>
public sealed class LossGuard
{
    private readonly Queue<double> _recent;
    private readonly int _window, _maxSkipped;
    private readonly double? _spikeFactor;
    private int _skippedInARow;

    /// <summary>Makes a guard.</summary>
    /// <param name="maxSkipped">Steps in a row that may be skipped; one more stops the run.</param>
    /// <param name="spikeFactor">A loss above this multiple of the recent median is a spike, while that median is above 0; null never.</param>
    /// <param name="window">Losses the median is taken over.</param>
    /// <param name="recent">Losses of a run that goes on, oldest first.</param>
    public LossGuard(int maxSkipped, double? spikeFactor, int window, IEnumerable<double>? recent = null) =>
        (_maxSkipped, _spikeFactor, _window, _recent) = (maxSkipped, spikeFactor, window, new Queue<double>(recent ?? []));

    /// <summary>Losses the median is taken over, oldest first.</summary>
    public IReadOnlyList<double> Recent => [.. _recent];

    /// <summary>Steps skipped so far.</summary>
    public long Skipped { get; set; }

    /// <summary>Takes a step's loss and gradient norm.</summary>
    /// <returns>Null when the step counts, else why it is skipped.</returns>
    public string? Judge(double loss, double gradientNorm)
    {
        var reason = !double.IsFinite(loss) ? $"the loss is {loss}"
            : !double.IsFinite(gradientNorm) ? $"the gradient norm is {gradientNorm}"
            : IsSpike(loss, out var median) ? FormattableString.Invariant($"the loss {loss:g4} is more than {_spikeFactor:g4} times the median {median:g4} of the last {_recent.Count}")
            : null;
        if (reason is not null)
        {
            Skipped++;
            _skippedInARow++;
            return reason;
        }

        _skippedInARow = 0;
        _recent.Enqueue(loss);
        if (_recent.Count > _window)
            _recent.Dequeue();
        return null;
    }

    /// <summary>True when too many steps in a row were skipped.</summary>
    public bool Exhausted => _skippedInARow > _maxSkipped;

    private bool IsSpike(double loss, out double median)
    {
        median = 0;
        if (_spikeFactor is not { } factor || _recent.Count < Math.Min(_window, 20))
            return false;
        var sorted = _recent.Order().ToArray();
        median = sorted[sorted.Length / 2];
        return median > 0 && loss > factor * median;  // a multiple says nothing about losses below 0, such as a negative cosine
    }
}
