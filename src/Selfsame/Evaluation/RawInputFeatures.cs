using Selfsame.Data.Loading;
using Selfsame.Modalities.Audio;
using Selfsame.Modalities.Text;
using Selfsame.Modalities.Video;
using Selfsame.Objectives;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Evaluation;

/// <summary>The raw-input baseline: the samples themselves as features. A representation that scores below it lost more than it found.</summary>
public static class RawInputFeatures
{
    private const int Frame = 400, Bands = 40, PerBand = 5;

    /// <summary>
    /// The modalities of a batch side by side: pixels as they are; of text, how often each token occurs, over its length; of sound, mean and deviation over time of log energies by frequency; of films, the mean picture. What a
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
                case AudioField:
                    parts.Add(batch.Has(field.Name) ? Spectrum(batch, field.Name, field.Layout.Size) : Ops.Zeros([batch.Count, 2L * (field.Layout.Shape.Count == 0 ? Bands : field.Layout.Size)]));
                    break;
                case VideoField video:
                    parts.Add(batch.Has(field.Name) ? Of(batch[field.Name].Mean(2, keepDim: false)) : Ops.Zeros([batch.Count, (long)video.Layout.Size / video.Shape.Frames]));
                    break;
                default:
                    parts.Add(batch.Has(field.Name) ? Of(batch[field.Name]) : Ops.Zeros([batch.Count, field.Layout.Size / field.Layout.Shape[0]]));
                    break;
            }
        }

        return scope.MoveOut(parts.Count == 1 ? parts[0].To(DType.Float32) : Ops.Cat([.. parts], 1));
    }

    // Mean and deviation over the filled frames. Waveforms are cut into frames of 400, and their power summed over bands of like width.
    private static Tensor Spectrum(Batch batch, string name, int bins)
    {
        var field = batch.Field(name);
        var (values, lengths) = (field.Values, batch.Lengths(name));
        if (values.Dimensions == 2)
        {
            var frames = (values.Size(1) + Frame - 1) / Frame;
            var whole = Ops.Cat([values, Ops.Zeros([values.Size(0), (frames * Frame) - values.Size(1)])], 1).Reshape([values.Size(0), frames, Frame]);
            var basis = Fourier();
            var power = whole.Matmul(basis.Cos).Square() + whole.Matmul(basis.Sin).Square();
            values = (power.Reshape([values.Size(0), frames, Bands, -1]).Mean(-1, keepDim: false) + 1e-8).Log();
            lengths = (lengths.To(DType.Float32) / Frame).Clamp(1.0, frames);
            bins = Bands;
        }

        var places = Ops.Arange(values.Size(1), dtype: DType.Float32).Unsqueeze(0);
        var real = places.Lt(lengths.To(DType.Float32).Unsqueeze(1)).To(DType.Float32).Unsqueeze(-1) * batch.Present(name).To(DType.Float32).Reshape([-1, 1, 1]);
        var count = real.Sum(1, keepDim: false).ClampMin(1);
        var mean = (values * real).Sum(1, keepDim: false) / count;
        var spread = ((values - mean.Unsqueeze(1)).Square() * real).Sum(1, keepDim: false) / count;
        return Ops.Cat([mean, spread.Sqrt()], 1).Reshape([values.Size(0), 2L * bins]);
    }

    private static (Tensor Cos, Tensor Sin) Fourier()
    {
        var (cos, sin) = (new float[Frame * Bands * PerBand], new float[Frame * Bands * PerBand]);
        for (var t = 0; t < Frame; t++)
        {
            for (var k = 0; k < Bands * PerBand; k++)
            {
                var angle = 2 * Math.PI * t * (k + 1) / Frame;
                (cos[(t * Bands * PerBand) + k], sin[(t * Bands * PerBand) + k]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
            }
        }

        return (Tensor.From<float>(cos, [Frame, Bands * PerBand]), Tensor.From<float>(sin, [Frame, Bands * PerBand]));
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
