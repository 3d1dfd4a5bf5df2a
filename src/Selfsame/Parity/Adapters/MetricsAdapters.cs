using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>Average precision and ROC area of many labels, and of rankings with and without junk.</summary>
internal sealed class MetricsAveragePrecision : IParityAdapter
{
    public string System => "metrics";

    public string Case => "average-precision";

    public void Run(ParityCase c)
    {
        var (scores, targets) = (c.Doubles("in/scores"), Marks(c, "in/targets"));
        var classes = c.Config.Whole("classes");
        var perClass = Enumerable.Range(0, classes).Select(k => AveragePrecision.Step(Column(scores, k, classes), Column(targets, k, classes))).ToArray();
        c.Expect("out/ap_per_class", perClass);
        c.Expect("out/map", perClass.Average());
        c.Expect("out/map_micro", AveragePrecision.Step(scores, targets));
        c.Expect("out/auc_per_class", [.. Enumerable.Range(0, classes).Select(k => AveragePrecision.RocArea(Column(scores, k, classes), Column(targets, k, classes)))]);

        var (queries, database, top) = (c.Config.Whole("queries"), c.Config.Whole("database"), c.Config.Whole("top_k"));
        int[] kappas = [.. c.Config.Numbers("kappas").Select(k => (int)k)];
        var (similarity, relevant, junk) = (c.Doubles("in/similarity"), Marks(c, "in/relevant"), Marks(c, "in/junk"));
        var (ranked, best, trapezoid) = (new double[queries], new double[queries], new double[queries]);
        var atKappa = new double[kappas.Length];
        for (var q = 0; q < queries; q++)
        {
            var own = similarity.AsSpan(q * database, database);
            var truth = relevant.AsSpan(q * database, database);
            ranked[q] = AveragePrecision.Ranked(own, truth);
            best[q] = AveragePrecision.Ranked(own, truth, top);
            var score = AveragePrecision.Trapezoid(own, truth, junk.AsSpan(q * database, database), kappas);
            trapezoid[q] = score.Precision;
            for (var k = 0; k < kappas.Length; k++)
                atKappa[k] += double.IsNaN(score.Precision) ? 0 : score.AtCutoffs[k];
        }

        c.Expect("out/retrieval_ap", ranked);
        c.Expect("out/retrieval_ap_top", best);
        c.Expect("out/trapezoid_ap", trapezoid);
        var answered = trapezoid.Where(p => !double.IsNaN(p)).ToArray();
        c.Expect("out/trapezoid_map", answered.Average());
        c.Expect("out/precision_at_kappa", Array.ConvertAll(atKappa, sum => sum / answered.Length));
    }

    private static bool[] Marks(ParityCase c, string name) => Array.ConvertAll(c.Integers(name), value => value != 0);

    private static T[] Column<T>(T[] matrix, int column, int columns) => [.. Enumerable.Range(0, matrix.Length / columns).Select(row => matrix[(row * columns) + column])];
}

/// <summary>Agreement of clusters with classes, and silhouettes.</summary>
internal sealed class MetricsClustering : IParityAdapter
{
    public string System => "metrics";

    public string Case => "clustering";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var clusters = c.Integers("in/clusters");
        var agreement = new ClusterAgreement(c.Integers("in/labels"), clusters);
        c.Expect("out/contingency", agreement.Table.Counts);
        c.Expect("out/mutual_info", agreement.MutualInformation);
        c.Expect("out/homogeneity", agreement.Homogeneity);
        c.Expect("out/completeness", agreement.Completeness);
        c.Expect("out/v_measure", agreement.VMeasure());
        c.Expect("out/v_measure_beta", agreement.VMeasure(c.Config.Number("beta")));
        c.Expect("out/nmi_arithmetic", agreement.NormalisedByMean);
        c.Expect("out/nmi_geometric", agreement.NormalisedByProduct);
        c.Expect("out/nmi_max", agreement.NormalisedByMaximum);
        c.Expect("out/ari", agreement.AdjustedRand);
        c.Expect("out/ami", agreement.AdjustedInformation);
        c.Expect("out/fowlkes_mallows", agreement.FowlkesMallows);
        c.Expect("out/hungarian_accuracy", agreement.AssignmentAccuracy);
        c.Expect("out/purity", agreement.Purity);
        c.Expect("out/silhouette", Silhouette.Score(c.Tensor("in/features"), clusters));
    }
}

/// <summary>Fréchet distance with its moments.</summary>
internal sealed class MetricsFrechetDistance : IParityAdapter
{
    public string System => "metrics";

