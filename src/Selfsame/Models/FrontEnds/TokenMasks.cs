using Selfsame.Modalities;
using Selfsame.Torch;

namespace Selfsame.Models.FrontEnds;

/// <summary>Which tokens of a batch hold data.</summary>
internal static class TokenMasks
{
    /// <summary>Which tokens are real where each spans <paramref name="span"/> places of its sample, <paramref name="each"/> of them side by side.</summary>
    /// <param name="field">The modality.</param>
    /// <param name="tokens">Tokens of the longest sample.</param>
    /// <param name="span">Places of its sample that a token spans.</param>
    /// <param name="each">Tokens that lie side by side over the same places.</param>
    /// <returns>(B, tokens), bool; null where all are.</returns>
    internal static Tensor? Real(BatchField field, long tokens, int span, int each = 1)
    {
        if (field.Lengths is null)
            return Present(field, tokens);
        var starts = Ops.Arange(tokens / each, dtype: DType.Int64, device: field.Values.Device).Mul((long)span);
        var real = starts.Unsqueeze(0).Lt(field.Lengths.Unsqueeze(1));
        return each == 1 ? real : real.Unsqueeze(-1).Expand([-1, -1, each]).Reshape([field.Values.Size(0), tokens]);
    }

    /// <summary>All tokens of those samples that have the modality.</summary>
    /// <param name="field">The modality.</param>
    /// <param name="tokens">Tokens of a sample.</param>
    /// <returns>(B, tokens), bool; null where all samples have it.</returns>
    internal static Tensor? Present(BatchField field, long tokens) => field.Present?.Unsqueeze(1).Expand([-1, tokens]);

    /// <summary>Zeros behind the second axis until it is a multiple.</summary>
    internal static Tensor Whole(Tensor values, int multiple) => Filled(values, values.Size(1) + ((multiple - (values.Size(1) % multiple)) % multiple), 0);

    /// <summary>A value behind the second axis up to a length.</summary>
    internal static Tensor Filled(Tensor values, long length, double value)
    {
        if (values.Size(1) == length)
            return values;
        long[] shape = [.. values.Shape];
        shape[1] = length - shape[1];
        return Ops.Cat([values, Ops.Full(shape, value, values.DType, values.Device)], 1);
    }
}
