using Selfsame.Training.Progress;

namespace Selfsame.Evaluation;

/// <summary>What <see cref="HealthMonitor"/> needs to know of a run.</summary>
public sealed record HealthSettings
{
    /// <summary>Loss of guessing, such as ln K; null when the method has none.</summary>
    public double? ChanceLoss { get; init; }

    /// <summary>True when a teacher moves with the student: its loss then has no fixed zero, and may rise while the model learns.</summary>
    public bool MovingTarget { get; init; }

    /// <summary>Largest learning rate of the run, for advice; 0 when not known.</summary>
    public double Rate { get; init; }
}

/// <summary>Tells a healthy run from a collapsed, a diverged and an idle one, by its losses and by what its features look like.</summary>
/// <remarks>
/// Thresholds: diverged when the mean of the last 20 losses is twice the first one (ten times where the target moves with the model);
/// collapsed when the spread of L2-normalised features is below 0.005 and half of what it was before training, or below 0.1 and a fifth of it, or when samples
/// differ in fewer than 2 directions of at least 16 and in a quarter of those before training. Labels overrule the last two: features that predict them are used;
/// at chance when the loss is at least 0.98 of that of guessing, or, where none is known, when it never fell by 1 %.
/// </remarks>
public sealed class HealthMonitor(HealthSettings settings)
{
    private const int Window = 20;
    private const double AtChance = 0.98, NoFall = 0.99, Explosion = 2, MovingExplosion = 10;
    private const double NoSpread = 0.005, LittleSpread = 0.1, Halved = 0.5, Shrunk = 0.2, FewDirections = 2, Flattened = 0.25;
    private const long LeastRank = 16;

    private readonly Queue<double> _recent = new();
    private double _first = double.NaN, _start, _sum, _peak;
    private int _count;
    private string? _broken;
    private Health _said = Health.Healthy;

    /// <summary>Features before training; null when they were not looked at.</summary>
    public FeatureHealth? Untrained { get; set; }

    /// <summary>Features now; null when they were not looked at.</summary>
    public FeatureHealth? Features { get; set; }

    /// <summary>Takes the loss of a step, or the mean of several.</summary>
    public void Step(double loss)
    {
        if (!double.IsFinite(loss))
        {
            _broken ??= $"the loss became {HumanText.Value(loss)} at loss {_count + 1} of those seen";
            return;
        }

        _count++;
        if (double.IsNaN(_first))
            _first = loss;
        if (_count <= Window / 2)
            _start += (loss - _start) / _count;
        _recent.Enqueue(loss);
        _sum += loss;
        if (_recent.Count > Window)
            _sum -= _recent.Dequeue();
        if (_recent.Count == Window)
            _peak = Math.Max(_peak, Recent);
    }

    /// <summary>The trainer gave up.</summary>
    /// <param name="reason">Why, as it reads after "because".</param>
    public void GaveUp(string reason) => _broken = reason;

    /// <summary>The judgement now.</summary>
    /// <param name="gain">By how much a measure by labels is better than with random weights; null when there is none.</param>
    public Diagnosis Diagnose(double? gain = null) =>
        Diverged() ?? Collapsed(gain) ?? Idle(gain) ?? Healthy();

    /// <summary>The judgement when it has just turned bad; null when it is not bad, or was said before.</summary>
    /// <param name="progress">Share of the run that is done, 0 to 1: a loss at chance is no news before a quarter of it.</param>
    public Diagnosis? News(double progress)
    {
        var now = Diverged() ?? Collapsed(null) ?? (progress >= 0.25 ? Idle(null) : null);
        if (now is null || now.Kind == _said)
            return null;
        _said = now.Kind;
        return now;
    }

    private double Recent => _sum / _recent.Count;

    private string LowerRate => settings.Rate > 0 ? $"Lower the learning rate (it goes up to {HumanText.Value(settings.Rate)}), first by a factor of 10" : "Lower the learning rate, first by a factor of 10";

