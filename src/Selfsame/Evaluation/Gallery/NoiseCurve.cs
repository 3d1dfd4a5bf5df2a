using Selfsame.Generation;
using Selfsame.Objectives;
using Selfsame.Torch;

namespace Selfsame.Evaluation.Gallery;

/// <summary>Loss and features of a flow model at ten noise levels, on test data.</summary>
public static class NoiseCurve
{
    private const int Bins = 10, Samples = 128, Batch = 64;

    /// <summary>Measures the curve.</summary>
    /// <param name="source">Samples.</param>
    /// <param name="model">The model, in evaluation mode.</param>
    /// <param name="cancellation">Stops between levels.</param>
    public static NoiseFigure Measure(FigureSource source, IFlowModel model, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(model);
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var (pictures, samples) = source.Pictures(source.Choose(Samples).Samples, cancellation);
        var (levels, losses, untrained, similarity, recognised) = (new double[Bins], new double[Bins], new double[Bins], new double[Bins], new double[Bins]);
        Tensor? clean = null;
        for (var bin = 0; bin < Bins; bin++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = Scope.Enter();
            levels[bin] = (bin + 0.5) / Bins;
            var (loss, zero, features) = At(source, model, pictures, levels[bin], bin);
            (losses[bin], untrained[bin]) = (loss, zero);
            var unit = Unit(features);
            clean ??= Scope.Release(unit.Clone());
            (similarity[bin], recognised[bin]) = Compare(unit, clean);
        }

        clean?.Dispose();
        return new NoiseFigure { Levels = levels, Loss = losses, Untrained = untrained, Similarity = similarity, Recognised = recognised, Samples = samples.Length };
    }

    /// <summary>Mean cosine between equal rows, and the share of rows that are nearest to the equal one.</summary>
    /// <param name="rows">(N, D) of length one.</param>
    /// <param name="others">(N, D) of length one.</param>
    public static (double Similarity, double Recognised) Compare(Tensor rows, Tensor others)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(others);
        using var scope = Scope.Enter();
        var cosines = rows.Matmul(others.T());
        var own = Ops.Arange(rows.Size(0), dtype: DType.Int64);
        return (cosines.Diagonal().Mean().Item(), cosines.Argmax(1).Eq(own).To(DType.Float32).Mean().Item());
    }

    private static (double Loss, double Untrained, Tensor Features) At(FigureSource source, IFlowModel model, Tensor pictures, double level, int bin)
    {
        var count = pictures.Size(0);
        var (loss, zero) = (0.0, 0.0);
        var features = new List<Tensor>();
        for (long start = 0; start < count; start += Batch)
        {
            var size = Math.Min(Batch, count - start);
            var device = HostSamples.DeviceOf(model);
            var part = new Objectives.Batch(pictures.Narrow(0, start, size)).To(device);
            var draws = new SeededStep(source.Seed, long.MaxValue - 3 - bin, new BatchPart(start, size, count)).On(device);
            var reading = model.ReadAt(part, level, draws, source.Settings.Features.Averaged);
            (loss, zero) = (loss + reading.Loss.Sum().Item(), zero + reading.Untrained.Sum().Item());
            features.Add(reading.Tokens.To(DType.Float32).Mean(1, keepDim: false));
        }

        return (loss / count, zero / count, Ops.Cat([.. features], 0));
    }

    private static Tensor Unit(Tensor features)
    {
        var centred = features - features.Mean(0, keepDim: true);
        return centred / centred.VectorNorm(2, [1], keepdim: true).ClampMin(1e-12);
    }
}
