using Selfsame.Data.Loading;
using Selfsame.Modalities.Text;
using Selfsame.Objectives;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Evaluation;

/// <summary>The raw-input baseline: the samples themselves as features. A representation that scores below it lost more than it found.</summary>
public static class RawInputFeatures
{
    /// <summary>
    /// The modalities of a batch side by side: pixels as they are; of text, how often each token occurs, over its length. What a
    /// sample lacks is 0.
    /// </summary>
    /// <param name="batch">Samples.</param>
    /// <param name="inputs">What the batch was made with.</param>
    /// <returns>(B, D), D the same for every batch of these inputs.</returns>
    public static Tensor Of(Batch batch, SampleInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Fields is [ImageField])
            return Of(batch[Modality.Image]);
        using var scope = Scope.Enter();
        var parts = new List<Tensor>();
        foreach (var field in inputs.Fields)
        {
            switch (field)
            {
                case TextField text:
                    parts.Add(batch.Has(field.Name) ? Bag(batch[field.Name], batch.Mask(field.Name), text.Shape.Vocabulary) : Ops.Zeros([batch.Count, text.Shape.Vocabulary]));
                    break;
                default:
                    parts.Add(batch.Has(field.Name) ? Of(batch[field.Name]) : Ops.Zeros([batch.Count, field.Layout.Size / field.Layout.Shape[0]]));
                    break;
            }
        }

        return scope.MoveOut(parts.Count == 1 ? parts[0].To(DType.Float32) : Ops.Cat([.. parts], 1));
    }

    // Share of each token in a text; padding counts nothing.
    private static Tensor Bag(Tensor tokens, Tensor mask, int vocabulary)
    {
        var (rows, length) = (tokens.Size(0), tokens.Size(1));
        var counts = new float[rows * vocabulary];
        var (ids, real) = (tokens.ToArray<long>(), mask.ToArray<bool>());
        for (var b = 0; b < rows; b++)
        {
            for (var l = 0; l < length; l++)
            {
                if (real[(b * length) + l])
                    counts[(b * vocabulary) + ids[(b * length) + l]]++;
            }
        }

        return Tensor.From<float>(counts, [rows, vocabulary]) / mask.Sum(1, keepDim: true).ClampMin(1).To(DType.Float32);
    }

    /// <summary>Flattens samples. The values stay as they are: the probes standardise, cosine k-NN normalises.</summary>
    /// <param name="samples">(N, ...), such as pictures (N, channels, height, width).</param>
    /// <returns>(N, D), D the number of values in a sample; shares memory with <paramref name="samples"/> where they are contiguous.</returns>
    /// <exception cref="ShapeException">There are no samples, or they have no dimension of their own.</exception>
    public static Tensor Of(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Dimensions < 2 || samples.ElementCount == 0)
            throw new ShapeException($"samples are {samples}; expected one along the first dimension and its values along the others.");
        using var scope = Scope.Enter();
        var flat = samples.Flatten(1);
        return scope.MoveOut(flat.DType is DType.Float32 or DType.Float64 ? flat : flat.To(DType.Float32));
    }
}
