using Selfsame.Objectives.Contrast;
using Selfsame.Objectives.Generation;
using Selfsame.Objectives.Latents;
using Selfsame.Objectives.Reconstruction;
using Selfsame.Objectives.Supervised;

namespace Selfsame.Recipes;

public sealed partial class SystemTable
{
    /// <summary>Every system this library has.</summary>
    public static SystemTable BuiltIn { get; } = new(
    [
        new("self-flow", "Self-Flow", "generation", ["image", "video", "audio", "text"], "https://arxiv.org/abs/2603.06507", "recipes/self-flow.yaml", typeof(SelfFlowSettings)),
        new("mae", "Masked autoencoder", "reconstruction", ["image"], "https://arxiv.org/abs/2111.06377", "recipes/mae.yaml", typeof(MaskedAutoencoderSettings)),
        new("finetune", "Fine-tuning", "supervised", ["image"], "https://arxiv.org/abs/2106.08254", "recipes/finetune.yaml", typeof(FinetuningSettings)),
        new("data2vec", "data2vec", "latents", ["image", "audio", "text"], "https://arxiv.org/abs/2202.03555", "recipes/data2vec.yaml", typeof(Data2VecSettings)),
        new("clip", "CLIP", "contrast", ["image", "audio", "video", "text"], "https://arxiv.org/abs/2103.00020", "recipes/clip-stamps.yaml", typeof(ClipSettings)),
    ]);
}