    public string Case => "frechet-distance";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var (real, fake) = (c.Tensor("in/real"), c.Tensor("in/fake"));
        using var statistics = FeatureStatistics.Of(real);
        c.Expect("out/mean_real", statistics.Mean);
        c.Expect("out/covariance_real", statistics.Covariance);
        var score = FrechetDistance.Between(real, fake);
        c.Expect("out/frechet_distance", score.Distance);
        c.Expect("out/trace_sqrt", score.TraceOfRoot);
        var half = real.Size(0) / 2;
        c.Expect("out/frechet_self_half", FrechetDistance.Between(real.Narrow(0, 0, half), real.Narrow(0, half, real.Size(0) - half)).Distance);
    }
}

/// <summary>Kernel distance over recorded subsets.</summary>
internal sealed class MetricsKernelDistance : IParityAdapter
{
    public string System => "metrics";

    public string Case => "kid";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var gamma = c.Config.GetProperty("gamma");
        var settings = new KernelDistanceSettings
        {
            Degree = c.Config.Whole("degree"),
            Gamma = gamma.ValueKind == global::System.Text.Json.JsonValueKind.Null ? null : gamma.GetDouble(),
            Coef0 = c.Config.Number("coef0"),
        };
        var score = KernelDistance.At(c.Tensor("in/real"), c.Tensor("in/fake"), Subsets(c, "in/subset_real"), Subsets(c, "in/subset_fake"), settings);
        c.Expect("out/kid_mean", score.Mean);
        c.Expect("out/kid_std", score.Deviation);
        c.Expect("out/kid_per_subset", [.. score.PerSubset]);
    }

    private static long[][] Subsets(ParityCase c, string name) => [.. c.Integers(name).Chunk((int)c.Shape(name)[1])];
}

/// <summary>Precision, recall, density, coverage and realism.</summary>
internal sealed class MetricsPrecisionRecall : IParityAdapter
{
    public string System => "metrics";

    public string Case => "precision-recall";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        int[] ks = [.. c.Config.Numbers("neighborhoods").Select(k => (int)k)];
        var result = ManifoldPrecision.Evaluate(c.Tensor("in/real"), c.Tensor("in/fake"), ks);
        foreach (var score in result.Scores)
        {
            c.Expect($"out/precision.{score.K}", score.Precision);
            c.Expect($"out/recall.{score.K}", score.Recall);
        }

        c.Expect("out/density", result.Scores[0].Density);
        c.Expect("out/coverage", result.Scores[0].Coverage);
        c.Expect("out/radius_real", [.. result.RealRadii(ks[0])]);
        c.Expect("out/realism", [.. result.Realism]);
    }
}

/// <summary>PSNR and SSIM, and the gradient of SSIM as a loss.</summary>
internal sealed class MetricsImageQuality : IParityAdapter
{
    public string System => "metrics";

    public string Case => "image-quality";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var (prediction, target) = (c.Leaf("in/prediction"), c.Tensor("in/target"));
        var (sigma, window, range) = (c.Config.Number("sigma"), c.Config.Whole("window"), c.Config.Number("data_range"));
        var perImage = PeakSignalToNoise.PerImage(prediction, target, range);
        c.Expect("out/psnr", PeakSignalToNoise.Of(prediction, target, range));
        c.Expect("out/psnr_per_image", perImage);
        c.Expect("out/psnr_skimage0", perImage[0]);

        var gaussian = StructuralSimilarity.Of(prediction, target, StructuralSimilaritySettings.Torchmetrics with { Sigma = sigma, Range = range });
        c.Expect("out/ssim_gaussian", gaussian);
        var loss = 1.0 - gaussian.Mean();
        loss.Backward();
        c.Expect("out/loss", loss.Item());
        c.Expect("grad/in.prediction", prediction.Gradient!);
        c.Expect("out/ssim_uniform", StructuralSimilarity.Of(prediction, target, StructuralSimilaritySettings.Torchmetrics with { Sigma = null, Window = window, Range = range }));

        var (exact, wanted) = (prediction.Detach().To(DType.Float64), target.To(DType.Float64));
        c.Expect("out/skimage_ssim_default", StructuralSimilarity.Of(exact, wanted, StructuralSimilaritySettings.ScikitImage with { Window = window, Range = range }));
        c.Expect("out/skimage_ssim_gaussian", StructuralSimilarity.Of(exact, wanted, StructuralSimilaritySettings.ScikitImageGaussian with { Sigma = sigma, Range = range }));
    }
}

