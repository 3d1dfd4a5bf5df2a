using Selfsame.Data;
using Selfsame.Generation;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;
using Selfsame.Training.Logging;

namespace Selfsame.Evaluation;

/// <summary>Judges what a generative method makes of sound, films and several modalities at once, against test samples.</summary>
/// <param name="data">The samples.</param>
/// <param name="inputs">How they are read; nothing random.</param>
/// <param name="range">Mean and deviation that pictures and films are normalised with.</param>
/// <param name="seed">Seed of samples, noise and projections.</param>
internal sealed class ModalityJudge(EvaluationData data, SampleInputs inputs, (double Mean, double Deviation) range, ulong seed)
{
    /// <summary>Sliced Wasserstein distance over the frames of films.</summary>
    internal const string FrameProtocol = "swd/frames-1";

    /// <summary>Root mean square difference of the mean log mel spectra.</summary>
    internal const string SpectrumProtocol = "mel/mean-spectrum-1";

    /// <summary>Fréchet distance over mean and deviation of log mel energies.</summary>
    internal const string MelFrechetProtocol = "frechet/mel-statistics-1";

    /// <summary>Velocity error of one modality with and without the others.</summary>
    internal const string DenoisingProtocol = "denoising/given-1";

    private const int Part = 64;

    private static readonly double[] s_levels = [0.25, 0.5, 0.75];

    /// <summary>Makes samples of every modality, given the others where the model takes conditions and samples have them, and measures them; and how well the model tells noise from data.</summary>
    internal List<Metric> Judge(IGenerator generator, SampleSettings wanted, bool averaged, CancellationToken cancellation)
    {
        var metrics = new List<Metric>();
        var velocities = generator as IJointModel;
        // Wherever some samples have everything, each modality is measured on these, so that models of one and of several compare.
        var all = SampleBatches.Having(data.Set, data.Part(DataSplit.Test), generator.Generates, wanted.Count);
        var given = velocities is { TakesConditions: true } && all.Length > 1;
        foreach (var modality in generator.Generates)
        {
            var samples = all.Length > 1 ? all : SampleBatches.Having(data.Set, data.Part(DataSplit.Test), [modality], wanted.Count);
            if (samples.Length < 2)
                continue;
            using var scope = Scope.Enter();
            metrics.AddRange(SampleBatches.Read(data.Set, inputs, samples, batch => Of(generator, modality, batch, given, wanted, averaged, cancellation), cancellation));
            if (velocities is not null)
                metrics.AddRange(SampleBatches.Read(data.Set, inputs, samples, batch => Denoising(velocities, modality, given, batch, averaged, cancellation), cancellation));
        }

        return metrics;
    }

    private List<Metric> Of(IGenerator generator, string modality, Batch batch, bool given, SampleSettings wanted, bool averaged, CancellationToken cancellation)
    {
        var count = (int)batch.Count;
        (string, object, object?) parameter = ("n", count, null);
        if (modality == Modality.Text)
            return [];
        var settings = SampleJudge.SamplerOf(wanted, conditioned: given) with { Shift = generator.SamplingShift(modality) };
        var made = new List<Tensor>();
        for (var first = 0; first < count; first += Part)
        {
            var size = Math.Min(Part, count - first);
            var request = new GenerationRequest(size, [modality]) { Given = given ? batch.Rows(first, size) : null };
            made.Add(generator.MakeOnHost(request, settings, new SeededStep(seed, long.MaxValue - 20 - first), averaged, cancellation)[modality]);
        }

        var real = generator.Rebuilt(batch).To(Device.Cpu);
        var fake = Ops.Cat([.. made], 0);
        switch (modality)
        {
            case Modality.Audio:
                var (one, other) = (MelStatistics(real.Field(modality)), MelStatistics(new(fake)));
                var bins = one.Size(1) / 2;
                var spectrum = (one.Mean(0, keepDim: false) - other.Mean(0, keepDim: false)).Narrow(0, 0, bins).Square().Mean().Item();
                return
                [
                    new("mel_distance", Math.Sqrt(spectrum), Protocols.Id(SpectrumProtocol, parameter)),
                    new("frechet_mel", FrechetDistance.Between(one, other, cancellation).Distance, Protocols.Id(MelFrechetProtocol, parameter)),
                ];
            case Modality.Video:
                return [new("swd_video", Distance(Frames(real[modality]), Frames(fake), cancellation), Protocols.Id(FrameProtocol, parameter))];
            default:
                return [new("swd", Distance(real[modality], fake, cancellation), Protocols.Id(SlicedWasserstein.Protocol, parameter))];
        }
    }

    // The same noise with and without the other modalities, so that only what they tell differs.
    private List<Metric> Denoising(IJointModel model, string modality, bool given, Batch batch, bool averaged, CancellationToken cancellation)
    {
        var (with, without) = (0.0, 0.0);
        for (long first = 0; first < batch.Count; first += Part)
        {
            var size = Math.Min(Part, batch.Count - first);
            var part = batch.Rows(first, size);
            for (var k = 0; k < s_levels.Length; k++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = Scope.Enter();
                var draws = new SeededStep(seed, long.MaxValue - 40 - k, new BatchPart(first, size, batch.Count)).On(batch.Device);
                if (given)
                    with += model.ErrorOf(modality, part, s_levels[k], given: true, draws, averaged).Sum().Item();
                without += model.ErrorOf(modality, part, s_levels[k], given: false, draws, averaged).Sum().Item();
            }
        }

        var total = batch.Count * s_levels.Length;
        var protocol = Protocols.Id(DenoisingProtocol, ("n", (int)batch.Count, null));
        var alone = new Metric($"velocity_error_{modality}", without / total, protocol);
        return given ? [new($"velocity_error_{modality}_given", with / total, protocol), alone] : [alone];
    }

    private double Distance(Tensor real, Tensor fake, CancellationToken cancellation) =>
        SlicedWasserstein.Distances(SampleGrid.ToPixels(real, range), SampleGrid.ToPixels(fake, range), new SlicedWassersteinSettings { Seed = seed }, cancellation)[^1];

    private static Tensor Frames(Tensor films) => films.Transpose(1, 2).Reshape([films.Size(0) * films.Size(2), films.Size(1), films.Size(3), films.Size(4)]);

    // Mean and deviation of each bin over the frames of a sound, (B, 2 · bins).
    private static Tensor MelStatistics(Modalities.BatchField field)
    {
        var values = field.Values;
        var places = Ops.Arange(values.Size(1), dtype: DType.Int64).Unsqueeze(0);
        var lengths = field.Lengths ?? Ops.Full([values.Size(0)], values.Size(1), DType.Int64);
        var real = places.Lt(lengths.Unsqueeze(1)).To(DType.Float32).Unsqueeze(-1);
        var count = real.Sum(1, keepDim: false).ClampMin(1);
        var mean = (values * real).Sum(1, keepDim: false) / count;
        var variance = ((values - mean.Unsqueeze(1)).Square() * real).Sum(1, keepDim: false) / count;
        return Ops.Cat([mean, variance.Sqrt()], 1);
    }
}
