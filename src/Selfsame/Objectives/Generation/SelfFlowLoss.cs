using Selfsame.Corruption;
using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Objectives.Generation;

// B samples, N tokens, C values in a token, D width, G noise-level groups of a sample (two in the paper).

/// <summary>Self-Flow's loss on tokens of one modality; the objective adds tokenizer and teacher.</summary>
/// <remarks>
/// Held back: part of each token, drowned in noise; a share of the tokens has a noise level of its own.
/// Predicted: the velocity noise − data of every token, and the features of a teacher that sees everything at the cleaner level.
/// Loss: mean((v − (noise − data))²) + γ · mean(1 − cos(head(student layer l), teacher layer k)).
/// Chefer et al. 2026, https://arxiv.org/abs/2603.06507, equations 1-7; the separation of attention follows SRA's code.
/// </remarks>
public sealed class SelfFlowLoss
{
    private readonly SelfFlowLossSettings _settings;
    private readonly DiffusionTransformer _student, _teacher;
    private readonly Projector _projector;

    /// <summary>Wires the loss.</summary>
    /// <param name="settings">What decides the loss.</param>
    /// <param name="student">The network that is trained.</param>
    /// <param name="teacher">Average of the student, same structure.</param>
    /// <param name="projector">Head on the student's features.</param>
    public SelfFlowLoss(SelfFlowLossSettings settings, DiffusionTransformer student, DiffusionTransformer teacher, Projector projector) =>
        (_settings, _student, _teacher, _projector) = (settings, student, teacher, projector);

    /// <summary>Computes the loss of a batch of tokens.</summary>
    /// <param name="data">Clean tokens, (B, N, C).</param>
    /// <param name="labels">Class ids, (B), int64; null without labels.</param>
    /// <param name="step">Draws: <c>t</c>, <c>s</c> … (levels of the groups), <c>u</c> (B, N), <c>x1</c> (B, N, C), <c>label_drop</c> (B), <c>teacher_u</c> (G, B).</param>
    /// <returns>Loss, and by name: loss_gen, loss_rep, mask, tau, tau_min, x_tau, x_tau_min, pred, target, student_features, teacher_features.</returns>
    public ObjectiveResult Compute(Tensor data, Tensor? labels, StepContext step)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(step);
        var (batch, tokens) = (data.Size(0), data.Size(1));
        labels = Dropped(labels, step);
        var noise = step.Normal("x1", data.Shape);
        var (timesBG, groupBN) = Times(batch, tokens, step);
        var tauBN = PerToken(timesBG, groupBN, tokens);
        var (noisedBNC, targetBNC) = Mix(data, noise, tauBN);

        var layers = new List<Tensor>(_settings.StudentLayer);
        var separate = _settings.SeparateAttention && groupBN is not null ? SameGroup(groupBN) : null;
        var predBNC = _student.Forward(noisedBNC, timesBG, groupBN, labels, layers, separate);
        var lossGen = predBNC.FusedMeanSquaredError(targetBNC);
        if (_settings.Gamma == 0)
        {
            return new ObjectiveResult(lossGen * _settings.Weight) { ["pred"] = predBNC, ["target"] = targetBNC, ["tau"] = tauBN, ["x_tau"] = noisedBNC, ["loss_gen"] = lossGen }
                .Log("loss_gen", lossGen);
        }

