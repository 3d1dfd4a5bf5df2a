using Selfsame.Corruption;
using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Objectives.Generation;

// B samples, N tokens, C values in a token, D width, G noise-level groups of a sample (two in the paper), M modalities.

/// <summary>Clean tokens of one modality, for <see cref="SelfFlowLoss"/>.</summary>
/// <param name="Modality">What they are of.</param>
/// <param name="Tokens">(B, N, C).</param>
/// <param name="Real">Which are real, (B, N), bool; null where all are.</param>
public sealed record CleanPart(string Modality, Tensor Tokens, Tensor? Real = null);

/// <summary>Self-Flow's loss on tokens of one modality, or of several in one sequence; the objective adds tokenizers and teacher.</summary>
/// <remarks>
/// Held back: part of each token, drowned in noise; a share of the tokens has a noise level of its own.
/// Predicted: the velocity noise − data of every token, and the features of a teacher that sees everything at the cleaner level.
/// Loss: mean((v − (noise − data))²) + γ · mean(1 − cos(head(student layer l), teacher layer k)); of several modalities the sum of each one's loss times
/// its weight, a sample's loss of a modality being the mean over its real tokens, and 0 where it lacks it, is given it, or it is left out.
/// Chefer et al. 2026, https://arxiv.org/abs/2603.06507, equations 1-7; the separation of attention follows SRA's code.
/// </remarks>
public sealed class SelfFlowLoss
{
    private readonly SelfFlowLossSettings _settings;
    private readonly IReadOnlyDictionary<string, SelfFlowLossSettings> _byModality;
    private readonly IVelocityModel _student, _teacher;
    private readonly Projector _projector;

    /// <summary>Wires the loss.</summary>
    /// <param name="settings">What decides the loss.</param>
    /// <param name="student">The network that is trained.</param>
    /// <param name="teacher">Average of the student, same structure.</param>
    /// <param name="projector">Head on the student's features.</param>
    /// <param name="byModality">Mask ratio, levels and weight of each modality; null where <paramref name="settings"/> holds for all.</param>
    public SelfFlowLoss(
        SelfFlowLossSettings settings, IVelocityModel student, IVelocityModel teacher, Projector projector, IReadOnlyDictionary<string, SelfFlowLossSettings>? byModality = null)
    {
        (_settings, _student, _teacher, _projector) = (settings, student, teacher, projector);
        _byModality = byModality ?? new Dictionary<string, SelfFlowLossSettings>();
    }

    /// <summary>Computes the loss of a batch of tokens of the student's one modality.</summary>
    /// <param name="data">Clean tokens, (B, N, C).</param>
    /// <param name="labels">Class ids, (B), int64; null without labels.</param>
    /// <param name="step">Draws, see the other overload.</param>
    public ObjectiveResult Compute(Tensor data, Tensor? labels, StepContext step) => Compute([new(_student.Modalities[0], data)], labels, step);

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="data">Its modalities, in the order of the sequence.</param>
    /// <param name="labels">Class ids, (B), int64; null without labels.</param>
    /// <param name="step">
    /// Draws: <c>t</c>, <c>s</c> … (levels of the groups), <c>u</c> (B, N), <c>x1</c> (B, N, C), <c>teacher_u</c> (G, B), for a student of several modalities
    /// under names such as <c>audio.t</c>; <c>label_drop</c> (B), <c>role</c> (B), <c>roles</c> (B, all modalities).
    /// </param>
    /// <returns>
    /// Loss, and by name: loss_gen, loss_rep, mask, tau, tau_min, x_tau, x_tau_min, pred, target, student_features, teacher_features. For a student of several modalities
    /// the losses are named loss_gen.audio, the others audio.tau; student_features and teacher_features are of the sequence, given and left_out are (B, M).
    /// </returns>
    public ObjectiveResult Compute(IReadOnlyList<CleanPart> data, Tensor? labels, StepContext step)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(step);
        labels = Dropped(labels, step);
        var roles = data.Count > 1 && _settings.ConditionShare > 0 ? Roles(data, step) : null;
        var parts = new NoisyPart[data.Count];
        for (var k = 0; k < parts.Length; k++)
            parts[k] = Corrupt(data, k, roles, step);

        var layers = new List<Tensor>(_settings.StudentLayer);
        var predicted = _student.Forward(Array.ConvertAll(parts, part => part.Noised), labels, layers, _settings.SeparateAttention);
        var losses = new PartLosses(_student.Modalities.Count > 1);
        for (var k = 0; k < parts.Length; k++)
            losses.Generation(parts[k], predicted[k]);
        if (_settings.Gamma > 0)
        {
            var student = _projector.Forward(layers[_settings.StudentLayer - 1]);
            var teacher = Teach(parts, labels, step);
            losses.Representation(parts, student, teacher, _settings);
        }

