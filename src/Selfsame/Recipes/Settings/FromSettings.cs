namespace Selfsame.Recipes;

/// <summary>Weights that a run starts from in place of random ones.</summary>
public sealed record FromSettings
{
    /// <summary>A run folder, or a safetensors file with timm, Hugging Face, DINO, DINOv2 or MAE names (or its folder).</summary>
    public required string Path { get; init; }

    /// <summary>Names of the file or of the model that are passed over, <c>*</c> for anything; what the model then lacks keeps its random start. Default none.</summary>
    public EquatableList<string> Skip { get; init; } = [];

    /// <summary>Fit the position table to another size of picture. Default false: another size is refused.</summary>
    public bool Resample { get; init; }

    /// <summary>Of a run with a teacher, take the teacher's average of the weights. Default true.</summary>
    public bool Averaged { get; init; } = true;
}
