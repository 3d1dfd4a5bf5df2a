using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>DINO's weighted k-NN.</summary>
internal sealed class KnnDino : IParityAdapter
{
    public string System => "knn";

    public string Case => "dino";

    public void Run(ParityCase c) => KnnCases.ExpectAll(c, KnnProtocol.Dino, "out/");
}

/// <summary>solo-learn's weighted k-NN with cosines and with distances.</summary>
internal sealed class KnnSolo : IParityAdapter
{
    public string System => "knn";

    public string Case => "solo-weighted";

    public void Run(ParityCase c)
    {
        KnnCases.ExpectAll(c, KnnProtocol.SoloCosine, "out/cosine.");
        KnnCases.ExpectAll(c, KnnProtocol.SoloEuclidean, "out/euclidean.");
    }
}

/// <summary>DINOv2's k-NN probabilities.</summary>
internal sealed class KnnDinoV2 : IParityAdapter
{
    public string System => "knn";

    public string Case => "dinov2";

    public void Run(ParityCase c)
    {
        foreach (var result in KnnCases.Evaluate(c, KnnProtocol.DinoV2))
            c.Expect($"out/probability.{result.K}", result.Scores);
    }
}

/// <summary>What the k-NN cases share.</summary>
internal static class KnnCases
{
    internal static KnnResult[] Evaluate(ParityCase c, KnnProtocol protocol)
    {
        using var scope = Scope.Enter();
        int[] ks = [.. c.Config.GetProperty("k").EnumerateArray().Select(k => k.GetInt32())];
        return NearestNeighbours.Evaluate(
            c.Labelled("train"), c.Labelled("test"), c.Config.Whole("num_classes"), protocol with { Temperature = c.Config.Number("T") }, ks);
    }

    internal static void ExpectAll(ParityCase c, KnnProtocol protocol, string prefix)
    {
        foreach (var result in Evaluate(c, protocol))
        {
            c.Expect($"{prefix}scores.{result.K}", result.Scores);
            c.Expect($"{prefix}prediction.{result.K}", result.Predictions);
            c.Expect($"{prefix}top1.{result.K}", 100 * result.Score.Accuracy);
            c.Expect($"{prefix}top5.{result.K}", 100 * result.Score.TopFive);
        }
    }

    internal static LabelledFeatures Labelled(this ParityCase c, string split) =>
        new(c.Single($"in/{split}_features"), c.Integers($"in/{split}_labels"));

    /// <summary>A tensor of any recorded type as float32.</summary>
    internal static Tensor Single(this ParityCase c, string name) => Torch.Tensor.From<double>(c.Doubles(name), c.Shape(name)).To(DType.Float32);
}

/// <summary>Logistic probe at one C, solved to convergence.</summary>
internal sealed class ProbeLogistic : IParityAdapter
{
    public string System => "probe";

    public string Case => "logistic-regression";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var (train, test) = (c.Labelled("train"), c.Labelled("test"));
        var classes = c.Config.Whole("classes");
        var settings = new LogisticProbeSettings { Tolerance = 1e-9, MaxIterations = 1000 };
        var (model, fit) = LogisticProbe.Fit(train, classes, c.Config.Number("C"), settings);
        c.Expect("out/mean", [.. model.Scaler!.Mean]);
        c.Expect("out/scale", [.. model.Scaler.Scale]);
        c.Expect("out/coefficients", model.Weights);
        c.Expect("out/intercept", model.Bias);
        c.Expect("out/loss", fit.Objective);
        var scores = model.Scores(test.Features);
        c.Expect("out/test_prediction", Metrics.Predictions(scores, classes));
        c.Expect("out/test_probability", model.Probabilities(test.Features));
        c.Expect("out/test_accuracy", Metrics.Score(test.Labels, scores, classes).Accuracy);
        c.Expect("out/train_accuracy", Metrics.Score(train.Labels, model.Scores(train.Features), classes).Accuracy);
    }
}

/// <summary>Ridge regression and ridge classifier.</summary>
internal sealed class ProbeRidge : IParityAdapter
{
    public string System => "probe";

    public string Case => "ridge";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var test = c.Single("in/test_features");
        var penalty = c.Config.Number("alpha");
        var intercept = c.Config.GetProperty("fit_intercept").GetBoolean();
        var model = RidgeProbe.Fit(c.Single("in/train_features"), c.Single("in/train_targets"), penalty, intercept);
        var prediction = model.Scores(test);
        c.Expect("out/coefficients", model.Weights);
        if (c.Shape("out/intercept").Length == 0 && !intercept)
            c.Expect("out/intercept", 0.0);   // scikit-learn keeps one zero for all targets
        else
            c.Expect("out/intercept", model.Bias);
        c.Expect("out/prediction", prediction);
        c.Expect("out/r2", RidgeProbe.R2(c.Doubles("in/test_targets"), prediction, model.Outputs));

        var classifier = RidgeProbe.FitClassifier(c.Labelled("train"), c.Config.Whole("classes"), penalty);
        c.Expect("out/classifier.coefficients", classifier.Weights);
        c.Expect("out/classifier.intercept", classifier.Bias);
        c.Expect("out/classifier.decision", classifier.Scores(test));
    }
}

/// <summary>Inputs and rates of DINOv2's linear probes.</summary>
internal sealed class ProbeLinearInput : IParityAdapter
{
    public string System => "probe";

