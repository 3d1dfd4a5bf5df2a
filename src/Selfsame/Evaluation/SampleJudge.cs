using Selfsame.Data;
using Selfsame.Generation;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training.Logging;

namespace Selfsame.Evaluation;

/// <summary>Judges pictures that a generative method makes against pictures of the test part.</summary>
/// <param name="data">The samples.</param>
/// <param name="conditions">Classes the method is conditioned on; null for none.</param>
/// <param name="range">Mean and deviation that pictures are normalised with.</param>
/// <param name="seed">Seed of samples and projections.</param>
internal sealed class SampleJudge(EvaluationData data, LabelSet? conditions, (double Mean, double Deviation) range, ulong seed)
{
    /// <summary>Opens the network behind Fréchet distances; null where there is none to be had.</summary>
    internal Func<CancellationToken, SampleFeatures>? Features { get; init; }

    /// <summary>Settings of a sampler for a recipe's block.</summary>
    internal static SamplerSettings SamplerOf(SampleSettings settings, bool conditioned) => new()
    {
        Kind = settings.Sampler == Sampler.EulerMaruyama ? SamplerKind.Sde : SamplerKind.Ode,
        Method = settings.Sampler == Sampler.Heun ? StepMethod.Heun : StepMethod.Euler,
        Steps = settings.Steps,
        Guidance = conditioned && settings.Guidance != 1 ? new Guidance(settings.Guidance) : null,
    };

    /// <summary>Pictures in the model's range as pictures, 0..255.</summary>
    internal Tensor ToPixels(Tensor samples) => SampleGrid.ToPixels(samples, range);

    /// <summary>Makes samples and measures them.</summary>
    /// <param name="generator">The method.</param>
    /// <param name="wanted">How many, and how.</param>
    /// <param name="averaged">Use the average of the weights.</param>
    /// <param name="cancellation">Stops between steps.</param>
    internal List<Metric> Judge(IGenerator generator, SampleSettings wanted, bool averaged, CancellationToken cancellation)
    {
        using var scope = Scope.Enter();
        using var pictures = data.Read(DataSplit.Test, batch => batch[Modality.Image].Flatten(1), wanted.Count, cancellation);
        var labels = generator.Classes > 0 && conditions is not null ? Tensor.From<long>(EvaluationData.Classes(conditions, pictures)) : null;
        var samples = generator.MakeOnHost(pictures.Indices.Length, labels, SamplerOf(wanted, labels is not null), new SeededStep(seed, long.MaxValue), averaged, cancellation);
        var (real, fake) = (ToPixels(pictures.Values.View(samples.Shape)), ToPixels(samples));
        var distances = SlicedWasserstein.Distances(real, fake, new SlicedWassersteinSettings { Seed = seed }, cancellation);
        (string, object, object?) count = ("n", pictures.Indices.Length, null);
        var metrics = new List<Metric> { new("swd", distances[^1], Protocols.Id(SlicedWasserstein.Protocol, count)) };  // the mean over levels comes last
        if (wanted.Frechet && Features is not null && pictures.Indices.Length > 1)
            metrics.AddRange(Compare(real, fake, count, cancellation));
        return metrics;
    }

    private List<Metric> Compare(Tensor real, Tensor fake, (string, object, object?) count, CancellationToken cancellation)
    {
        using var network = Features!(cancellation);
        var (one, other) = (network.Of(real), network.Of(fake));
        return
        [
            new("frechet", FrechetDistance.Between(one, other, cancellation).Distance, Protocols.Id(SampleFeatures.FrechetProtocol, count)),
            new("kid", KernelDistance.Evaluate(one, other, new KernelDistanceSettings { Seed = seed }, cancellation).Mean, Protocols.Id(SampleFeatures.KernelProtocol, count)),
            new("frechet_network_accuracy", network.ValidationAccuracy, SampleFeatures.FrechetProtocol),
        ];
    }
}
