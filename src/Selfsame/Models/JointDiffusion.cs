using Selfsame.Torch;

namespace Selfsame.Models;

// B samples, N tokens of a part, C values in a token, G noise levels of a sample within a part, D width.

/// <summary>Noised tokens of one modality, as a flow model takes them.</summary>
/// <param name="Modality">What they are of.</param>
/// <param name="Tokens">(B, N, C).</param>
/// <param name="Times">Noise levels in [0, 1], 1 = pure noise: (B, G).</param>
/// <param name="Group">Which level each token has, (B, N), int64; null when G is 1 or N.</param>
/// <param name="Real">Which tokens are real, (B, N), bool; null where all are. Nothing attends to the others.</param>
public sealed record NoisedPart(string Modality, Tensor Tokens, Tensor Times, Tensor? Group = null, Tensor? Real = null);

/// <summary>Runs a flow model over several modalities as one sequence, in the order of the parts. One part alone is the model of its modality.</summary>
/// <remarks>
/// Each part keeps its own noise levels: groups of the sequence are those of the parts, numbered on. What tells modalities apart is the bias of
/// each one's input layer, which is added to every token as a vector of the modality would be.
/// </remarks>
public static class JointDiffusion
{
    /// <summary>Predicts the velocity dx/dt = noise − data of every part.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parts">At least one; no modality twice.</param>
    /// <param name="labels">Class ids, (B), int64; null without labels.</param>
    /// <param name="layers">When given, the tokens of the sequence after each block, (B, ΣN, D), are added to it.</param>
    /// <param name="separate">Tokens of a part that have different groups do not attend to each other.</param>
    /// <returns>(B, N, C) of each part.</returns>
    public static IReadOnlyList<Tensor> Forward(this IVelocityModel model, IReadOnlyList<NoisedPart> parts, Tensor? labels = null, IList<Tensor>? layers = null, bool separate = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(parts);
        if (parts is [var only])
            return [model[only.Modality].Forward(only.Tokens, only.Times, only.Group, labels, layers, Mask(parts, separate))];
        var condition = Condition(model, parts, labels);
        var x = model.Blocks.Forward(Start(model, parts), new BlockContext { Condition = condition, Group = Groups(parts), Mask = Mask(parts, separate) }, layers: layers);
        var (velocities, token, level) = (new Tensor[parts.Count], 0L, 0L);
        for (var k = 0; k < velocities.Length; k++)
        {
            var (count, levels) = (parts[k].Tokens.Size(1), parts[k].Times.Size(1));
            velocities[k] = model[parts[k].Modality].Finish(x.Narrow(1, token, count), condition.Narrow(1, level, levels), parts[k].Group);
            (token, level) = (token + count, level + levels);
        }

        return velocities;
    }

    /// <summary>Runs the first blocks only.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parts">At least one; no modality twice.</param>
    /// <param name="last">Blocks to run, counted from 1.</param>
    /// <param name="labels">(B) or null.</param>
    /// <param name="layers">When given, the tokens after each block are added to it.</param>
    /// <param name="separate">Tokens of a part that have different groups do not attend to each other.</param>
    /// <param name="record">Takes the attention weights of one block.</param>
    /// <returns>Tokens of the sequence after block <paramref name="last"/>, (B, ΣN, D).</returns>
    public static Tensor Features(
        this IVelocityModel model, IReadOnlyList<NoisedPart> parts, int last, Tensor? labels = null, IList<Tensor>? layers = null, bool separate = false, AttentionRecord? record = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(parts);
        var context = new BlockContext { Condition = Condition(model, parts, labels), Group = Groups(parts), Mask = Mask(parts, separate), Record = record };
        return model.Blocks.Forward(Start(model, parts), context, last, layers);
    }

    /// <summary>Which tokens of the sequence are real, (B, ΣN), bool; null where all are.</summary>
    /// <param name="parts">At least one.</param>
    public static Tensor? Real(IReadOnlyList<NoisedPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return parts.All(part => part.Real is null)
            ? null
            : Joined(parts, part => part.Real ?? Ops.Ones([part.Tokens.Size(0), part.Tokens.Size(1)], DType.Bool, part.Tokens.Device));
    }

    private static Tensor Start(IVelocityModel model, IReadOnlyList<NoisedPart> parts) => Joined(parts, part => model[part.Modality].Start(part.Tokens));

    // The trunk is shared, so any member gives the condition of all.
    private static Tensor Condition(IVelocityModel model, IReadOnlyList<NoisedPart> parts, Tensor? labels) =>
        model[parts[0].Modality].Condition(Joined(parts, part => part.Times), labels);

    private static Tensor? Groups(IReadOnlyList<NoisedPart> parts)
    {
        if (parts is [var only])
            return only.Group;
        var first = 0L;
        return Joined(parts, part =>
        {
            var (batch, count, levels) = (part.Tokens.Size(0), part.Tokens.Size(1), part.Times.Size(1));
            var own = part.Group ?? (levels == 1
                ? Ops.Zeros([batch, count], DType.Int64, part.Tokens.Device)
                : Ops.Arange(count, dtype: DType.Int64, device: part.Tokens.Device).Unsqueeze(0).Expand([batch, -1]));
            var numbered = first == 0 ? own : own.Add(first);
            first += levels;
            return numbered;
        });
    }

    // (B, 1, 1, N), or (B, 1, N, N) where groups are kept apart.
    private static Tensor? Mask(IReadOnlyList<NoisedPart> parts, bool separate)
    {
        var keys = Real(parts)?.Unsqueeze(1).Unsqueeze(1);
        if (!separate || parts.All(part => part.Group is null))
            return keys;
        var groups = Groups(parts)!;
        var allowed = groups.Unsqueeze(1).Unsqueeze(3).Eq(groups.Unsqueeze(1).Unsqueeze(2));
        if (parts.Count > 1)
        {
            var number = 0;
            var kind = Joined(parts, part => Ops.Full([1, part.Tokens.Size(1)], number++, DType.Int64, part.Tokens.Device)).Reshape([-1]);
            allowed = allowed.LogicalOr(kind.Unsqueeze(1).Eq(kind.Unsqueeze(0)).LogicalNot());
        }

        return keys is null ? allowed : allowed.LogicalAnd(keys);
    }

    private static Tensor Joined(IReadOnlyList<NoisedPart> parts, Func<NoisedPart, Tensor> of) => parts is [var only] ? of(only) : Ops.Cat([.. parts.Select(of)], 1);
}
