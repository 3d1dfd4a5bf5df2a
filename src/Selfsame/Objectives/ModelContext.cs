using Selfsame.Models;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>What an objective needs to know to build its network.</summary>
/// <param name="Encoder">The recipe's encoder.</param>
/// <param name="ImageSize">Height and width of a picture.</param>
/// <param name="Channels">Channels of a picture.</param>
/// <param name="Classes">Distinct values of the objective's label column; 0 without labels.</param>
public sealed record ModelContext(EncoderSettings Encoder, (int Height, int Width) ImageSize, int Channels, int Classes)
{
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

    /// <summary>Settings of a diffusion transformer over patches for the recipe's encoder.</summary>
    /// <exception cref="ArgumentException">The recipe's encoder is of another kind.</exception>
    public DiffusionTransformerSettings DiffusionTransformer() => Encoder is { DropPath: > 0 }
        ? throw new ArgumentException("encoder.drop_path is set; a dit encoder, where student and teacher are compared token by token, drops no paths. Remove it")
        : Encoder is DitEncoderSettings dit
        ? new DiffusionTransformerSettings
        {
            Blocks = Blocks(),
            TokenWidth = dit.Patch * dit.Patch * Channels,
            PatchArea = dit.Patch * dit.Patch,
            Grid = Grid,
            Classes = Classes > 0 ? Classes + 1 : 0,
        }
        : throw new ArgumentException($"this method needs an encoder of kind dit; the recipe has {RecipeKinds.Encoders.KeyOf(Encoder.GetType())}");
}