    public string Case => "dinov2-linear-input";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var layers = c.Config.Whole("layers");
        var classTokens = new Tensor[layers];
        var patchTokens = new Tensor[layers];
        for (var layer = 0; layer < layers; layer++)
            (classTokens[layer], patchTokens[layer]) = (c.Single($"in/class_token.{layer}"), c.Single($"in/patch_tokens.{layer}"));
        foreach (var blocks in c.Config.GetProperty("n_last_blocks").EnumerateArray().Select(element => element.GetInt32()))
        {
            c.Expect($"out/input.{blocks}.cls", LinearProbeInput.Create(classTokens, patchTokens, blocks, averagePool: false).ToArray<float>());
            c.Expect($"out/input.{blocks}.avgpool", LinearProbeInput.Create(classTokens, patchTokens, blocks, averagePool: true).ToArray<float>());
        }

        var batch = (long)c.Config.Whole("batch_per_gpu") * c.Config.Whole("world_size");
        c.Expect("out/scaled_learning_rates", Array.ConvertAll(c.Config.Numbers("learning_rates"), rate => LinearProbeInput.ScaledRate(rate, batch)));
        var factors = new double[c.Config.Whole("iterations")];
        for (var step = 0; step < factors.Length; step++)
            factors[step] = LinearProbeInput.CosineFactor(step, factors.Length);
        c.Expect("out/lr_factor", factors);
    }
}

/// <summary>MAE's linear-probe head: evaluation, one training pass and its gradients.</summary>
internal sealed class ProbeMaeHead : IParityAdapter
{
    public string System => "probe";

    public string Case => "mae-linear-head";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        using var head = new MaeLinearHead(c.Single("param/1.weight"), c.Single("param/1.bias"), c.Single("param/0.running_mean"), c.Single("param/0.running_var"));
        var features = c.Single("in/features");
        c.Expect("out/logits_eval_before", head.Forward(features, training: false).ToArray<float>());
        var logits = head.Forward(features, training: true);
        var loss = logits.CrossEntropy(Torch.Tensor.From<long>(c.Integers("in/labels")));
        loss.Backward();
        c.Expect("out/logits_train", logits.ToArray<float>());
        c.Expect("out/loss", loss.Item());
        c.Expect("grad/1.weight", head.Weight.Gradient!.ToArray<float>());
        c.Expect("grad/1.bias", head.Bias.Gradient!.ToArray<float>());
        c.Expect("next/0.running_mean", head.RunningMean.ToArray<float>());
        c.Expect("next/0.running_var", head.RunningVariance.ToArray<float>());
    }
}

/// <summary>Label-free scores, and the gradients of alignment and uniformity.</summary>
internal sealed class MetricsCollapse : IParityAdapter
{
    public string System => "metrics";

    public string Case => "collapse";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var embeddings = c.Single("in/embeddings");
        c.Expect("out/rankme", LabelFree.RankMe(embeddings));
        c.Expect("out/effective_rank", LabelFree.EffectiveRank(embeddings));
        c.Expect("out/std_of_l2_normalized", LabelFree.NormalisedDeviation(embeddings));
        var lidar = LabelFree.Lidar(embeddings, c.Config.Whole("views"), c.Config.Number("delta"), c.Config.Number("epsilon"));
        c.Expect("out/lidar", lidar.Rank);
        c.Expect("out/lidar_entropy", lidar.Entropy);
        c.Expect("out/lidar_top_eigenvalue", lidar.LargestEigenvalue);

        var (first, second) = (c.Single("in/view1"), c.Single("in/view2"));
        (first.RequiresGrad, second.RequiresGrad) = (true, true);
        var (t, alpha) = (c.Config.Number("t"), c.Config.Number("alpha"));
        c.Expect("out/alignment", LabelFree.Alignment(first, second, alpha).Item());
        c.Expect("out/uniformity", LabelFree.Uniformity(first, t).Item());
        var loss = LabelFree.Hypersphere(first, second, t, c.Config.Number("lam"), alpha);
        loss.Backward();
        c.Expect("out/loss", loss.Item());
        c.Expect("grad/in.view1", first.Gradient!.ToArray<float>());
        c.Expect("grad/in.view2", second.Gradient!.ToArray<float>());
    }
}

/// <summary>Sliced Wasserstein distance with recorded patches and directions.</summary>
internal sealed class MetricsSlicedWasserstein : IParityAdapter
{
    public string System => "metrics";

    public string Case => "sliced-wasserstein";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var (real, fake) = (c.Single("in/real"), c.Single("in/fake"));
        var levels = LaplacianPyramid.LevelCount(c.Config.Whole("resolution"));
        using var draws = new SlicedWassersteinDraws
        {
            RealX = PerLevel(c, "in/real_x", levels),
            RealY = PerLevel(c, "in/real_y", levels),
            FakeX = PerLevel(c, "in/fake_x", levels),
            FakeY = PerLevel(c, "in/fake_y", levels),
            Directions = [.. Enumerable.Range(0, levels).Select(level => c.Single($"in/directions.{level}"))],
        };
        c.Expect("out/swd_x1000", SlicedWasserstein.DistancesAt(real, fake, draws));
        var pyramid = LaplacianPyramid.Build(real.Narrow(0, 0, 1), levels);
        for (var level = 0; level < levels; level++)
            c.Expect($"out/pyramid_real0.{level}", pyramid[level].ToArray<float>());
    }

    private static long[][] PerLevel(ParityCase c, string name, int levels) =>
        [.. Enumerable.Range(0, levels).Select(level => c.Integers($"{name}.{level}"))];
}
