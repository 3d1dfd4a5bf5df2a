using Selfsame.Cli.Bench.Models;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Cli.Bench;

/// <summary>The step of a network that is no system of its own: its loss, the backward pass, and AdamW over one arena.</summary>
internal sealed class PlainStep : TrainStep
{
    private const double Decay = 0.05;

    private readonly PlainModel _model;
    private readonly ComputePrecision _precision;
    private readonly ParameterArena _arena;
    private readonly Optimizer _optimizer;

    /// <summary>Readies a network.</summary>
    /// <param name="model">The network, owned from now on.</param>
    /// <param name="precision">Number format.</param>
    public PlainStep(PlainModel model, ComputePrecision precision)
    {
        (_model, _precision) = (model, precision);
        model.Initialize(0);
        model.MoveTo(precision.Device);
        _arena = new ParameterArena(model, gradients: true, precision.Low);
        var group = new ParameterGroup { Decay = Decay };
        _optimizer = new AdamWSettings().Build(_arena, [.. _arena.Parameters.Select(_ => group)]);
        _optimizer.Rate = model.Rate;
    }

    /// <inheritdoc/>
    public override int Batch => _model.Batch;

    /// <inheritdoc/>
    public override StepWork Work => _model.Work;

    /// <inheritdoc/>
    public override double Run()
    {
        using var scope = Scope.Enter();
        _optimizer.ClearGradients();
        Tensor loss;
        using (_precision.Enter())
            loss = _model.Loss();
        loss.Backward();
        _optimizer.Step();
        return loss.Item();
    }

    /// <inheritdoc/>
    protected override void Wait() => MatrixRate.WaitFor(_arena.Weights);

    /// <inheritdoc/>
    protected override void Release()
    {
        _optimizer.Dispose();
        _arena.Dispose();
        _model.Dispose();
    }
}
