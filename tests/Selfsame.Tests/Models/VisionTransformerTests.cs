using Selfsame.Evaluation;
using Selfsame.Models;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Tests.Models;

/// <summary>Encoding some of the patches.</summary>
public sealed class VisionTransformerTests
{
    public static TheoryData<PositionKind, bool, int> Kinds => new()
    {
        { PositionKind.Learned, true, 0 }, { PositionKind.Learned, false, 2 }, { PositionKind.Sincos, true, 2 }, { PositionKind.Rope, true, 0 }, { PositionKind.None, true, 0 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Patches_that_are_kept_are_those_of_the_whole_picture(PositionKind positions, bool classToken, int registers)
    {
        using var scope = Scope.Enter();
        using var model = Build(positions, classToken, registers);
        var (image, kept) = Input();

        var tokens = model.Tokens(image, kept);

        var places = Ops.Cat([Ops.Arange(model.Prefix, dtype: DType.Int64).Expand([2, -1]), kept.Add(model.Prefix)], 1);
        // Not to the bit: how a matrix product adds up may follow its number of rows.
        var (expected, found) = (Patches.Take(model.Tokens(image), places).ToArray<float>(), tokens.ToArray<float>());
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void The_mask_token_stands_among_kept_patches_too()
    {
        using var scope = Scope.Enter();
        using var model = new VisionTransformer(Settings(PositionKind.Learned) with { MaskToken = true, ClassToken = false });
        model.Initialize(1);
        var (image, kept) = Input();
        var hidden = Tensor.From<bool>([.. Enumerable.Range(0, 32).Select(k => k % 3 == 0)], [2, 16]);

        var tokens = model.Tokens(image, kept, hidden);

        Assert.All(Patches.Take(model.Tokens(image, hidden: hidden), kept).ToArray<float>().Zip(tokens.ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void Patches_that_are_not_kept_are_not_embedded()
    {
        using var scope = Scope.Enter();
        using var model = Build(PositionKind.Sincos, classToken: true, registers: 0);
        var (image, kept) = Input();
        using var trace = ShapeTrace.Start();

        model.Encode(image, kept);

        Assert.Equal([2, 3, 12], trace.Stages.First(stage => stage.Type == nameof(ConvolutionShapedLinear)).Shape);
    }

    [Fact]
    public void Gradients_reach_the_kept_patches_and_their_positions_alone()
    {
        using var scope = Scope.Enter();
        using var model = Build(PositionKind.Learned, classToken: false, registers: 0);
        var (image, kept) = Input();
        image.RequiresGrad = true;

        model.Tokens(image, kept).Square().Sum().Backward();

        var seen = Patches.Split(image.Gradient!, 4).Abs().Sum([2]).ToArray<float>();
        Assert.Equal([1, 5, 14, 16 + 0, 16 + 7, 16 + 8], Enumerable.Range(0, 32).Where(k => seen[k] > 0));
        var table = model.Parameters().Single(parameter => parameter.FullName == "pos_embed").Value.Gradient!.Abs().Sum([0, 2]).ToArray<float>();
        Assert.Equal([0, 1, 5, 7, 8, 14], Enumerable.Range(0, 16).Where(k => table[k] > 0));
    }

    [Theory]
    [InlineData(PositionKind.Learned, 0, false)]
    [InlineData(PositionKind.Relative, 0, false)]
    [InlineData(PositionKind.Rope, 2, false)]
    [InlineData(PositionKind.Learned, 0, true)]
    public void Prefix_tokens_alone_are_those_of_all_tokens(PositionKind positions, int registers, bool postNorm)
    {
        using var scope = Scope.Enter();
        var settings = Settings(positions) with { Registers = registers };
        using var model = new VisionTransformer(settings with { Blocks = settings.Blocks with { Depth = 3, LayerScale = postNorm ? null : 0.5, PostNorm = postNorm } });
        model.Initialize(1);
        var batch = new Batch(Input().Image);
        var extractor = new VisionTransformerFeatures(model);

        var alone = extractor.PrefixTokens(batch);

        Assert.Equal([2, 1 + registers, 12], alone.Shape);
        var all = extractor.Extract(batch)[^1];
        Assert.All(all.Narrow(1, 0, 1 + registers).Contiguous().ToArray<float>().Zip(alone.ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        var pooled = FeatureReader.Pooled(extractor, [3], Pooling.Auto)(batch).ToArray<float>();
        Assert.All(all.Select(1, 0).Contiguous().ToArray<float>().Zip(pooled), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void A_model_without_prefix_tokens_has_none_to_give()
    {
        using var model = Build(PositionKind.Sincos, classToken: false, registers: 0);
        using var scope = Scope.Enter();

        var refused = Assert.Throws<InvalidOperationException>(() => model.EncodePrefix(Input().Image));

        Assert.Equal("the model has neither class token nor registers", refused.Message);
    }

    private static (Tensor Image, Tensor Kept) Input() =>
        (new SeededStep(1, 0).Normal("image", 2, 3, 16, 16), Tensor.From<long>([14, 1, 5, 0, 8, 7], [2, 3]));

    private static VisionTransformerSettings Settings(PositionKind positions) => new()
    {
        ImageSize = (16, 16), Patch = 4, Positions = positions, Blocks = new() { Width = 12, Depth = 1, Heads = 1 },
    };

    private static VisionTransformer Build(PositionKind positions, bool classToken, int registers)
    {
        var model = new VisionTransformer(Settings(positions) with { ClassToken = classToken, Registers = registers, Pool = classToken ? PoolKind.Token : PoolKind.Average, NormAfterPool = false });
        model.Initialize(1);
        return model;
    }
}
