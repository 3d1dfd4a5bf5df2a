using Selfsame.Modalities;
using Selfsame.Models;
using Selfsame.Objectives.Generation;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>What an objective needs to know to build its network.</summary>
/// <param name="Encoder">The recipe's encoder.</param>
/// <param name="Inputs">What each modality's samples look like; one entry a modality.</param>
/// <param name="Classes">Distinct values of the objective's label column; 0 without labels.</param>
public sealed partial record ModelContext(EncoderSettings Encoder, EquatableList<InputShape> Inputs, int Classes)
{
    /// <summary>The context of a model of pictures.</summary>
    /// <param name="encoder">The recipe's encoder.</param>
    /// <param name="imageSize">Height and width of a picture.</param>
    /// <param name="channels">Channels of a picture.</param>
    /// <param name="classes">Distinct values of the objective's label column; 0 without labels.</param>
    public ModelContext(EncoderSettings encoder, (int Height, int Width) imageSize, int channels, int classes)
        : this(encoder, [new ImageShape(imageSize.Height, imageSize.Width, channels)], classes)
    {
    }

    /// <summary>Height and width of a picture.</summary>
    public (int Height, int Width) ImageSize => Input<ImageShape>() is var image ? (image.Height, image.Width) : default;

    /// <summary>Channels of a picture.</summary>
    public int Channels => Input<ImageShape>().Channels;

    /// <summary>Whether the recipe has an input of this kind.</summary>
    public bool Has<T>()
        where T : InputShape => Inputs.OfType<T>().Any();

    /// <summary>What one modality's samples look like.</summary>
    /// <exception cref="ArgumentException">The recipe has no such input.</exception>
    public T Input<T>()
        where T : InputShape => Inputs.OfType<T>().FirstOrDefault()
        ?? throw new ArgumentException($"this method needs data.{Key<T>()}; the recipe has {string.Join(", ", Inputs.Select(input => input.Modality))}");

    /// <summary>Rows and columns of the grid of patches.</summary>
    /// <exception cref="ShapeException">The picture is not a whole number of patches.</exception>
    public (int Rows, int Columns) Grid
    {
        get
        {
            Patches.RequireWhole(ImageSize.Height, ImageSize.Width, Encoder.Patch);
            return (ImageSize.Height / Encoder.Patch, ImageSize.Width / Encoder.Patch);
        }
    }

    /// <summary>Shape of the blocks.</summary>
    public TransformerSettings Blocks()
    {
        var (width, depth, heads) = Encoder.Dimensions();
        return new TransformerSettings
        {
            Width = width,
            Depth = depth,
            Heads = heads,
            MlpRatio = Encoder.MlpRatio,
            Mlp = Encoder.Swiglu ? MlpKind.SwiGlu : MlpKind.Gelu,
            Norm = Encoder.Norm == EncoderNorm.RmsNorm ? NormKind.Rms : NormKind.Layer,
            NormEps = Encoder.NormEps,
            QkNorm = Encoder.QkNorm,
            LayerScale = Encoder.LayerScale,
            DropPath = Encoder.DropPath,
            GradCheckpointing = Encoder.GradCheckpointing,
        };
    }

    /// <summary>Settings of a Vision Transformer for the recipe's encoder.</summary>
    /// <exception cref="ArgumentException">The recipe's encoder is of another kind.</exception>
    public VisionTransformerSettings VisionTransformer() => Encoder is VitEncoderSettings vit
        ? new VisionTransformerSettings
        {
            ImageSize = ImageSize,
            Patch = vit.Patch,
            Channels = Channels,
            Blocks = Blocks(),
            Positions = vit.Positions,
            ClassToken = vit.ClassToken,
            Registers = vit.Registers,
        }
        : throw new ArgumentException($"this method needs an encoder of kind vit; the recipe has {RecipeKinds.Encoders.KeyOf(Encoder.GetType())}");

    /// <summary>Settings of an encoder of all modalities that the recipe reads.</summary>
    /// <exception cref="ArgumentException">The recipe's encoder is of another kind.</exception>
    public MultiModalSettings MultiModal() => Encoder is VitEncoderSettings vit
        ? new MultiModalSettings
        {
            Inputs = Inputs,
            Blocks = Blocks(),
            Patch = vit.Patch,
            Tubelet = vit.Tubelet,
            SpectrogramPatch = (vit.SpectrogramPatch[0], vit.SpectrogramPatch[1]),
            WaveformFrame = vit.WaveformFrame,
            Positions = vit.Positions,
            ClassToken = vit.ClassToken,
            Registers = vit.Registers,
        }
        : throw new ArgumentException($"this method needs an encoder of kind vit; the recipe has {RecipeKinds.Encoders.KeyOf(Encoder.GetType())}");

    /// <summary>Settings of a diffusion transformer over patches for the recipe's encoder.</summary>
    /// <exception cref="ArgumentException">The recipe's encoder is of another kind.</exception>
    public DiffusionTransformerSettings DiffusionTransformer()
    {
        var (blocks, dit) = DiffusionBlocks();
        return new ImageTokenizer(Input<ImageShape>(), dit.Patch).Network(blocks, Classes > 0 ? Classes + 1 : 0);
    }

    /// <summary>Blocks of a diffusion transformer, and the recipe's encoder.</summary>
    /// <exception cref="ArgumentException">The recipe's encoder is of another kind, or drops paths.</exception>
    public (TransformerSettings Blocks, DitEncoderSettings Encoder) DiffusionBlocks() => Encoder is { DropPath: > 0 }
        ? throw new ArgumentException("encoder.drop_path is set; a dit encoder, where student and teacher are compared token by token, drops no paths. Remove it")
        : Encoder is DitEncoderSettings dit
        ? (Blocks(), dit)
        : throw new ArgumentException($"this method needs an encoder of kind dit; the recipe has {RecipeKinds.Encoders.KeyOf(Encoder.GetType())}");

    private static string Key<T>() => typeof(T).Name.Replace("Shape", "", StringComparison.Ordinal).ToLowerInvariant();
}
