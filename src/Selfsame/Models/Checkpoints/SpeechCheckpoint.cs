using System.Text.Json;

namespace Selfsame.Models.Checkpoints;

/// <summary>A public speech checkpoint of Hugging Face: Wav2Vec2, HuBERT or Data2VecAudio, and the settings that make our encoder the same network.</summary>
/// <param name="Map">The file's names.</param>
/// <param name="Settings">Settings of <see cref="SpeechEncoder"/>.</param>
public sealed record SpeechCheckpoint(KeyMap Map, SpeechEncoderSettings Settings)
{
    /// <summary>Reads the settings.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="config">Content of the <c>config.json</c> beside it; the strides of the convolutions stand nowhere else.</param>
    /// <exception cref="WeightsException">It is no such checkpoint, or the configuration lacks a field.</exception>
    public static SpeechCheckpoint Read(IWeightFile file, JsonElement config)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!file.Entries.Any(entry => entry.Name.Contains("feature_extractor.conv_layers.0.conv.weight", StringComparison.Ordinal)))
            throw new WeightsException($"{file.Path} is no Wav2Vec2, HuBERT or Data2VecAudio: it has no feature_extractor.conv_layers.0.conv.weight. First names: {string.Join(", ", file.Entries.Take(5).Select(entry => entry.Name))}");
        var given = new HuggingFaceConfig(config);
        var (widths, kernels, strides) = (given.Wholes("conv_dim"), given.Wholes("conv_kernel"), given.Wholes("conv_stride"));
        if (widths.Length != kernels.Length || widths.Length != strides.Length)
            throw new WeightsException($"config.json lists {widths.Length} conv_dim, {kernels.Length} conv_kernel and {strides.Length} conv_stride; there must be as many of each");
        bool Any(string part) => file.Entries.Any(entry => entry.Name.Contains(part, StringComparison.Ordinal));
        // Data2VecAudio says "layer" only by having a norm in every layer.
        var layerNorms = Any("feature_extractor.conv_layers.1.layer_norm.");
        var depth = file.Entries.Count(entry => entry.Name.Contains("pos_conv_embed.layers.", StringComparison.Ordinal) && entry.Name.EndsWith(".conv.weight", StringComparison.Ordinal));
        var settings = new SpeechEncoderSettings
        {
            Convolutions = [.. widths.Select((width, k) => new ConvStep(width, kernels[k], strides[k]))],
            ConvNorm = layerNorms || given.Text("feat_extract_norm") == "layer" ? ConvNorm.Layer : ConvNorm.Group,
            ConvBias = Any("feature_extractor.conv_layers.0.conv.bias"),
            FrameNorm = Any("feature_projection.layer_norm."),
            Project = Any("feature_projection.projection."),
            Positions = new ConvPositionSettings
            {
                // Data2VecAudio gives the kernel of each layer.
                Kernel = depth > 0 ? depth * given.Whole("conv_pos_kernel_size") : given.Whole("num_conv_pos_embeddings"),
                Groups = given.Whole("num_conv_pos_embedding_groups"),
                Depth = Math.Max(1, depth),
            },
            Blocks = new TransformerSettings
            {
                Width = given.Whole("hidden_size"),
                Depth = given.Whole("num_hidden_layers"),
                Heads = given.Whole("num_attention_heads"),
                MlpHidden = given.Whole("intermediate_size"),
                Mlp = given.Activation("hidden_act"),
                NormEps = given.Number("layer_norm_eps", 1e-5),
                PostNorm = !given.Flag("do_stable_layer_norm"),
            },
        };
        return new SpeechCheckpoint(SpeechKeys.HuggingFace, settings);
    }

    /// <summary>Makes the model and fills it.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="report">What was loaded.</param>
    /// <exception cref="WeightsException">The file has more than the model, or less.</exception>
    public SpeechEncoder Build(IWeightFile file, out WeightReport report)
    {
        var model = new SpeechEncoder(Settings);
        try
        {
            report = WeightLoader.Load(file, model, Map, what: FormattableString.Invariant($"speech encoder {Settings.Blocks.Width} x {Settings.Blocks.Depth}"));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
