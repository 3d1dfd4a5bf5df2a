using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation;

public sealed class ProbeTests
{
    [Fact]
    public void Separable_classes_are_found_by_both_probes()
    {
        using var scope = Scope.Enter();
        var (train, validation, test) = (Samples.Clusters(210, 12, 7, 0.1, 1), Samples.Clusters(70, 12, 7, 0.1, 2), Samples.Clusters(70, 12, 7, 0.1, 3));
        var logistic = LogisticProbe.Evaluate(train, validation, test, 7);
        Assert.Equal(1.0, logistic.Test.Accuracy);
        Assert.All(logistic.Trials, trial => Assert.True(trial.Fit.Converged));
        Assert.Equal(1.0, RidgeProbe.Evaluate(train, validation, test, 7).Test.Accuracy);
    }

    [Fact]
    public void Unrelated_labels_score_chance()
    {
        using var scope = Scope.Enter();
        var (train, validation, test) = (Samples.Unrelated(400, 10, 4, 1), Samples.Unrelated(200, 10, 4, 2), Samples.Unrelated(2000, 10, 4, 3));
        var score = LogisticProbe.Evaluate(train, validation, test, 4).Test;
        Assert.InRange(score.Accuracy, 0.21, 0.29);   // four standard errors around 1/4
        Assert.Equal(0.25, score.MajorityShare);
    }

    [Fact]
    public void The_gradient_vanishes_at_the_solution()
    {
        using var scope = Scope.Enter();
        const double C = 0.3;
        var train = Samples.Clusters(90, 6, 3, 1.5, 4);
        var (model, fit) = LogisticProbe.Fit(train, 3, C, new() { Tolerance = 1e-9 });
        Assert.True(fit.Converged, $"{fit}");

        // d/dW = C sum_i (p_i - y_i) x_i + W and d/db = C sum_i (p_i - y_i), in plain loops.
        var x = model.Scaler!.Apply(train.Features, DType.Float64).ToArray<double>();
        var p = model.Probabilities(train.Features);
        for (var k = 0; k < 3; k++)
        {
            var bias = 0.0;
            for (var i = 0; i < 90; i++)
                bias += C * (p[(i * 3) + k] - (train.Labels[i] == k ? 1 : 0));
            Assert.Equal(0, bias, 1e-6);
            for (var j = 0; j < 6; j++)
            {
                var slope = model.Weights[(k * 6) + j];
                for (var i = 0; i < 90; i++)
                    slope += C * (p[(i * 3) + k] - (train.Labels[i] == k ? 1 : 0)) * x[(i * 6) + j];
                Assert.Equal(0, slope, 1e-6);
            }
        }
    }

    [Fact]
    public void Neither_precision_nor_seed_nor_preconditioner_changes_the_solution()
    {
        using var scope = Scope.Enter();
        var train = Samples.Clusters(300, 40, 5, 2.0, 5);
        var reference = LogisticProbe.Fit(train, 5, 0.05, new() { Tolerance = 1e-6 }).Model.Weights.ToArray();
        foreach (var settings in (LogisticProbeSettings[])[
            new() { Tolerance = 1e-5, DoublePrecisionElements = 0 }, new() { Tolerance = 1e-6, Seed = 9, PreconditionerRank = 8 }, new() { Tolerance = 1e-6, Memory = 1, MaxIterations = 500 }])
        {
            var (model, fit) = LogisticProbe.Fit(train, 5, 0.05, settings);
            Assert.True(fit.Converged, $"{settings}: {fit}");
            for (var k = 0; k < reference.Length; k++)
                Assert.Equal(reference[k], model.Weights[k], 1e-4);
        }
    }

    [Fact]
    public void Equal_inputs_give_equal_bits()
    {
        using var scope = Scope.Enter();
        var train = Samples.Clusters(200, 30, 4, 2.0, 6);
        var settings = new LogisticProbeSettings { DoublePrecisionElements = 0 };
        var first = LogisticProbe.Fit(train, 4, 0.1, settings).Model;
        var second = LogisticProbe.Fit(train, 4, 0.1, settings).Model;
        Assert.Equal(first.Weights.ToArray(), second.Weights.ToArray());
        Assert.Equal(first.Bias.ToArray(), second.Bias.ToArray());
    }

    [Fact]
    public void Scale_offset_and_constant_columns_do_not_matter()
    {
        using var scope = Scope.Enter();
        var (train, test) = (Samples.Clusters(120, 6, 3, 1.0, 7), Samples.Clusters(60, 6, 3, 1.0, 8));
        var stretch = Tensor.From([1f, 10f, 0.1f, 5f, 100f, 0.01f]);
        Tensor Change(Tensor features) => Ops.Cat([(features * stretch) + 3.0, Ops.Full([features.Size(0), 2], 0.1)], 1);
        var plain = LogisticProbe.Fit(train, 3, 0.1, new() { Tolerance = 1e-7 }).Model;
        var changed = LogisticProbe.Fit(new(Change(train.Features), train.Labels), 3, 0.1, new() { Tolerance = 1e-7 }).Model;
        Assert.Equal([1.0, 1.0], changed.Scaler!.Scale.Skip(6));
        var (one, other) = (plain.Probabilities(test.Features), changed.Probabilities(Change(test.Features)));
        for (var k = 0; k < one.Length; k++)
            Assert.Equal(one[k], other[k], 1e-4);
    }