        var studentBND = _projector.Forward(layers[_settings.StudentLayer - 1]);
        var (teacherBND, teacherTimeBN, teacherInput) = Teach(data, noise, labels, timesBG, groupBN, tauBN, noisedBNC, step);
        var lossRep = _settings.CosineAxis == CosineAxis.Features
            ? studentBND.CosineDistance(teacherBND, 1e-8).Mean()
            : (1.0 - Ops.CosineSimilarity(studentBND, teacherBND, 1, 1e-8)).Mean();
        var loss = (lossGen + (lossRep * _settings.Gamma)) * _settings.Weight;
        return new ObjectiveResult(loss)
        {
            ["loss_gen"] = lossGen, ["loss_rep"] = lossRep,
            ["mask"] = (groupBN ?? tauBN.ZerosLike(DType.Int64)).Ne(0), ["group_ids"] = groupBN ?? tauBN.ZerosLike(DType.Int64),
            ["tau"] = tauBN, ["tau_min"] = timesBG.Amin([1]), ["teacher_times"] = teacherTimeBN,
            ["x_tau"] = noisedBNC, ["x_tau_min"] = teacherInput, ["pred"] = predBNC, ["target"] = targetBNC,
            ["student_features"] = studentBND, ["teacher_features"] = teacherBND,
        }.Log("loss_gen", lossGen).Log("loss_rep", lossRep);
    }

    // The last row of the label table stands for "no label".
    private Tensor? Dropped(Tensor? labels, StepContext step)
    {
        if (labels is null || _settings.LabelDrop <= 0)
            return labels;
        var drop = step.Uniform("label_drop", labels.Size(0)).Lt(_settings.LabelDrop);
        return labels.MaskedFill(drop, _student.Settings.Classes - 1);
    }

    private (Tensor TimesBG, Tensor? GroupBN) Times(long batch, long tokens, StepContext step)
    {
        var count = (int)batch;
        var t = step.NoiseLevels("t", _settings.Levels, count);
        if (!_settings.DualNoise)
            return (t.Unsqueeze(1), null);
        if (_settings.GroupShares is not { } shares)
        {
            var s = step.NoiseLevels("s", _settings.Levels, count);
            return (Ops.Stack([t, s], 1), step.Uniform("u", batch, tokens).Lt(_settings.MaskRatio).To(DType.Int64));
        }

        var levels = new Tensor[shares.Count];
        levels[0] = t;
        for (var g = 1; g < levels.Length; g++)
            levels[g] = step.NoiseLevels(g == 1 ? "s" : $"s{g}", _settings.Levels, count);
        var group = levels.Length == 1 ? null : TokenGroups.Exact(step.Uniform("u", batch, tokens), shares);
        return (Ops.Stack(levels, 1), group);
    }

    private (Tensor Features, Tensor TimesBN, Tensor Input) Teach(
        Tensor data, Tensor noise, Tensor? labels, Tensor timesBG, Tensor? groupBN, Tensor tauBN, Tensor noisedBNC, StepContext step)
    {
        using var guard = GradMode.Off();
        var tokens = data.Size(1);
        var teacherGroup = groupBN;
        Tensor times, timesBN, input;
        switch (_settings.TeacherTime)
        {
            case TeacherTime.Cleanest:
                times = timesBG.Amin([1], keepdim: true);
                timesBN = times.Expand([-1, tokens]);
                teacherGroup = null;
                input = Mix(data, noise, timesBN).Noised;
                if (_settings.TeacherGroups && groupBN is not null)
                    input = Ops.Where(groupBN.Eq(0).Unsqueeze(-1), input, data);
                break;
            case TeacherTime.Earlier:
                times = (timesBG - (step.Along(1).Uniform("teacher_u", timesBG.Size(1), timesBG.Size(0)).T() * 0.2)).Clamp(0.0, 1.0);
                timesBN = PerToken(times, groupBN, tokens);
                input = Mix(data, noise, timesBN).Noised;
                break;
            case TeacherTime.Same:
                (times, timesBN, input) = (timesBG, tauBN, noisedBNC);
                break;
            default:
                throw new InvalidOperationException($"teacher time {_settings.TeacherTime} is not known");
        }

        var separate = _settings.SeparateAttention && _settings.TeacherGroups && groupBN is not null ? SameGroup(groupBN) : null;
        return (_teacher.Features(input, times, _settings.TeacherLayer, teacherGroup, labels, mask: separate), timesBN, input);
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

    private static Tensor PerToken(Tensor timesBG, Tensor? groupBN, long tokens) =>
        groupBN is null ? timesBG.Expand([-1, tokens]) : timesBG.Gather(1, groupBN);

    private static Tensor SameGroup(Tensor groupBN) => groupBN.Unsqueeze(1).Unsqueeze(3).Eq(groupBN.Unsqueeze(1).Unsqueeze(2));
}
