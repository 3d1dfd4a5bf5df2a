using Selfsame.Models;
using Selfsame.Objectives;
using Selfsame.Tests.Engine;
using Selfsame.Tests.Training;
using Selfsame.Torch;
using Selfsame.Training;
using Selfsame.Training.Planning;

namespace Selfsame.Tests.Models;

/// <summary>Blocks whose inside is computed again in the backward pass.</summary>
[Collection(nameof(TensorCount))]
public sealed class CheckpointedBlocksTests
{
    private const int Width = 24, Tokens = 9, Batch = 4;

    public static TheoryData<string, TransformerSettings, bool> Kinds
    {
        get
        {
            var plain = new TransformerSettings { Width = Width, Depth = 3, Heads = 3 };
            return new()
            {
                { "pre-norm, paths dropped", plain with { DropPath = 0.5, LayerScale = 0.1 }, false },
                { "bfloat16", plain with { DropPath = 0.5 }, true },
                { "post-norm, causal", plain with { PostNorm = true, Causal = true }, false },
                { "conditioned", plain with { Conditioned = true, Norm = NormKind.LayerPlain }, false },
                { "relative positions", plain with { RelativeBias = new(3, 3) { Shared = true } }, false },
                { "gated", plain with { Mlp = MlpKind.SwiGlu, Norm = NormKind.Rms, QkNorm = true }, false },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_are_the_same_bit_for_bit(string kind, TransformerSettings settings, bool low)
    {
        var (loss, gradients) = Gradients(settings, low);
        var (again, same) = Gradients(settings with { GradCheckpointing = true }, low);

        Assert.True(loss == again, kind);
        Assert.Equal(gradients.Keys, same.Keys);
        foreach (var (name, values) in gradients)
            Assert.True(values.AsSpan().SequenceEqual(same[name]), $"{kind}: {name}");
        Assert.All(gradients.Values, values => Assert.Contains(values, value => value != 0));
    }

    [Fact]
    public void Memory_falls_to_the_tokens_between_blocks_and_all_of_it_is_freed()
    {
        var before = Tensor.LiveCount;

        var plain = Peak(checkpointed: false);
        var spared = Peak(checkpointed: true);

        Assert.InRange(spared, 1, plain / 2);
        Assert.Equal(before, Tensor.LiveCount);
    }

    [Fact]
    public void Without_a_backward_pass_nothing_is_kept_either()
    {
        var before = (Tensor.LiveCount, TorchMemory.Live);
        using (var scope = Scope.Enter())
        {
            using var blocks = new Transformer(new() { Width = Width, Depth = 2, Heads = 3, GradCheckpointing = true });
            blocks.Initialize(1);
            blocks.Forward(Ops.Ones([Batch, Tokens, Width]));  // the graph goes without having run
        }

        Assert.Equal(before, (Tensor.LiveCount, TorchMemory.Live));
    }

    [Fact]
    public void What_goes_wrong_in_the_backward_pass_is_told_as_it_is()
    {
        using var scope = Scope.Enter();
        var (x, calls) = (Ops.Ones([2]), 0);
        x.RequiresGrad = true;
        var y = Recompute.Run(inputs => calls++ == 0 ? inputs[0] * 2.0 : throw new InvalidDataException("the second time"), x, x);

        Assert.Equal("the second time", Assert.Throws<InvalidDataException>(() => y.Sum().Backward()).Message);
    }

    [Fact]
    public async Task A_dry_run_knows()
    {
        using var folder = new TemporaryFolder();
        var pictures = TinyRun.Pictures(folder["pictures"], 16);

        var plain = await Plan("encoder.depth=8");
        var spared = await Plan("encoder.depth=8", "encoder.grad_checkpointing=true");

        Assert.True(spared < plain * 0.8, $"{spared} of {plain} bytes a sample");

        async Task<long> Plan(params string[] settings) =>
            (await RunPlanner.PlanAsync(new PretrainingOptions { Recipe = TinyRun.Load(TinyRun.Mae, pictures, settings), Folder = folder["run"] }, default)).Memory.ActivationsPerSample;
    }

    private static (double Loss, SortedDictionary<string, float[]> Gradients) Gradients(TransformerSettings settings, bool low)
    {
        using var scope = Scope.Enter();
        using var blocks = new Transformer(settings);
        blocks.Initialize(1);
        using var arena = new ParameterArena(blocks, gradients: true, low);
        foreach (var parameter in blocks.TrainableParameters())
            parameter.Value.Detach().AddInPlace(new SeededStep(3, 0).Normal(parameter.FullName, parameter.Value.Shape) * 0.05);  // adaLN-Zero starts where most gradients are zero
        arena.RefreshLow();
        var draws = new SeededStep(2, 0);
        var (x, condition) = (draws.Normal("x", Batch, Tokens, Width), draws.Normal("condition", Batch, 1, Width));
        x.RequiresGrad = condition.RequiresGrad = true;
        var context = new BlockContext
        {
            Condition = settings.Conditioned ? condition : null,
            DropDraws = settings.DropPath > 0 ? draws.Uniform("drop_path", settings.Depth, 2, Batch).ToArray<float>() : null,
        };
        Tensor loss;
        using (LowPrecision.Enter(low))
            loss = blocks.Forward(x, context).Square().Mean();
        loss.Backward();
        var gradients = new SortedDictionary<string, float[]>(StringComparer.Ordinal) { ["x"] = x.Gradient!.ToArray<float>() };
        if (settings.Conditioned)
            gradients["condition"] = condition.Gradient!.ToArray<float>();
        foreach (var parameter in blocks.TrainableParameters())
            gradients[parameter.FullName] = parameter.Value.Gradient!.ToArray<float>();
        return (loss.Item(), gradients);
    }

    private static long Peak(bool checkpointed)
    {
        using var scope = Scope.Enter();
        using var blocks = new Transformer(new() { Width = 64, Depth = 8, Heads = 4, GradCheckpointing = checkpointed });
        blocks.Initialize(1);
        using var arena = new ParameterArena(blocks);
        var x = new SeededStep(1, 0).Normal("x", 16, 32, 64);
        var live = TorchMemory.Live;
        TorchMemory.ResetPeak();
        using (Scope.Enter())
            blocks.Forward(x).Square().Mean().Backward();
        return TorchMemory.Peak - live;
    }
}