        return losses.Result(roles);
    }

    // The last row of the label table stands for "no label".
    private Tensor? Dropped(Tensor? labels, StepContext step)
    {
        if (labels is null || _settings.LabelDrop <= 0)
            return labels;
        var drop = step.Uniform("label_drop", labels.Size(0)).Lt(_settings.LabelDrop);
        return labels.MaskedFill(drop, _student[_student.Modalities[0]].Settings.Classes - 1);
    }

    private FlowRoles Roles(IReadOnlyList<CleanPart> data, StepContext step)
    {
        var batch = data[0].Tokens.Size(0);
        var all = step.Uniform("roles", batch, _student.Modalities.Count);
        var columns = data.Select(part => all.Narrow(1, IndexOf(part.Modality), 1));
        var present = data.Select(part => part.Real is { } real ? real.To(DType.Int64).Amax([1], keepdim: true).Ne(0) : Ops.Ones([batch, 1], DType.Bool, part.Tokens.Device));
        return FlowRoles.Draw(Ops.Cat([.. present], 1), step.Uniform("role", batch), Ops.Cat([.. columns], 1), _settings.ConditionShare);
    }

    private NoisyPart Corrupt(IReadOnlyList<CleanPart> all, int k, FlowRoles? roles, StepContext step)
    {
        var (modality, data, real) = all[k];
        var settings = _byModality.GetValueOrDefault(modality, _settings);
        var prefix = _student.Modalities.Count > 1 ? modality + "." : "";
        var noise = step.Normal(prefix + "x1", data.Shape);
        var (times, group) = Times(data.Size(0), data.Size(1), settings, prefix, step);
        Tensor? counts = real;
        if (roles is not null)
        {
            var (given, hidden) = (roles.GivenBM.Narrow(1, k, 1), roles.HiddenBM.Narrow(1, k, 1));
            times = times.MaskedFill(given, 0);
            real = hidden.LogicalNot().LogicalAnd(real ?? Ops.Ones([1, data.Size(1)], DType.Bool, data.Device));
            counts = real.LogicalAnd(given.LogicalNot());
        }

        var tau = group is null ? times.Expand([-1, data.Size(1)]) : times.Gather(1, group);
        var (noised, target) = Mix(data, noise, tau);
        return new(new(modality, noised, times, group, real), settings, prefix, data, noise, tau, target, counts);
    }

    private (Tensor TimesBG, Tensor? GroupBN) Times(long batch, long tokens, SelfFlowLossSettings settings, string prefix, StepContext step)
    {
        var count = (int)batch;
        var (own, levels) = _settings.SharedTimes && prefix.Length > 0 ? ("", _byModality.GetValueOrDefault(_student.Modalities[0], _settings).Levels) : (prefix, settings.Levels);
        var t = step.NoiseLevels(own + "t", levels, count);
        if (!settings.DualNoise)
            return (t.Unsqueeze(1), null);
        if (settings.GroupShares is not { } shares)
        {
            var s = step.NoiseLevels(own + "s", levels, count);
            return (Ops.Stack([t, s], 1), step.Uniform(prefix + "u", batch, tokens).Lt(settings.MaskRatio).To(DType.Int64));
        }

        var drawn = new Tensor[shares.Count];
        drawn[0] = t;
        for (var g = 1; g < drawn.Length; g++)
            drawn[g] = step.NoiseLevels(own + (g == 1 ? "s" : $"s{g}"), levels, count);
        var group = drawn.Length == 1 ? null : TokenGroups.Exact(step.Uniform(prefix + "u", batch, tokens), shares);
        return (Ops.Stack(drawn, 1), group);
    }

    // Fills in what each part's teacher saw.
    private Tensor Teach(NoisyPart[] parts, Tensor? labels, StepContext step)
    {
        using var guard = GradMode.Off();
        foreach (var part in parts)
            part.Teacher = TeacherView(part, step);
        return _teacher.Features(Array.ConvertAll(parts, part => part.Teacher!), _settings.TeacherLayer, labels, separate: _settings.SeparateAttention && _settings.TeacherGroups);
    }

    private NoisedPart TeacherView(NoisyPart part, StepContext step)
    {
        var (data, noise, group, times) = (part.Data, part.Noise, part.Noised.Group, part.Noised.Times);
        switch (_settings.TeacherTime)
        {
            case TeacherTime.Cleanest:
                var cleanest = times.Amin([1], keepdim: true);
                var input = Mix(data, noise, cleanest.Expand([-1, data.Size(1)])).Noised;
                if (!_settings.TeacherGroups || group is null)
                    return new(part.Noised.Modality, input, cleanest, null, part.Noised.Real);
                // All levels are one, so the groups serve their separation only.
                return new(part.Noised.Modality, Ops.Where(group.Eq(0).Unsqueeze(-1), input, data), cleanest.Expand([-1, times.Size(1)]), group, part.Noised.Real);
            case TeacherTime.Earlier:
                var earlier = (times - (step.Along(1).Uniform(part.Prefix + "teacher_u", times.Size(1), times.Size(0)).T() * 0.2)).Clamp(0.0, 1.0);
                var each = group is null ? earlier.Expand([-1, data.Size(1)]) : earlier.Gather(1, group);
                return new(part.Noised.Modality, Mix(data, noise, each).Noised, earlier, group, part.Noised.Real);
            case TeacherTime.Same:
                return part.Noised;
            default:
                throw new InvalidOperationException($"teacher time {_settings.TeacherTime} is not known");
        }
    }

    private (Tensor Noised, Tensor Target) Mix(Tensor data, Tensor noise, Tensor timesBN)
    {
        var t = timesBN.Unsqueeze(-1);
        if (_settings.Path == FlowPath.Linear)
            return (data + ((noise - data) * t), noise - data);
        var angle = t * (Math.PI / 2);
        var (cos, sin) = (angle.Cos(), angle.Sin());
        return ((data * cos) + (noise * sin), ((noise * cos) - (data * sin)) * (Math.PI / 2));
    }

    private int IndexOf(string modality)
    {
        for (var k = 0; k < _student.Modalities.Count; k++)
            if (_student.Modalities[k] == modality)
                return k;
        throw new KeyNotFoundException($"no model for {modality}; there are {string.Join(", ", _student.Modalities)}");
    }
}
