using System.Globalization;
using System.Text.Json;
using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>A classifying Vision Transformer with gradients: timm's old and new ones, and MAE's fine-tuning encoder.</summary>
internal sealed class VisionTransformerCase(string system, string name) : IParityAdapter
{
    public string System => system;

    public string Case => name;

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var options = c.Config.TryGetProperty("options", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : c.Config;
        using var model = new VisionTransformer(TimmSettings.Read(c, options));
        TimmSettings.LoadAll(c, model);

        var image = c.Leaf("in/image");
        var layers = new List<Tensor>();
        var tokens = model.Encode(image, layers: layers);
        var logits = model.Classify(tokens);
        var loss = logits.CrossEntropy(c.Tensor("in/labels"));
        loss.Backward();

        foreach (var output in c.Names("out/"))
            c.Expect(output, Output(output["out/".Length..], c.Shape(output)));
        c.ExpectGradients(model);
        if (c.Has("grad/in.image"))
            c.Expect("grad/in.image", image.Gradient!);

        Tensor Output(string name, long[] shape) => name switch
        {
            "patch_embed" => model.Embed(image),
            "tokens" => tokens,
            "logits" => logits,
            "loss" => loss,
            _ when name.StartsWith("block", StringComparison.Ordinal) => layers[int.Parse(name.AsSpan("block".Length), NumberStyles.None, CultureInfo.InvariantCulture)],
            _ when name.Contains("dist", StringComparison.Ordinal) => VisionTransformer.DistillationToken(tokens),
            _ when name.StartsWith("features", StringComparison.Ordinal) => Features(shape),
            _ => throw new InvalidDataException($"out/{name} is no known output"),
        };

        // A distilled model has two feature vectors; they may be recorded as one tensor.
        Tensor Features(long[] shape)
        {
            var pooled = model.Pool(tokens);
            if (shape.Length < 3 || !model.Settings.Distilled)
                return pooled;
            return Ops.Stack([pooled, VisionTransformer.DistillationToken(tokens)], shape[0] == 2 ? 0 : 1);
        }
    }
}
