using Selfsame.Objectives.Contrast;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>One step of a pairwise contrast on given features.</summary>
/// <param name="case">Name of the case.</param>
/// <param name="kind">Which loss.</param>
internal sealed class ClipLosses(string @case, PairLoss kind) : IParityAdapter
{
    public string System => "clip";

    public string Case => @case;

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        using var contrast = new PairContrast(kind, temperature: 1, c.Config.Number("logit_scale_max"));
        c.LoadParts(contrast, ours => ["param/" + ours]);
        var (image, text) = (c.Tensor("in/image_features"), c.Tensor("in/text_features"));
        image.RequiresGrad = text.RequiresGrad = true;

        var (loss, logits) = contrast.Compute(image, text);
        loss.Backward();
        c.Expect("out/loss", loss);
        c.Expect("out/logits_per_image", logits);
        c.Expect("grad/in.image_features", image.Gradient!);
        c.Expect("grad/in.text_features", text.Gradient!);
        c.ExpectGradientParts(contrast, ours => ["grad/" + ours]);

        using (GradMode.Off())
        {
            foreach (var parameter in contrast.TrainableParameters())
                parameter.Value.AddInPlace(parameter.Value.Gradient!, -c.Config.Number("lr"));
        }

        contrast.Bound();
        c.Expect("next/logit_scale", contrast.TrainableParameters()[0].Value);
    }
}
