using System.Globalization;
using System.Text;
using Selfsame.Recipes;
using Selfsame.Training.Logging;

namespace Selfsame.Evaluation;

/// <summary>A way to measure, by name and version: figures of one protocol compare, figures of two do not.</summary>
/// <param name="Id">Name and version, such as <c>knn/dino-1</c>. A change that moves figures raises the version.</param>
/// <param name="Measures">What it gives: metric names of a run, or a word for those of the library.</param>
/// <param name="Summary">What is done, in one line.</param>
/// <param name="Source">Where it comes from.</param>
public sealed record Protocol(string Id, string Measures, string Summary, string Source);

/// <summary>Every evaluation protocol there is. A figure is never printed without the id of the one it was measured by.</summary>
public static class Protocols
{
    /// <summary>Accuracy of always naming the largest class.</summary>
    public const string Majority = "majority/share-1";

    /// <summary>Spread of L2-normalised features.</summary>
    public const string Spread = "spread/l2-1";

    /// <summary>RankMe.</summary>
    public const string RankMe = "rankme/uncentred-1";

    /// <summary>LiDAR.</summary>
    public const string Lidar = "lidar/views-1";

    /// <summary>Alignment of views.</summary>
    public const string Alignment = "alignment/views-1";

    /// <summary>Uniformity on the sphere.</summary>
    public const string Uniformity = "uniformity/gaussian-1";

