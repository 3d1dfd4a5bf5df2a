using Selfsame.Modalities;
using Selfsame.Models;
using Selfsame.Recipes;

namespace Selfsame.Objectives;

public sealed partial record ModelContext
{
    /// <summary>Settings of a speech encoder for the recipe's encoder.</summary>
    /// <exception cref="ArgumentException">The recipe's encoder is of another kind, or reads something else than waveforms.</exception>
    public SpeechEncoderSettings SpeechEncoder()
    {
        if (Encoder is not WaveEncoderSettings wave)
            throw new ArgumentException($"this method needs an encoder of kind wave; the recipe has {RecipeKinds.Encoders.KeyOf(Encoder.GetType())}");
        if (Input<AudioShape>().Bins > 0)
            throw new ArgumentException("an encoder of kind wave reads waveforms; the recipe's data.audio gives spectrograms");
        return new SpeechEncoderSettings
        {
            Convolutions = [.. wave.Kernels.Select((kernel, k) => new ConvStep(wave.Channels, kernel, wave.Strides[k]))],
            ConvNorm = wave.ConvNorm,
            Project = true,
            Positions = new ConvPositionSettings { Kernel = wave.WavePositions.Kernel, Groups = wave.WavePositions.Groups, Depth = wave.WavePositions.Layers },
            Blocks = Blocks() with { PostNorm = wave.PostNorm },
        };
    }

    /// <summary>Settings of a text encoder for the recipe's encoder.</summary>
    /// <exception cref="ArgumentException">The recipe's encoder is of another kind.</exception>
    public TextEncoderSettings TextEncoder()
    {
        if (Encoder is not TokenEncoderSettings token)
            throw new ArgumentException($"this method needs an encoder of kind text; the recipe has {RecipeKinds.Encoders.KeyOf(Encoder.GetType())}");
        var text = Input<TextShape>();
        return new TextEncoderSettings
        {
            Embedding = new TextEmbeddingSettings
            {
                Vocabulary = text.Vocabulary,
                Positions = text.MaxLength,
                Padding = text.Special.Padding,
                Mask = text.Special.Mask,
                Marks = [.. new[] { text.Special.Begin, text.Special.End }.OfType<int>()],
                ZeroPadding = true,
                NormEps = token.NormEps,
            },
            Blocks = Blocks() with { PostNorm = token.PostNorm },
        };
    }

    /// <summary>Makes encoders of the recipe's kind, for methods that hide tokens.</summary>
    /// <exception cref="ArgumentException">The recipe's encoder is of another kind.</exception>
    public Func<ContextEncoder> ContextEncoder()
    {
        switch (Encoder)
        {
            case VitEncoderSettings:
                var picture = VisionTransformer();
                return () => new VisionTransformer(picture);
            case WaveEncoderSettings:
                var speech = SpeechEncoder();
                return () => new SpeechEncoder(speech);
            case TokenEncoderSettings:
                var text = TextEncoder();
                return () => new TextEncoder(text);
            default:
                throw new ArgumentException($"this method needs an encoder of kind vit, wave or text; the recipe has {RecipeKinds.Encoders.KeyOf(Encoder.GetType())}");
        }
    }
}