    private Diagnosis? Diverged()
    {
        if (_broken is not null)
            return new(Health.Diverged, $"{char.ToUpperInvariant(_broken[0])}{_broken[1..]}.", $"{LowerRate}, lengthen the warm-up, or clip gradients (clip_norm: 1.0).");
        if (_count < Window || _first <= 0)
            return null;
        var factor = settings.MovingTarget ? MovingExplosion : Explosion;
        return Recent <= factor * _first
            ? null
            : new(Health.Diverged,
                $"The loss rose from {HumanText.Value(_first)} at the first step to {HumanText.Value(Recent)}, the mean of the last {_recent.Count} steps.",
                $"{LowerRate}, lengthen the warm-up, or clip gradients (clip_norm: 1.0).");
    }

    private Diagnosis? Collapsed(double? gain)
    {
        if (Features is not { } now)
            return null;
        var advice = _first > 0 && _peak > Explosion * _first
            ? $"The loss jumped to {HumanText.Value(_peak)} on the way: {char.ToLowerInvariant(LowerRate[0])}{LowerRate[1..]}, lengthen the warm-up, or clip gradients (clip_norm: 1.0)."
            : "A low loss means nothing here. If the method compares views, check what keeps it from a constant answer: predictor, stop-gradient, teacher momentum (0.99 or more), negatives, centring or a variance term. "
                + $"Else {char.ToLowerInvariant(LowerRate[0])}{LowerRate[1..]}.";
        if ((now.Spread < NoSpread && !(now.Spread >= Halved * Untrained?.Spread)) || (gain is not > 0 && now.Spread < LittleSpread && Untrained is { } before && now.Spread < Shrunk * before.Spread))
        {
            var was = Untrained is { } untrained ? $", and {HumanText.Value(untrained.Spread)} before training" : "";
            return new(Health.Collapsed,
                $"All samples get nearly the same features: the spread of L2-normalised features is {HumanText.Value(now.Spread)}, where 1 is evenly spread{was}.",
                advice);
        }

        if (gain is not >= 0 && now is { Rank: < FewDirections, MostRank: >= LeastRank } && Untrained is { Rank: { } rank } && now.Rank < Flattened * rank)
        {
            return new(Health.Collapsed,
                $"Samples differ in {HumanText.Value(now.Rank.Value)} of {now.MostRank} directions only, against {HumanText.Value(rank)} before training.",
                advice);
        }

        return null;
    }

    private Diagnosis? Idle(double? gain)
    {
        if (_count < Window)
            return null;
        if (settings.ChanceLoss is { } chance)
        {
            return chance <= 0 || Recent < AtChance * chance
                ? null
                : new(Health.AtChance,
                    $"The loss is {HumanText.Value(Recent)}, and guessing has {HumanText.Value(chance)}.",
                    $"If the run is young, train longer. {LowerRate}, if it was ever lower than now; raise it if the loss never moved. Check that the samples differ: ./selfsame data show NAME.");
        }

        return settings.MovingTarget || gain > 0 || _first <= 0 || Recent < NoFall * Math.Min(_first, _start)
            ? null
            : new(Health.AtChance,
                $"The loss is {HumanText.Value(Recent)}, no lower than the {HumanText.Value(Math.Min(_first, _start))} it started at.",
                $"{LowerRate}, if it jumped at the start; raise it if it never moved. Check the data: ./selfsame data show NAME.");
    }

    private Diagnosis Healthy()
    {
        if (_count < Window && Features is null)
            return new(Health.Unknown, "Fewer than 20 steps were taken, and no features were looked at.", "");
        var parts = new List<string>();
        if (_count > 0)
            parts.Add($"the loss went from {HumanText.Value(_first)} to {HumanText.Value(Recent)}");
        if (settings.ChanceLoss is { } chance)
            parts.Add($"guessing has {HumanText.Value(chance)}");
        if (Features is { } now)
            parts.Add($"the spread of features is {HumanText.Value(now.Spread)} (0 collapsed, 1 even)" + (now.Rank is { } rank ? $" in {HumanText.Value(rank)} of {now.MostRank} directions" : ""));
        var text = string.Join("; ", parts);
        return new(Health.Healthy, $"{char.ToUpperInvariant(text[0])}{text[1..]}.", "");
    }
}