    /// <summary>All protocols: those a run measures by first, then those of the library.</summary>
    public static IReadOnlyList<Protocol> All { get; } =
    [
        new(KnnProtocol.Dino.Name, "knn_accuracy, knn_balanced_accuracy", "20 nearest training samples by cosine vote with weight exp(similarity / 0.07)", "https://arxiv.org/abs/2104.14294"),
        new(KnnProtocol.SoloCosine.Name, "knn_accuracy, knn_balanced_accuracy", "as knn/dino-1, in solo-learn's version", "https://arxiv.org/abs/2108.01775"),
        new(KnnProtocol.SoloEuclidean.Name, "knn_accuracy, knn_balanced_accuracy", "20 nearest training samples by distance vote with weight 1 / (distance + 1e-5)", "https://arxiv.org/abs/2108.01775"),
        new(KnnProtocol.DinoV2.Name, "knn_accuracy, knn_balanced_accuracy", "20 nearest training samples by cosine vote with one softmax of similarity / 0.07", "https://arxiv.org/abs/2304.07193"),
        new(LogisticProbe.Protocol, "probe_accuracy, probe_balanced_accuracy", "logistic regression on standardised features, solved to convergence; strength raised until accuracy on validation fell twice, the best one taken", "https://arxiv.org/abs/1805.08974"),
        new(RidgeProbe.Protocol, "probe_accuracy, probe_balanced_accuracy", "ridge regression onto +1 and -1; penalty chosen on validation", "scikit-learn, RidgeClassifier"),
        new(Majority, "majority_share", "accuracy of always naming the largest class of the test part", "definition"),
        new(CrossViewRetrieval.Protocol, "retrieval_r1, retrieval_r5, retrieval_r1_chance", "is the same thing in another view among the first k by cosine? ties count against", "definition"),
        new(CrossModalJudge.Protocol, "A_to_B_r1, …_r1_chance, …_r5, …_r5_chance, …_r10, …_r10_chance", "is a partner of another modality among the first k? features of each modality alone, mapped into a shared space by canonical correlation on training pairs; penalty chosen on validation; ties count against", "https://arxiv.org/abs/1212.4522"),
        new(PairRetrieval.Protocol, "A_to_B_cosine_r1, …_r1_chance, …_r5, …_r5_chance, …_r10, …_r10_chance, …_r10_validation", "is a partner of another modality among the first k by cosine, in the shared space of a model that has one? any partner counts; ties count against", "https://arxiv.org/abs/2103.00020"),
        new(PairRetrieval.WholesProtocol, "A_to_B_cosine_wholes_r1, …_r1_chance, …_r5, …_r5_chance, …_r10, …_r10_chance, …_r10_validation", "as retrieval/pair-1, for each group as a whole: the mean of all its vectors of one modality looks for that of the other, one candidate a group", "https://arxiv.org/abs/2103.00020"),
        new(Spread, "feature_spread", "standard deviation of L2-normalised features over 1 / sqrt(D): 0 collapsed, 1 evenly spread", "https://arxiv.org/abs/2011.10566"),
        new(RankMe, "rankme", "exp of the entropy of the singular values of the uncentred features", "https://arxiv.org/abs/2210.02885"),
        new(Lidar, "lidar", "rank of what tells samples apart, against how the run's own views of one sample differ; delta 1e-4", "https://arxiv.org/abs/2312.04000"),
        new(Alignment, "alignment", "mean squared distance of two views of a sample on the sphere: 0 when they coincide", "https://arxiv.org/abs/2005.10242"),
        new(Uniformity, "uniformity", "ln of the mean over pairs of exp(-2 distance²) on the sphere: 0 collapsed, about -4 spread", "https://arxiv.org/abs/2005.10242"),
        new(SlicedWasserstein.Protocol, "swd", "sliced Wasserstein distance of 7 x 7 patches over a Laplacian pyramid, times 1000; no network judges", "https://arxiv.org/abs/1710.10196"),
        new(SampleFeatures.FrechetProtocol, "frechet, frechet_network_accuracy", "Fréchet distance of samples to test pictures on features of a small classifier of the data, trained once and cached; unbiased covariance, float64", "https://arxiv.org/abs/1706.08500"),
        new(SampleFeatures.KernelProtocol, "kid", "unbiased squared maximum mean discrepancy with a cubic kernel on the same features, mean over 100 subsets", "https://arxiv.org/abs/1801.01401"),
        new(PairedRanks.Protocol, "library", "one-to-one retrieval: mean and median rank, recall at k", "open_clip"),
        new(ZeroShotClassifier.Protocol, "library", "classes named by the mean of their prompts' embeddings; top-1 and top-5", "https://arxiv.org/abs/2103.00020"),
        new(ManifoldPrecision.Protocol, "library", "k-nearest-neighbour precision, recall, density, coverage and realism of generated samples", "https://arxiv.org/abs/1904.06991, https://arxiv.org/abs/2002.09797"),
        new(AveragePrecision.StepProtocol, "library", "average precision of many labels: steps, tied scores form one threshold", "scikit-learn"),
        new(ModalityJudge.FrameProtocol, "swd_video", "as swd/laplacian-1, over all frames of generated films and of test films, as single pictures", "https://arxiv.org/abs/1710.10196"),
        new(ModalityJudge.SpectrumProtocol, "mel_distance", "root mean square, over mel bands, of the difference between the mean log mel energies of generated and of test sounds, in units of two deviations of the data", "definition"),
        new(ModalityJudge.MelFrechetProtocol, "frechet_mel", "Fréchet distance on mean and deviation over time of each log mel band; unbiased covariance, float64", "https://arxiv.org/abs/1706.08500"),
        new(ModalityJudge.DenoisingProtocol, "velocity_error_<modality>, velocity_error_<modality>_given", "mean squared error of the velocity of one modality at noise levels 0.25, 0.5 and 0.75, with the others left out, or given clean; same noise", "https://arxiv.org/abs/2303.06555"),
        new(AveragePrecision.RankedProtocol, "library", "mean over relevant documents of precision at their rank", "torchmetrics"),
        new(AveragePrecision.TrapezoidProtocol, "library", "revisited Oxford and Paris: trapezoids, junk left out", "https://arxiv.org/abs/1803.11285"),
        new(ClusterAgreement.Protocol, "library", "V-measure, NMI, ARI, AMI, Fowlkes-Mallows, purity, best one-to-one accuracy", "scikit-learn"),
        new(Silhouette.Protocol, "library", "mean silhouette, Euclidean", "Rousseeuw 1987"),
        new(PeakSignalToNoise.Protocol, "library", "10 log10(L² / mean squared error)", "definition"),
        new("image/ssim-gaussian-1", "library", "structural similarity, Gaussian window, reflected border, whole map", "torchmetrics"),
        new("image/ssim-skimage-1", "library", "structural similarity, even window of 7, sample covariance, border dropped", "scikit-image"),
        new("image/ssim-skimage-gaussian-1", "library", "structural similarity, Gaussian window, border dropped", "scikit-image"),
        new(TokenScore.Protocol, "library", "perplexity, bits per token and per byte over all counted tokens", "definition"),
        new(ErrorRate.WordProtocol, "library", "word edits over reference words of the corpus", "torchmetrics"),
        new(ErrorRate.CharacterProtocol, "library", "edits of code points over reference code points of the corpus", "torchmetrics"),
    ];

