using Selfsame.Training.Logging;

namespace Selfsame.Training;

/// <summary>Averages of figures between log steps, in the order they first came.</summary>
internal sealed class AverageMeter
{
    private readonly Dictionary<string, (double Sum, double Weight)> _sums = [];
    private readonly List<string> _order = [];

    /// <summary>Adds a value.</summary>
    /// <param name="name">The figure.</param>
    /// <param name="value">Its value.</param>
    /// <param name="weight">How much it counts, above 0.</param>
    internal void Add(string name, double value, double weight = 1)
    {
        if (!_sums.TryGetValue(name, out var sum))
            _order.Add(name);
        _sums[name] = (sum.Sum + (value * weight), sum.Weight + weight);
    }

    /// <summary>The averages since the last call.</summary>
    internal List<Metric> Read()
    {
        var averages = new List<Metric>(_order.Count);
        foreach (var name in _order)
        {
            if (_sums[name] is { Weight: > 0 } sum)
                averages.Add(new Metric(name, sum.Sum / sum.Weight));
            _sums[name] = default;
        }

        return averages;
    }
}
