using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Generation;

/// <summary>Makes data from noise with a <see cref="DiffusionTransformer"/> that was trained on straight paths.</summary>
/// <remarks>
/// Self-Flow, https://arxiv.org/abs/2603.06507, section 3.1: all tokens share a noise level. The stochastic default is the official sampler.
/// The model takes noise levels (1 is noise) and gives noise − data; the samplers run in data time, so level and sign are turned around here and nowhere else.
/// </remarks>
public static class FlowSampler
{
    /// <summary>Samples tokens.</summary>
    /// <param name="model">Velocity model; its own mode (training or not) is left as it is.</param>
    /// <param name="start">
    /// Standard normal noise, (B, N, C), on the model's device; left to the caller. With guidance (2B, N, C) follows the
    /// unlabelled half as well, as the official code does, [unlabelled; labelled]; the labelled half comes out the same either way.
    /// </param>
    /// <param name="labels">Class ids, (B), int64, on the model's device; null samples without labels.</param>
    /// <param name="settings">Steps and method.</param>
    /// <param name="noise">Standard normal noise of step 0, 1, …, shape of the start; needed by stochastic sampling only. Freed with the step if it is made for it.</param>
    /// <param name="observer">Sees every state, including start and result.</param>
    /// <param name="cancellation">Asked before each step.</param>
    /// <returns>Tokens, shape of the start, without gradient; belongs to the scope around, or to the caller.</returns>
    /// <exception cref="ArgumentException">Guidance without labels, labels for a model without them, or a batch that does not fit them.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Tensor Sample(
        DiffusionTransformer model,
        Tensor start,
        Tensor? labels,
        SamplerSettings settings,
        Func<int, Tensor>? noise = null,
        FlowObserver? observer = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(settings);
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var velocity = new GuidedVelocity(model, labels, settings.Guidance, start.Size(0));
        return scope.MoveOut(Sample(velocity.At, start, settings, noise, observer, cancellation));
    }

    /// <summary>Samples along any velocity.</summary>
    /// <param name="velocity">noise − data of a state, (B, …), at a noise level of the whole batch.</param>
    /// <param name="start">Standard normal noise; left to the caller.</param>
    /// <param name="settings">Steps and method; guidance is the velocity's own affair.</param>
    /// <param name="noise">Standard normal noise of step 0, 1, …, shape of the start; needed by stochastic sampling only.</param>
    /// <param name="observer">Sees every state, including start and result.</param>
    /// <param name="cancellation">Asked before each step.</param>
    /// <returns>Shape of the start, without gradient; belongs to the scope around, or to the caller.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal static Tensor Sample(
        Func<Tensor, double, Tensor> velocity, Tensor start, SamplerSettings settings, Func<int, Tensor>? noise = null, FlowObserver? observer = null, CancellationToken cancellation = default)
    {
        if (settings.Kind == SamplerKind.Sde)
            ArgumentNullException.ThrowIfNull(noise);
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var field = new FlowField(InterpolantPath.Linear, FlowPrediction.Velocity, (x, time) => -velocity(x, 1 - time));
        var times = Array.ConvertAll(settings.Levels(), level => 1 - level);
        if (settings.Kind == SamplerKind.Ode)
            return scope.MoveOut(new OdeSampler(settings.Method, EulerAtEnd: true).Sample(field, start, times, observer, cancellation));
        var sampler = new SdeSampler(settings.Method, settings.LastStep, settings.Diffusion, settings.DiffusionNorm);
        var grid = settings.LastStep == LastStep.None ? times : times[..^1];
        return scope.MoveOut(sampler.Sample(field, start, grid, noise!, observer, cancellation));
    }

    /// <summary>The model at one noise level for the whole batch, guided where that is wanted.</summary>
    private sealed class GuidedVelocity
    {
        private readonly DiffusionTransformer _model;
        private readonly Guidance? _guidance;
        private readonly Tensor? _labels, _both;
        private readonly long _batch;
        private readonly bool _halves;

        internal GuidedVelocity(DiffusionTransformer model, Tensor? labels, Guidance? guidance, long states)
        {
            var classes = model.Settings.Classes;
            if (classes == 0 && labels is not null)
                throw new ArgumentException("the model was made without labels; give none", nameof(labels));
            if (guidance is not null && labels is null)
                throw new ArgumentException("guidance needs labels; give some, or set no guidance", nameof(labels));
            _model = model;
            _batch = labels?.Size(0) ?? states;
            _halves = guidance is not null && states == 2 * _batch;
            if (states != _batch && !_halves)
                throw new ArgumentException($"a start of {states} samples does not fit {_batch} labels; give one label for each sample", nameof(labels));
            if (classes == 0)
                return;
            var device = model.Parameters()[0].Value.Device;
            _labels = labels ?? Ops.Full([_batch], classes - 1.0, DType.Int64, device);
            // A scale of 1 is the conditional model; asking both would only add rounding.
            if (guidance is null || (guidance.Scale == 1 && !_halves))
                return;
            _guidance = guidance;
            _both = Ops.Cat([_labels.FullLike(classes - 1.0), _labels]);
        }

        internal Tensor At(Tensor x, double level)
        {
            if (_guidance is null || !_guidance.Covers(level))
                return Predict(x, level, _halves ? _both : _labels);
            // The labelled half alone leads; where both halves are followed, both move by its velocity.
            var leading = _halves ? x.Narrow(0, _batch, _batch) : x;
            var two = Predict(Ops.Cat([leading, leading]), level, _both).Chunk(2);
            var velocity = _guidance.Combine(two[0], two[1]);
            return _halves ? Ops.Cat([velocity, velocity]) : velocity;
        }

        private Tensor Predict(Tensor x, double level, Tensor? labels) =>
            _model.Forward(x, Ops.Full([x.Size(0), 1], level, x.DType, x.Device), labels: labels);
    }
}
