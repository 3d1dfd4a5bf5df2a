using Selfsame.Models;
using Selfsame.Models.Checkpoints;
using Selfsame.Recipes;

namespace Selfsame.Training;

/// <summary>The recipe's encoder block for a public checkpoint.</summary>
public static class PublicEncoder
{
    /// <summary>Settings under which a recipe builds the network of a checkpoint.</summary>
    /// <param name="file">For messages.</param>
    /// <param name="settings">The network.</param>
    /// <exception cref="WeightsException">The network has a part that recipes have no setting for.</exception>
    public static VitEncoderSettings Settings(string file, VisionTransformerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var blocks = settings.Blocks;
        var strange = new List<string>();
        void Refuse(bool has, string what)
        {
            if (has)
                strange.Add(what);
        }

        Refuse(blocks.RelativeBias is not null, "relative positions");
        Refuse(!blocks.QkvBias, "queries, keys and values without bias");
        Refuse(settings.PreNorm, "a norm before the blocks");
        Refuse(settings.NoEmbedClass || (!settings.RegisterPositions && settings.Registers > 0), "tokens in front without a position");
        Refuse(settings.Distilled, "a distillation token");
        Refuse(settings.NormAfterPool == true || !settings.FinalNorm, "no norm over all tokens");
        Refuse(blocks.Mlp is not (MlpKind.Gelu or MlpKind.SwiGlu), $"the activation {blocks.Mlp}");
        Refuse(settings.ImageSize.Height != settings.ImageSize.Width, "pictures that are not square");
        if (strange.Count > 0)
            throw new WeightsException($"{file} can be read by embed, probe and evaluate, but not trained further: a recipe has no setting for {string.Join(", ", strange)}");
        return new VitEncoderSettings
        {
            Width = blocks.Width,
            Depth = blocks.Depth,
            Heads = blocks.Heads,
            Patch = settings.Patch,
            MlpRatio = blocks.MlpHidden is { } hidden && (long)(blocks.Width * blocks.MlpRatio) != hidden ? (hidden + 0.5) / blocks.Width : blocks.MlpRatio,
            Positions = settings.Positions,
            Registers = settings.Registers,
            QkNorm = blocks.QkNorm,
            LayerScale = blocks.LayerScale,
            Swiglu = blocks.Mlp == MlpKind.SwiGlu,
            NormEps = blocks.NormEps,
            ClassToken = settings.ClassToken,
        };
    }
}