/// <summary>Retrieval between pictures and their captions, several to one and one to one.</summary>
internal sealed class MetricsImageTextRetrieval : IParityAdapter
{
    public string System => "metrics";

    public string Case => "image-text-retrieval";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        int[] ks = [.. c.Config.Numbers("k").Select(k => (int)k)];
        var (image, text) = (c.Tensor("in/image_features"), c.Tensor("in/text_features"));
        long[] images = [.. Enumerable.Range(0, (int)image.Size(0)).Select(k => (long)k)];
        var score = PairRetrieval.Evaluate(image, images, text, c.Integers("in/text_image_index"), [.. ks.Order()]);
        foreach (var k in ks)
        {
            c.Expect($"out/text_retrieval.{k}", score.FirstToSecond.At(k));
            c.Expect($"out/text_true_recall.{k}", score.FirstToSecond.TrueRecallAt(k));
            c.Expect($"out/image_retrieval.{k}", score.SecondToFirst.At(k));
        }

        var paired = c.Tensor("in/paired_text_features");
        foreach (var (name, ranks) in new[] { ("image_to_text", PairedRanks.Of(image, paired)), ("text_to_image", PairedRanks.Of(paired, image)) })
        {
            c.Expect($"out/paired.{name}_mean_rank", ranks.MeanRank);
            c.Expect($"out/paired.{name}_median_rank", ranks.MedianRank);
            foreach (var at in c.Names($"out/paired.{name}_R@"))
                c.Expect(at, ranks.RecallAt(int.Parse(at[(at.LastIndexOf('@') + 1)..], global::System.Globalization.CultureInfo.InvariantCulture)));
        }
    }
}

/// <summary>Scores of a language model.</summary>
internal sealed class MetricsPerplexity : IParityAdapter
{
    public string System => "metrics";

    public string Case => "perplexity";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var score = new TokenScore(c.Integers("in/bytes_per_token"));
        score.Add(c.Tensor("in/logits"), c.Tensor("in/labels"));
        c.Expect("out/loss", score.Loss);
        c.Expect("out/perplexity", score.Perplexity);
        c.Expect("out/bits_per_token", score.BitsPerToken);
        c.Expect("out/bits_per_byte", score.BitsPerByte);
        c.Expect("out/perplexity_per_sequence", [.. score.PerSequence]);
        c.Expect("out/tokens", [score.Tokens]);
        c.Expect("out/bytes", [score.Bytes]);
    }
}

/// <summary>Word and character error rates.</summary>
internal sealed class MetricsErrorRate : IParityAdapter
{
    public string System => "metrics";

    public string Case => "word-and-character-error-rate";

    public void Run(ParityCase c)
    {
        var pairs = c.Config.GetProperty("pairs").EnumerateArray().Select(pair => (Prediction: pair[0].GetString()!, Reference: pair[1].GetString()!)).ToArray();
        var words = Array.ConvertAll(pairs, pair => ErrorRate.Words(pair.Prediction, pair.Reference));
        var characters = Array.ConvertAll(pairs, pair => ErrorRate.Characters(pair.Prediction, pair.Reference));
        c.Expect("out/wer", ErrorRate.Of(words));
        c.Expect("out/cer", ErrorRate.Of(characters));
        c.Expect("out/word_edits", Array.ConvertAll(words, count => (long)count.Edits));
        c.Expect("out/word_lengths", Array.ConvertAll(words, count => (long)count.Length));
        c.Expect("out/char_edits", Array.ConvertAll(characters, count => (long)count.Edits));
        c.Expect("out/char_lengths", Array.ConvertAll(characters, count => (long)count.Length));
    }
}

/// <summary>Zero-shot classification by prompt templates.</summary>
internal sealed class MetricsZeroShot : IParityAdapter
{
    public string System => "metrics";

    public string Case => "zero-shot-classifier";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        using var classifier = new ZeroShotClassifier(c.Tensor("in/text_features"));
        var images = c.Tensor("in/image_features");
        var logits = classifier.Logits(images);
        c.Expect("out/weights", classifier.Weights);
        c.Expect("out/logits", logits);
        c.Expect("out/prediction", Metrics.Predictions(logits.ToArray<double>(), classifier.Classes));
        var score = classifier.Evaluate(new(images, c.Integers("in/labels")));
        c.Expect("out/top1", score.Accuracy);
        c.Expect("out/top5", score.TopFive);
    }
}
