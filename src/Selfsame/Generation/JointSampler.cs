using Selfsame.Models;
using Selfsame.Objectives;
using Selfsame.Torch;

namespace Selfsame.Generation;

// B samples, N tokens of a modality, C values in a token.

/// <summary>Tokens that are to be made.</summary>
/// <param name="Modality">What they are of.</param>
/// <param name="Tokens">Tokens of a sample.</param>
/// <param name="Width">Values in a token.</param>
public sealed record PartShape(string Modality, int Tokens, int Width);

/// <summary>Makes some modalities of a flow model, together, from noise and from others that are given.</summary>
/// <remarks>
/// What is made shares one noise level, what is given has level 0, what is neither is left out. Guidance moves away from the velocity without labels and
/// without what is given. As Bao et al. 2023, https://arxiv.org/abs/2303.06555, section 3, do with a time for each modality.
/// </remarks>
public static class JointSampler
{
    /// <summary>Samples tokens.</summary>
    /// <param name="model">The model.</param>
    /// <param name="wanted">What to make.</param>
    /// <param name="given">Conditions at level 0; empty for none.</param>
    /// <param name="count">Samples B.</param>
    /// <param name="labels">Class ids, (B), int64; null without.</param>
    /// <param name="settings">Steps, method and guidance.</param>
    /// <param name="draws">Draws <c>start</c> and, for the stochastic sampler, <c>noise.K</c>; behind a modality's name where several are made.</param>
    /// <param name="cancellation">Asked before each step.</param>
    /// <returns>(B, N, C) of each that was wanted.</returns>
    /// <exception cref="ArgumentException">Guidance with nothing to be guided by, or labels for a model without them.</exception>
    public static IReadOnlyList<Tensor> Sample(
        IVelocityModel model, IReadOnlyList<PartShape> wanted, IReadOnlyList<NoisedPart> given, int count, Tensor? labels, SamplerSettings settings,
        StepContext draws, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(draws);
        if (wanted is [var only] && given.Count == 0)
        {
            long[] shape = [count, only.Tokens, only.Width];
            return [FlowSampler.Sample(model[only.Modality], draws.Normal("start", shape), labels, settings, k => draws.Normal(Noise(k), shape), cancellation: cancellation)];
        }

        var velocity = new JointVelocity(model, wanted, given, count, labels, settings.Guidance);
        var made = FlowSampler.Sample(velocity.At, Draw("start"), settings, k => Draw(Noise(k)), cancellation: cancellation);
        return velocity.Split(made);

        static string Noise(int k) => FormattableString.Invariant($"noise.{k}");

        Tensor Draw(string name) => Ops.Cat([.. wanted.Select(part =>
            draws.Normal(wanted.Count == 1 ? name : $"{part.Modality}.{name}", count, part.Tokens, part.Width).View([count, (long)part.Tokens * part.Width]))], 1);
    }

    /// <summary>The model at one noise level of what is made; its state is (B, Σ N · C).</summary>
    private sealed class JointVelocity
    {
        private readonly IVelocityModel _model;
        private readonly IReadOnlyList<PartShape> _wanted;
        private readonly IReadOnlyList<NoisedPart> _given;
        private readonly Guidance? _guidance;
        private readonly Tensor? _labels, _noLabels;

        internal JointVelocity(IVelocityModel model, IReadOnlyList<PartShape> wanted, IReadOnlyList<NoisedPart> given, int count, Tensor? labels, Guidance? guidance)
        {
            (_model, _wanted, _given) = (model, wanted, given);
            if (guidance is not null && labels is null && given.Count == 0)
                throw new ArgumentException("guidance needs labels or a modality that is given; give one, or set no guidance", nameof(guidance));
            _guidance = guidance is { Scale: 1 } ? null : guidance;
            _noLabels = DiffusionTransformerFeatures.NoLabels(model, count, ((Module)model).Device);
            if (_noLabels is null && labels is not null)
                throw new ArgumentException("the model was made without labels; give none", nameof(labels));
            _labels = labels ?? _noLabels;
        }

        internal Tensor At(Tensor x, double level)
        {
            var with = Predict(x, level, _given, _labels);
            return _guidance is null || !_guidance.Covers(level) ? with : _guidance.Combine(Predict(x, level, [], _noLabels), with);
        }

        internal Tensor[] Split(Tensor state)
        {
            var (parts, first) = (new Tensor[_wanted.Count], 0L);
            for (var k = 0; k < parts.Length; k++)
            {
                var length = (long)_wanted[k].Tokens * _wanted[k].Width;
                parts[k] = state.Narrow(1, first, length).Reshape([state.Size(0), _wanted[k].Tokens, _wanted[k].Width]);
                first += length;
            }

            return parts;
        }

        private Tensor Predict(Tensor x, double level, IReadOnlyList<NoisedPart> given, Tensor? labels)
        {
            var times = Ops.Full([x.Size(0), 1], level, DType.Float32, x.Device);
            NoisedPart[] made = [.. Split(x).Select((tokens, k) => new NoisedPart(_wanted[k].Modality, tokens, times))];
            // In the order of the model, as in training.
            NoisedPart[] parts = [.. _model.Modalities.SelectMany(name => made.Concat(given).Where(part => part.Modality == name))];
            var velocities = _model.Forward(parts, labels);
            return Ops.Cat([.. made.Select(part => velocities[Array.IndexOf(parts, part)].Flatten(1))], 1);
        }
    }
}
