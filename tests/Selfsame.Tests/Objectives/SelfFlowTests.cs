using Selfsame.Objectives;
using Selfsame.Objectives.Generation;
using Selfsame.Tests.Training;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Objectives;

public sealed class SelfFlowTests
{
    [Fact]
    public void Plain_flow_has_one_level_a_sample_and_no_representation_loss()
    {
        using var scope = Scope.Enter();
        using var flow = Build(new() { DualNoise = false, Gamma = 0 });
        var result = flow.Compute(new Batch(Pictures(4)), new SeededStep(1, 0));

        Assert.Equal([4, 16], result["tau"].Shape);
        var tau = result["tau"].Contiguous().ToArray<float>();
        for (var b = 0; b < 4; b++)
            Assert.All(tau[(b * 16)..((b + 1) * 16)], t => Assert.Equal(tau[b * 16], t));
        Assert.Equal(4, tau.Distinct().Count());
        Assert.False(result.Intermediates.ContainsKey("loss_rep"));
        Assert.Equal(["loss_gen"], result.Figures.Select(f => f.Name));
        Assert.Equal(result["loss_gen"].Item(), result.Loss.Item());
    }

    [Fact]
    public void An_untrained_network_predicts_nothing_so_the_loss_is_the_mean_square_of_the_velocity()
    {
        using var scope = Scope.Enter();
        using var flow = Build(new() { Gamma = 0 });
        var result = flow.Compute(new Batch(Pictures(4)), new SeededStep(1, 0));
        Assert.Equal(0, result["pred"].Abs().Max().Item());
        Assert.Equal(result["target"].Square().Mean().Item(), result.Loss.Item(), 5);
    }

    [Fact]
    public void About_the_given_share_of_tokens_has_the_second_level()
    {
        using var scope = Scope.Enter();
        using var flow = Build(new() { MaskRatio = 0.25 }, side: 64);
        var result = flow.Compute(new Batch(Pictures(8, 64)), new SeededStep(1, 0));
        var mask = result["mask"].To(DType.Float32).ToArray<float>();
        Assert.Equal(8 * 256, mask.Length);
        Assert.InRange(mask.Average(), 0.25 - 0.04, 0.25 + 0.04);  // four standard deviations of 2048 draws

        var (tau, least) = (result["tau"].ToArray<float>(), result["tau_min"].ToArray<float>());
        for (var b = 0; b < 8; b++)
        {
            var levels = tau[(b * 256)..((b + 1) * 256)].Distinct().ToArray();
            Assert.Equal(2, levels.Length);
            Assert.Equal(levels.Min(), least[b]);  // the teacher sees the cleaner one
        }
    }

    [Fact]
    public void The_loss_is_the_weighted_sum_and_only_the_student_learns()
    {
        using var scope = Scope.Enter();
        var recipe = TinyRun.Load(TinyRun.SelfFlow, "unused", "objective={ gamma: 0.5 }").Recipe;
        using var model = new TrainingModel(recipe, new(recipe.Encoder, (16, 16), 3, 0), Device.Cpu, low: false);
        Disturb(model.Objective);
        var result = model.Objective.Compute(new Batch(Pictures(4)), new SeededStep(1, 0));
        Assert.Equal(result["loss_gen"].Item() + (0.5 * result["loss_rep"].Item()), result.Loss.Item(), 5);
        Assert.InRange(result["loss_rep"].Item(), 0.01, 2);

        result.Loss.Backward();

        foreach (var parameter in model.Objective.Parameters())
        {
            var gradient = parameter.Value.Gradient;
            if (parameter.FullName.StartsWith("teacher.", StringComparison.Ordinal))
                Assert.True(gradient is null && !parameter.Value.RequiresGrad, parameter.FullName);
        }

        Assert.All(model.Arena.Parameters, parameter => Assert.False(parameter.FullName.StartsWith("teacher.", StringComparison.Ordinal)));
        Assert.Contains(model.Arena.Parameters, p => p.FullName == "projector.linear2.weight" && p.Value.Gradient!.Abs().Max().Item() > 0);
        Assert.False(result["teacher_features"].RequiresGrad);
    }

    [Fact]
    public void A_dropped_label_is_not_seen()
    {
        using var scope = Scope.Enter();
        Assert.Equal(Loss(drop: 1, label: 0), Loss(drop: 1, label: 2));
        Assert.NotEqual(Loss(drop: 0, label: 0), Loss(drop: 0, label: 2));
        Assert.Equal(Loss(drop: 0, label: 3), Loss(drop: 1, label: 0));  // the row behind the classes stands for none

        static double Loss(double drop, long label)
        {
            using var flow = Build(new() { Label = "kind", LabelDrop = drop }, classes: 3);
            Disturb(flow);
            return flow.Compute(new Batch(Pictures(4), Tensor.From<long>([label, label, label, label])), new SeededStep(1, 0)).Loss.Item();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Samples_are_pictures(int classes)
    {
        using var scope = Scope.Enter();
        using var flow = Build(new() { Label = classes > 0 ? "kind" : null }, classes: classes);
        Disturb(flow);
        Assert.Equal(classes, flow.Classes);
        var labels = classes > 0 ? Tensor.From<long>([0, 1, 2]) : null;
        var samples = flow.Generate(3, labels, new() { Steps = 2 }, new SeededStep(1, 0));
        Assert.Equal([3, 3, 16, 16], samples.Shape);
        Assert.True(samples.Isfinite().All().IsNonzero());
        Assert.Equal(samples.ToArray<float>(), flow.Generate(3, labels, new() { Steps = 2 }, new SeededStep(1, 0)).ToArray<float>());
    }

    [Fact]
    public void Layers_beyond_the_depth_are_refused()
    {
        var refused = Assert.Throws<ArgumentException>(() => Build(new() { TeacherLayer = 3 }));
        Assert.Equal("student_layer 1 and teacher_layer 3 must not exceed the depth 2", refused.Message);
    }

    private static SelfFlow Build(SelfFlowSettings settings, int side = 16, int classes = 0)
    {
        var recipe = TinyRun.Load(TinyRun.SelfFlow, "unused").Recipe;
        var flow = (SelfFlow)settings.Build(new ModelContext(recipe.Encoder, (side, side), 3, classes));
        flow.Initialize(1);
        return flow;
    }

    private static Tensor Pictures(int count, int side = 16) => (new SeededStep(9, 0).Uniform("pictures", count, 3, side, side) * 2.0) - 1.0;

    // The blocks start closed (gates of 0); random weights open them.
    private static void Disturb(Module module)
    {
        var random = new Random(3);
        using var guard = GradMode.Off();
        foreach (var parameter in module.Parameters().Where(p => p.Trainable))
        {
            foreach (ref var value in parameter.Value.Span<float>())
                value = ((float)random.NextDouble() - 0.5f) * 0.4f;
        }
    }
}
