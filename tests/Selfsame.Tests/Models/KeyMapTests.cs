using Selfsame.Models;
using Selfsame.Models.Checkpoints;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Models;

public sealed class KeyMapTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static readonly TransformerSettings Small = new() { Width = 8, Depth = 2, Heads = 2, MlpRatio = 2 };

    private static readonly VisionTransformerSettings Plain = new() { ImageSize = (8, 8), Patch = 4, Blocks = Small };

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Formats => ["timm", "timm-registers", "dinov2", "dinov2-swiglu", "hf-vit", "hf-dinov2", "hf-dinov2-swiglu", "hf-beit", "hf-beit-shared"];

    private static (KeyMap Map, VisionTransformerSettings Settings) Format(string name)
    {
        var scaled = Plain with { Blocks = Small with { LayerScale = 1 } };
        var gated = scaled with { Blocks = scaled.Blocks with { Mlp = MlpKind.SwiGlu, MlpHidden = 24 } };
        var beit = scaled with { Positions = PositionKind.None, MaskToken = true, Pool = PoolKind.Average };
        return name switch
        {
            "timm" => (VisionKeys.Timm, Plain with { Blocks = Small with { QkNorm = true } }),
            "timm-registers" => (VisionKeys.Timm, Plain with { Registers = 3, NoEmbedClass = true, PreNorm = true, Pool = PoolKind.Average }),
            "dinov2" => (VisionKeys.DinoV2(false), scaled with { Registers = 2, RegisterPositions = false, MaskToken = true }),
            "dinov2-swiglu" => (VisionKeys.DinoV2(true), gated with { MaskToken = true, RegisterPositions = false }),
            "hf-vit" => (VisionKeys.HuggingFaceVit, Plain),
            "hf-dinov2" => (VisionKeys.HuggingFaceDinoV2(false), scaled with { RegisterPositions = false, MaskToken = true, Registers = 4 }),
            "hf-dinov2-swiglu" => (VisionKeys.HuggingFaceDinoV2(true), gated with { RegisterPositions = false, MaskToken = true }),
            "hf-beit" => (VisionKeys.HuggingFaceBeit, beit with { Blocks = beit.Blocks with { RelativeBias = new RelativeBiasSettings(2, 2) { ClassToken = true } } }),
            "hf-beit-shared" => (VisionKeys.HuggingFaceBeit, beit with { Blocks = beit.Blocks with { RelativeBias = new RelativeBiasSettings(2, 2) { ClassToken = true, PerBlock = false, Shared = true } } }),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }

    [Theory, MemberData(nameof(Formats))]
    public void A_model_written_under_public_names_is_recognised_and_gives_the_same_features(string name)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var (map, settings) = Format(name);
        using var model = new VisionTransformer(settings);
        model.Initialize(5);
        foreach (var parameter in model.Parameters())
        {
            using var generator = new Generator(Init.SeedOf(1, parameter.FullName));
            // Keys have no bias in BEiT's format; any there is would not change the result.
            parameter.Value.AddInPlace(Ops.Empty(parameter.Value.Shape).NormalInPlace(0, 0.2, generator));
        }

        var path = Save(WeightLoader.Export(model, map));
        using var file = SafetensorsWeights.Open(path);
        var read = VisionCheckpoint.Read(file, new VisionHints { Heads = 2, NormEps = 1e-6, Pool = settings.Pool });
        Assert.Equal(map.Name, read.Map.Name);
        using var again = read.Build(file, null, out var report);

        Assert.Equal(model.Parameters().Select(p => p.FullName).Order(), again.Parameters().Select(p => p.FullName).Order());
        Assert.Equal((model.Parameters().Count, 0), (report.Loaded, report.LeftOut.Count));
        using var draw = new Generator(9);
        var image = Ops.Empty([2, 3, 8, 8]).NormalInPlace(0, 1, draw);
        var expected = model.Pool(model.Encode(image)).ToArray<float>();
        var found = again.Pool(again.Encode(image)).ToArray<float>();
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 2e-5f));
    }

    [Fact]
    public void Names_are_these()
    {
        using var scope = Scope.Enter();
        using var model = new VisionTransformer(Plain with { Blocks = Small with { Depth = 1 } });
        Assert.Equal(
        [
            "vit.embeddings.cls_token", "vit.embeddings.patch_embeddings.projection.bias", "vit.embeddings.patch_embeddings.projection.weight", "vit.embeddings.position_embeddings",
            "vit.encoder.layer.0.attention.attention.key.bias", "vit.encoder.layer.0.attention.attention.key.weight",
            "vit.encoder.layer.0.attention.attention.query.bias", "vit.encoder.layer.0.attention.attention.query.weight",
            "vit.encoder.layer.0.attention.attention.value.bias", "vit.encoder.layer.0.attention.attention.value.weight",
            "vit.encoder.layer.0.attention.output.dense.bias", "vit.encoder.layer.0.attention.output.dense.weight",
            "vit.encoder.layer.0.intermediate.dense.bias", "vit.encoder.layer.0.intermediate.dense.weight",
            "vit.encoder.layer.0.layernorm_after.bias", "vit.encoder.layer.0.layernorm_after.weight",
            "vit.encoder.layer.0.layernorm_before.bias", "vit.encoder.layer.0.layernorm_before.weight",
            "vit.encoder.layer.0.output.dense.bias", "vit.encoder.layer.0.output.dense.weight", "vit.layernorm.bias", "vit.layernorm.weight",
        ], WeightLoader.Export(model, VisionKeys.HuggingFaceVit, "vit.").Select(t => t.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_mismatch_shows_both_sides_and_what_to_do()
    {
        using var scope = Scope.Enter();
        using var model = new VisionTransformer(Plain);
        var tensors = WeightLoader.Export(model, VisionKeys.Timm).Where(t => t.Name != "norm.bias").ToList();
        tensors.Add(("tower.weight", Ops.Zeros([3, 8])));
        tensors[tensors.FindIndex(t => t.Name == "pos_embed")] = ("pos_embed", Ops.Zeros([1, 10, 8]));
        using var file = SafetensorsWeights.Open(Save(tensors));

        var refused = Assert.Throws<WeightsException>(() => WeightLoader.Load(file, model, VisionKeys.Timm, what: "encoder vit 8 x 2 / 4"));

        Assert.Equal("""
            Checkpoint w.safetensors (timm names) does not fit encoder vit 8 x 2 / 4: + only in the file, - only in the model, ~ shapes
              + tower.weight (3, 8) only in the file
              - norm.bias (8) only in the model
              ~ pos_embed (1, 10, 8) -> (1, 5, 8)
            Skip names with from.skip: ["tower*"]; fit positions to the new size with from.resample: true.
            """.ReplaceLineEndings("\n"), refused.Message);

        var report = WeightLoader.Load(file, model, VisionKeys.Timm, new WeightLoading { Skip = ["tower*", "norm.*"], Fit = (_, table) => model.FitPositions(table, PositionResampling.Bicubic) });
        Assert.Equal(["tower.weight", "norm.weight"], report.LeftOut.OrderDescending());
        Assert.Equal(["norm.weight", "norm.bias"], report.Kept);
        Assert.Equal(["pos_embed"], report.Fitted);
    }

    [Fact]
    public void Foreign_files_are_refused_by_name()
    {
        using var scope = Scope.Enter();
        using var file = SafetensorsWeights.Open(Save([("layer1.weight", Ops.Zeros([2])), ("fc.bias", Ops.Zeros([2]))]));
        Assert.Equal(
            $"{file.Path} is no Vision Transformer that is known here: it has neither patch_embed.proj.weight (timm, DINO, DINOv2, MAE) nor embeddings.patch_embeddings.projection.weight (Hugging Face). First names: fc.bias, layer1.weight",
            Assert.Throws<WeightsException>(() => VisionCheckpoint.Read(file)).Message);
    }

    [Fact]
    public void Relative_positions_are_those_of_beit()
    {
        // A class token and a grid of 1 x 2: distances -1, 0, 1, then class to cell, cell to class, class to class.
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var bias = new RelativeBias(new RelativeBiasSettings(1, 2) { ClassToken = true }, 1);
        bias.Parameters()[0].Value.CopyFrom(Tensor.From<float>([-1, 0, 1, 10, 20, 30], [6, 1]));
        Assert.Equal([30f, 10, 10, 20, 0, -1, 20, 1, 0], bias.Forward().ToArray<float>());
    }

    private string Save(IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        var path = _folder["w.safetensors"];
        TensorFile.Save(path, tensors);
        return path;
    }
}
