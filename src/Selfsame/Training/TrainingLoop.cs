using Selfsame.Data.Loading;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training.Logging;

namespace Selfsame.Training;

/// <summary>What a log step knows.</summary>
internal readonly record struct StepReport(double Loss, IReadOnlyList<Metric> Metrics);

/// <summary>The steps of a run, and nothing else: batches in, weights changed. Knows no method, no file and no screen.</summary>
internal sealed class TrainingLoop
{
    private readonly Recipe _recipe;
    private readonly TrainingModel _model;
    private readonly TrainingStep _step;
    private readonly BatchLoader _batches;
    private readonly LossGuard _guard;
    private readonly SampleInputs _inputs;
    private readonly Meter _meter = new();

    internal TrainingLoop(Recipe recipe, TrainingModel model, BatchLoader batches, SampleInputs inputs, ComputePrecision precision, LossGuard guard) =>
        (_recipe, _model, _step, _batches, _inputs, _guard) = (recipe, model, new TrainingStep(recipe, model, precision), batches, inputs, guard);

    /// <summary>Optimizer steps done.</summary>
    internal long Step { get; set; }

    /// <summary>Where the loader stands, in samples.</summary>
    internal long Position { get; set; }

    /// <summary>Where the batch of a step without finite loss is kept for a closer look; null keeps none.</summary>
    internal string? BadBatchFolder { get; init; }

    /// <summary>Told of every skipped step: why.</summary>
    internal Action<string>? OnSkipped { get; set; }

    /// <summary>Runs one optimizer step.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <param name="momentum">Share of itself that the teacher keeps.</param>
    /// <param name="cancel">Stops waiting for data.</param>
    /// <exception cref="TrainingStoppedException">Too many steps in a row had to be skipped.</exception>
    internal void RunStep(double rate, double momentum, CancellationToken cancel)
    {
        using var scope = Scope.Enter();  // every tensor born in this step is freed at its end
        _step.Begin(rate);
        var loss = 0.0;
        var parts = new List<(HostBatch Host, ObjectiveResult Result)>(_recipe.Accumulate);
        try
        {
            for (var part = 0; part < _recipe.Accumulate; part++)
            {
                var host = _batches.Next(cancel) ?? throw new InvalidOperationException("the loader of a run has no end");
                var result = Part(host, part);
                parts.Add((host, result));
                loss += result.Loss.Item() / _recipe.Accumulate;
                Position = host.NextPosition;
            }

            Conclude(loss, momentum, parts);
        }
        finally
        {
            foreach (var (host, _) in parts)
                host.Dispose();
        }

        Step++;
    }

    /// <summary>Averages since the last call.</summary>
    internal StepReport Report()
    {
        var averages = _meter.Read();
        var loss = averages.FirstOrDefault(m => m.Name == "loss");
        return new StepReport(loss.Name is null ? double.NaN : loss.Value, [.. averages.Where(m => m.Name != "loss")]);
    }

    // Of a micro-batch only what the result names outlives it.
    private ObjectiveResult Part(HostBatch host, int part)
    {
        using var inner = Scope.Enter();
        var result = _step.Compute(_inputs.Batch(host), Step, part);
        _step.Backward(result);
        if (!double.IsFinite(result.Loss.Item()))
            OnSkipped?.Invoke(Culprit(host, part));
        inner.MoveOut(result.Loss);
        foreach (var (_, value) in result.Figures)
            inner.MoveOut(value);
        foreach (var value in result.Intermediates.Values)
            inner.MoveOut(value);
        return result;
    }

    private void Conclude(double loss, double momentum, List<(HostBatch Host, ObjectiveResult Result)> parts)
    {
        var gradient = _step.Measure();
        var problem = _guard.Judge(loss, gradient.Value);
        if (problem is null)
        {
            _step.Finish(gradient, momentum);
            _meter.Add("loss", loss);
            _meter.Add("gradient_norm", gradient.Value);
            foreach (var (_, result) in parts)
            {
                _model.Objective.AfterStep(result);
                foreach (var (name, value) in result.Figures)
                    _meter.Add(name, value.Item());
            }
        }
        else
        {
            OnSkipped?.Invoke($"step {Step + 1} is skipped: {problem}");
            if (_guard.Exhausted)
                throw new TrainingStoppedException($"{_recipe.Guard.MaxSkipped + 1} steps in a row had to be skipped, the last because {problem}. Lower the learning rate, lengthen the warm-up, or try --precision fp32.");
        }
    }

    // Runs the batch once more, watching every module.
    private string Culprit(HostBatch host, int part)
    {
        using var scope = Scope.Enter();
        using var search = NonFiniteSearch.Start();
        using var guard = GradMode.Off();
        if (BadBatchFolder is not null)
        {
            Directory.CreateDirectory(BadBatchFolder);
            var batch = _inputs.Batch(host);
            var path = Path.Combine(BadBatchFolder, FormattableString.Invariant($"step-{Step + 1}.safetensors"));
            TensorFile.Save(path, [.. batch.Names.Select(name => (name, batch[name])), ("indices", Tensor.From(host.Indices))]);
        }

        _step.Compute(_inputs.Batch(host), Step, part);
        return search.Found is { } module ? $"first value that is not finite: output of {module}" : "all modules put out finite values; the loss itself overflowed";
    }

    /// <summary>Averages of figures between log steps.</summary>
    private sealed class Meter
    {
        private readonly Dictionary<string, (double Sum, int Count)> _sums = [];
        private readonly List<string> _order = [];

        internal void Add(string name, double value)
        {
            if (!_sums.TryGetValue(name, out var sum))
                _order.Add(name);
            _sums[name] = (sum.Sum + value, sum.Count + 1);
        }

        internal List<Metric> Read()
        {
            var averages = new List<Metric>(_order.Count);
            foreach (var name in _order)
            {
                if (_sums[name] is { Count: > 0 } sum)
                    averages.Add(new Metric(name, sum.Sum / sum.Count));
                _sums[name] = default;
            }

            return averages;
        }
    }
}

/// <summary>Training can't go on.</summary>
public sealed class TrainingStoppedException : Exception
{
    /// <summary>Says why, and what to do.</summary>
    public TrainingStoppedException(string message)
        : base(message)
    {
    }
}
