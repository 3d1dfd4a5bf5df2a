using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Objectives.Generation;

// B samples, N tokens, C values in a token, D width.

/// <summary>One modality of a step of Self-Flow, noised.</summary>
/// <param name="Noised">What the student sees.</param>
/// <param name="Settings">Mask ratio, levels and weight of the modality.</param>
/// <param name="Prefix">Before the names of its draws and intermediates; empty for a student of one modality.</param>
/// <param name="Data">Clean tokens, (B, N, C).</param>
/// <param name="Noise">(B, N, C).</param>
/// <param name="Tau">Noise level of each token, (B, N).</param>
/// <param name="Target">Velocity, (B, N, C).</param>
/// <param name="Counts">Which tokens have a loss, (B, N), bool; null where all have.</param>
internal sealed record NoisyPart(NoisedPart Noised, SelfFlowLossSettings Settings, string Prefix, Tensor Data, Tensor Noise, Tensor Tau, Tensor Target, Tensor? Counts)
{
    /// <summary>What the teacher sees; null before it was asked.</summary>
    internal NoisedPart? Teacher { get; set; }
}

/// <summary>Adds up the losses of the modalities of a step, and names what a step puts out.</summary>
/// <param name="several">The student knows several modalities, so names carry theirs.</param>
internal sealed class PartLosses(bool several)
{
    private readonly List<(string Name, Tensor Value)> _named = [], _figures = [];
    private Tensor? _total;

    /// <summary>Adds the error of a part's velocity.</summary>
    internal void Generation(NoisyPart part, Tensor predicted)
    {
        var error = part.Counts is null
            ? (Loss: predicted.FusedMeanSquaredError(part.Target), Curve: null)
            : Mean((predicted.To(DType.Float32) - part.Target).Square().Mean(-1, keepDim: false), part.Counts);
        Add("loss_gen", part, error, 1);
        var group = part.Noised.Group ?? part.Tau.ZerosLike(DType.Int64);
        Name(part, ("pred", predicted), ("target", part.Target), ("tau", part.Tau), ("x_tau", part.Noised.Tokens), ("mask", group.Ne(0)), ("group_ids", group));
    }

    /// <summary>Adds the distances of student and teacher features, (B, ΣN, D) both.</summary>
    internal void Representation(IReadOnlyList<NoisyPart> parts, Tensor student, Tensor teacher, SelfFlowLossSettings settings)
    {
        if (settings.CosineAxis == CosineAxis.Tokens)
        {
            if (parts.Any(part => part.Counts is not null) || parts.Count > 1)
                throw new NotSupportedException("features can't be compared along the tokens of sequences of varying length");
            Add("loss_rep", parts[0], ((1.0 - Ops.CosineSimilarity(student, teacher, 1, 1e-8)).Mean(), null), settings.Gamma);
        }
        else
        {
            var distance = student.CosineDistance(teacher, 1e-8);
            var first = 0L;
            foreach (var part in parts)
            {
                var count = part.Data.Size(1);
                var own = parts.Count == 1 ? distance : distance.Narrow(1, first, count);
                Add("loss_rep", part, part.Counts is null ? (own.Mean(), null) : Mean(own, part.Counts), settings.Gamma);
                first += count;
            }
        }

        _named.AddRange([("student_features", student), ("teacher_features", teacher)]);
        foreach (var part in parts)
        {
            var seen = part.Teacher!;
            var times = seen.Group is { } group ? seen.Times.Gather(1, group) : seen.Times.Expand([-1, part.Data.Size(1)]);
            Name(part, ("tau_min", part.Noised.Times.Amin([1])), ("teacher_times", times), ("x_tau_min", seen.Tokens));
        }
    }

    internal ObjectiveResult Result(FlowRoles? roles)
    {
        if (roles is not null)
            _named.AddRange([("given", roles.GivenBM), ("left_out", roles.HiddenBM)]);
        var result = new ObjectiveResult(_total!, _named);
        foreach (var (name, value) in _figures)
            result.Log(name, value);
        return result;
    }

    private void Add(string name, NoisyPart part, (Tensor Loss, Tensor? Curve) error, double factor)
    {
        var title = several ? $"{name}.{part.Noised.Modality}" : name;
        var weighted = error.Loss * (factor * part.Settings.Weight);
        _total = _total is null ? weighted : _total + weighted;
        _named.Add((title, error.Curve ?? error.Loss));
        _figures.Add((title, error.Curve ?? error.Loss));
    }

    private void Name(NoisyPart part, params ReadOnlySpan<(string Name, Tensor Value)> values)
    {
        foreach (var (name, value) in values)
            _named.Add((part.Prefix + name, value));
    }

    // The loss is a mean over all samples, so that a batch may be computed in parts; the curve, over those that have the modality to make.
    private static (Tensor Loss, Tensor? Curve) Mean(Tensor errorBN, Tensor countsBN)
    {
        var weight = countsBN.To(DType.Float32);
        var perSample = (errorBN.To(DType.Float32) * weight).Sum(1, keepDim: false) / weight.Sum(1, keepDim: false).ClampMin(1);
        var having = countsBN.To(DType.Int64).Amax([1]).To(DType.Float32).Sum().ClampMin(1);
        return (perSample.Mean(), perSample.Detach().Sum() / having);
    }
}
