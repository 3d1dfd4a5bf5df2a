using Selfsame.Corruption;
using Selfsame.Models;
using Selfsame.Objectives;
using Selfsame.Objectives.Contrast;
using Selfsame.Objectives.Latents;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Objectives;

public sealed class Data2VecTests
{
    private static readonly VisionTransformerSettings s_encoder = new()
    {
        ImageSize = (16, 16), Patch = 4, Positions = PositionKind.Relative, Blocks = new TransformerSettings { Width = 16, Depth = 3, Heads = 2 },
    };

    private static readonly Data2VecSettings s_settings = new() { Mask = new BlockMaskSettings { MinBlock = 2 }, TopLayers = 2 };

    [Fact]
    public void What_lies_below_the_mask_does_not_reach_the_student()
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var objective = Make(s_settings);
        using var generator = new Generator(1);
        var tokens = new EmbeddedTokens(Ops.Empty([2, 16, 16]).NormalInPlace(generator: generator));
        var hidden = Ops.Empty([2, 16]).UniformInPlace(generator: generator).Lt(0.5);
        var other = tokens.Hide(hidden, Ops.Full([16], 9.0));
        Assert.Equal(objective.Compare(tokens, tokens, hidden)["predictions"].ToArray<float>(), objective.Compare(other, tokens, hidden)["predictions"].ToArray<float>());
        Assert.NotEqual(objective.Compare(tokens, tokens, hidden)["targets"].ToArray<float>(), objective.Compare(tokens, other, hidden)["targets"].ToArray<float>());
    }

    [Fact]
    public void No_gradient_reaches_the_teacher()
    {
        using var scope = Scope.Enter();
        using var objective = Make(s_settings);
        objective.Compute(new Batch(Images()), new SeededStep(1, 0)).Loss.Backward();
        Assert.All(objective.Teacher.TrainableParameters(), parameter => Assert.Null(parameter.Value.Gradient));
        Assert.Contains(objective.Student.TrainableParameters(), parameter => parameter.Value.Gradient is not null);
    }

    [Theory]
    [InlineData(0.0, 1.0, 0.25)]   // 0.5² per channel
    [InlineData(2.0, 1.0, 0.0625)] // 0.5 · 0.5² / 2
    [InlineData(0.25, 1.0, 0.375)] // 0.5 − 0.5 · 0.25
    [InlineData(0.0, null, 1.0)]   // 16 · 0.5² / √16
    public void The_loss_is_the_sum_over_channels_for_each_hidden_token(double beta, double? scale, double expected)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var objective = new Data2Vec(s_settings with { Beta = beta, Scale = scale, HeadLayers = 1 }, () => new VisionTransformer(s_encoder));
        objective.Initialize(1);
        foreach (var parameter in objective.Parameters().Where(p => p.FullName.StartsWith("head.", StringComparison.Ordinal)))
            parameter.Value.FillInPlace(parameter.Name == "bias" ? 0.5 : 0.0);
        foreach (var parameter in objective.Teacher.Parameters().Where(p => p.FullName.Contains("mlp.fc2", StringComparison.Ordinal)))
            parameter.Value.ZeroInPlace();  // so that all targets are 0
        var tokens = new EmbeddedTokens(Ops.Zeros([1, 16, 16]));
        var hidden = Ops.Arange(16).Unsqueeze(0).Lt(3.0);
        var result = objective.Compare(tokens, tokens, hidden);
        Assert.Equal(scale is null ? expected : expected * 16, result.Loss.Item(), 1e-5);
    }

    [Fact]
    public void Patch_embedding_and_positions_are_taken_over_and_the_rest_is_averaged()
    {
        using var scope = Scope.Enter();
        using var objective = Make(s_settings with { HeadLayers = 0 });
        using var arena = new ParameterArena(objective.Student, low: true);
        using var teacher = new Teacher(objective.Teacher, objective.Student, arena, low: true, name => objective.IsCopied(objective.Teacher, name));
        var before = objective.Teacher.Parameters().ToDictionary(p => p.FullName, p => p.Value.ToArray<float>());
        using (GradMode.Off())
        {
            foreach (var parameter in objective.Student.TrainableParameters())
                parameter.Value.CopyFrom(parameter.Value + 1.0);
        }

        teacher.Follow(0.75);
        foreach (var parameter in objective.Teacher.Parameters())
        {
            var copied = parameter.FullName is "cls_token" or "patch_embed.proj.weight" or "patch_embed.proj.bias";
            var expected = before[parameter.FullName].Select(value => value + (copied ? 1f : 0.25f)).ToArray();
            var actual = parameter.Value.ToArray<float>();
            for (var k = 0; k < actual.Length; k++)
                Assert.Equal(expected[k], actual[k], 1e-5);
            Assert.Equal(actual[0], parameter.Low!.To(DType.Float32).ToArray<float>()[0], 0.01);
        }
    }

    [Fact]
    public void Targets_are_normalised_one_by_one_then_averaged_then_normalised_again()
    {
        using var scope = Scope.Enter();
        var layer = Tensor.From<float>([1, 3, 3, 7], [1, 2, 2]);
        var other = Tensor.From<float>([0, 0, 2, 10], [1, 2, 2]);
        Equal([-1, -1, 1, 1], new LayerTargets([TargetNorm.Instance], []).Forward([layer]));
        Equal([-1, 1, -1, 1], new LayerTargets([TargetNorm.Layer], []).Forward([layer]));
        Equal([-1.1471f, -0.2294f, -0.2294f, 1.6059f], new LayerTargets([TargetNorm.Group], []).Forward([layer]));
        Equal([0.5f, 1.5f, 2.5f, 8.5f], new LayerTargets([], []).Forward([layer, other]));
        Equal([-1, -1, 1, 1], new LayerTargets([], [TargetNorm.Instance]).Forward([layer, other]));

        static void Equal(float[] expected, Tensor actual)
        {
            var values = actual.ToArray<float>();
            for (var k = 0; k < expected.Length; k++)
                Assert.Equal(expected[k], values[k], 1e-3);
        }
    }

    [Fact]
    public void The_same_step_gives_the_same_loss_and_another_step_another_mask()
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var objective = Make(s_settings);
        var batch = new Batch(Images());
        var first = objective.Compute(batch, new SeededStep(3, 5)).Loss.Item();
        Assert.Equal(first, objective.Compute(batch, new SeededStep(3, 5)).Loss.Item());
        Assert.NotEqual(first, objective.Compute(batch, new SeededStep(3, 6)).Loss.Item());
    }

    [Fact]
    public void A_distractor_is_never_the_frame_itself_unless_it_comes_from_the_batch()
    {
        using var scope = Scope.Enter();
        // M = 3, K = 2: draws 0 and 1 for each frame of both rows.
        var own = Tensor.From<long>([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1], [2, 6]);
        Assert.Equal([1L, 2, 0, 2, 0, 1, 4, 5, 3, 5, 3, 4], Distractors.Resolve(own, null, 3).ToArray<long>());
        var cross = Tensor.From<long>([0, 1, 4, 0, 1, 4], [2, 3]);
        Assert.Equal([1L, 2, 5, 1, 2, 5], Distractors.Resolve(null, cross, 3).ToArray<long>());
    }

    private static Data2Vec Make(Data2VecSettings settings)
    {
        var objective = new Data2Vec(settings, () => new VisionTransformer(s_encoder));
        objective.Initialize(4);
        return objective;
    }

    private static Tensor Images()
    {
        using var generator = new Generator(2);
        return Ops.Empty([2, 3, 16, 16]).NormalInPlace(generator: generator);
    }
}