    [Fact]
    public void A_class_without_training_samples_is_never_predicted()
    {
        using var scope = Scope.Enter();
        var train = Samples.Clusters(60, 5, 3, 0.5, 9);
        var (model, _) = LogisticProbe.Fit(train, 4, 1);
        Assert.DoesNotContain(3L, Metrics.Predictions(model.Scores(train.Features), 4));
    }

    [Fact]
    public void Features_and_labels_that_never_change_still_converge()
    {
        using var scope = Scope.Enter();
        var (model, fit) = LogisticProbe.Fit(new(Ops.Full([20, 3], 0.1), new long[20]), 3, 1);
        Assert.True(fit.Converged, $"{fit}");
        Assert.Equal([0L], Metrics.Predictions(model.Scores(Ops.Full([1, 3], 0.1)), 3));
    }

    [Fact]
    public void Stronger_regularisation_shrinks_the_weights()
    {
        using var scope = Scope.Enter();
        var train = Samples.Clusters(90, 8, 3, 1.0, 10);
        double Norm(double strength) => LogisticProbe.Fit(train, 3, strength).Model.Weights.ToArray().Sum(weight => weight * weight);
        Assert.True(Norm(1e-3) < Norm(1e-2) && Norm(1e-2) < Norm(1e-1));
    }

    [Fact]
    public void Wrong_strengths_are_refused() =>
        Assert.Equal(
            "strengths are 1, 0.1; they must be positive and ascending",
            Assert.Throws<ArgumentException>(() => new LogisticProbeSettings { Strengths = [1, 0.1] }.Check()).Message);

    [Fact]
    public void Cancelling_stops_the_fit()
    {
        using var scope = Scope.Enter();
        using var source = new CancellationTokenSource();
        source.Cancel();
        var train = Samples.Clusters(60, 5, 3, 1.0, 11);
        Assert.Throws<OperationCanceledException>(() => LogisticProbe.Fit(train, 3, 1, cancellation: source.Token));
    }

    [Theory]
    [InlineData(40, 6)]
    [InlineData(12, 30)]
    public void Ridge_satisfies_its_normal_equations_in_primal_and_dual_form(int rows, int width)
    {
        using var scope = Scope.Enter();
        const double Penalty = 0.7;
        var features = Samples.Noise(rows, width, 1).To(DType.Float64);
        var targets = Samples.Noise(rows, 2, 2).To(DType.Float64);
        var model = RidgeProbe.Fit(features, targets, Penalty);
        var weights = Tensor.From(model.Weights, [2, width]);
        var residual = targets - features.Matmul(weights.T()) - Tensor.From(model.Bias);
        var gradient = features.T().Matmul(residual) - (weights.T() * Penalty);
        Assert.True(gradient.Abs().Max().Item() < 1e-9);
        Assert.True(residual.Sum([0]).Abs().Max().Item() < 1e-9);
    }

    [Fact]
    public void Ridge_without_penalty_recovers_a_linear_law()
    {
        using var scope = Scope.Enter();
        var features = Samples.Noise(30, 3, 3).To(DType.Float64);
        var law = Tensor.From([2.0, -1.0, 0.5], [3, 1]);
        var model = RidgeProbe.Fit(features, features.Matmul(law) + 4.0, 0);
        Assert.Equal(2, model.Weights[0], 9);
        Assert.Equal(-1, model.Weights[1], 9);
        Assert.Equal(4, model.Bias[0], 9);
        Assert.Equal(1, RidgeProbe.R2((features.Matmul(law) + 4.0).ToArray<double>(), model.Scores(features), 1), 12);
    }

    [Fact]
    public void A_singular_ridge_system_asks_for_a_penalty()
    {
        using var scope = Scope.Enter();
        var error = Assert.Throws<ArgumentException>(() => RidgeProbe.Fit(Ops.Zeros([5, 2]), Ops.Ones([5, 1]), 0));
        Assert.Equal("the ridge system of size 2 is singular with a penalty of 0; take a larger one, such as 1", error.Message);
    }

    [Fact]
    public void Raw_pictures_become_rows()
    {
        using var scope = Scope.Enter();
        var pictures = Ops.Arange(24).View([2, 3, 2, 2]);
        var rows = RawInputFeatures.Of(pictures);
        Assert.Equal([2L, 12L], rows.Shape);
        Assert.Equal(12f, rows.Select(1, 0).ToArray<float>()[1]);
    }
}