    /// <summary>The protocol behind an id that may carry parameters.</summary>
    /// <param name="id">For instance <c>knn/dino-1 (k=10)</c>.</param>
    /// <returns>Null when there is none of this name.</returns>
    public static Protocol? Find(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        var end = id.IndexOf(" (", StringComparison.Ordinal);
        var name = end < 0 ? id : id[..end];
        return All.FirstOrDefault(protocol => protocol.Id == name);
    }

    /// <summary>The content of <c>docs/protocols.md</c>.</summary>
    public static string ToMarkdown()
    {
        var text = new StringBuilder("""
            # Evaluation protocols

            Generated with `./selfsame list protocols --markdown`; nothing here is typed by hand.

            A figure means something only with the way it was measured. Every metric of a run has a protocol, by name and version, in `result.json` (`protocols`), in the table
            at the end of a run and in the report. A change that moves figures raises the version. What differs from a protocol's standard stands behind it: `knn/dino-1 (k=10)`.
            "Library" marks what is there as a class and is not part of a run.

            | Protocol | Measures | What is done | Source |
            |---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var (id, measures, summary, source) in All)
            text.Append(CultureInfo.InvariantCulture, $"| `{id}` | {measures} | {summary} | {source} |\n");
        return text.ToString();
    }

    /// <summary>Which way metrics are better, where their names don't tell.</summary>
    internal static Dictionary<string, string> Better(IEnumerable<Metric> metrics)
    {
        var better = new Dictionary<string, string>();
        foreach (var name in metrics.Select(metric => metric.Name))
        {
            if (name is "swd" or "swd_video" or "mel_distance" or "frechet_mel" || name.StartsWith("velocity_error_", StringComparison.Ordinal))
                better[name] = "lower";
            else if (name is "feature_spread" or "lidar" or "alignment" or "uniformity" or "frechet_network_accuracy")
                better[name] = "none";
        }

        return better;
    }

    /// <summary>An id with what differs from the protocol's standard: <c>knn/dino-1 (k=10)</c>.</summary>
    /// <param name="id">Name and version.</param>
    /// <param name="parameters">Name, value and standard value of each; a standard of null is always shown.</param>
    internal static string Id(string id, params ReadOnlySpan<(string Name, object Value, object? Standard)> parameters)
    {
        var shown = new List<string>();
        foreach (var (name, value, standard) in parameters)
        {
            if (!value.Equals(standard))
                shown.Add(string.Create(CultureInfo.InvariantCulture, $"{name}={value}"));
        }

        return shown.Count == 0 ? id : $"{id} ({string.Join(", ", shown)})";
    }

    /// <summary>A problem when a recipe names none of these protocols.</summary>
    internal static IEnumerable<RecipeProblem> Check(string key, string value, IReadOnlyList<string> known) =>
        known.Contains(value) ? [] : [new(key, $"is {value}; there are: {string.Join(", ", known)}")];
}
