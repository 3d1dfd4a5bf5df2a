namespace Selfsame.Recipes;

/// <summary>One value given on the command line, on its way into a recipe.</summary>
/// <param name="Written">As typed, for messages: <c>--set data.workers=4</c>.</param>
/// <param name="Key">Full key, dots between levels, list entries by number (<c>data.views.0.size</c>).</param>
/// <param name="Value">The value, YAML flow style; null when it was left out.</param>
/// <param name="Verbatim">The value is text as it stands and not YAML (a path may hold any character).</param>
public sealed record Override(string Written, string Key, string? Value, bool Verbatim = false)
{
    /// <summary>From the argument of <c>--set</c>.</summary>
    /// <param name="argument"><c>key=value</c>; anything else is reported when the recipe is loaded.</param>
    public static Override Set(string argument)
    {
        var parts = argument.Split('=', 2);
        return new($"--set {argument}", parts[0].Trim(), parts.Length == 2 ? parts[1] : null);
    }

    /// <summary>From a flag of its own.</summary>
    /// <param name="flag">Which one.</param>
    /// <param name="value">What followed it; null for a switch.</param>
    public static Override Of(RecipeFlag flag, string? value) =>
        new(value is null ? flag.Name : $"{flag.Name} {value}", flag.Key, flag.Switch ?? value ?? "", flag.Verbatim);
}

/// <summary>A command-line flag that stands for a key of the recipe.</summary>
/// <param name="Name">With dashes: <c>--steps</c>.</param>
/// <param name="Key">The key it sets.</param>
/// <param name="Value">Name of its value in the help text; null for a switch.</param>
/// <param name="Help">One line for the help text.</param>
/// <param name="Switch">The value a switch sets; null for a flag that takes one.</param>
/// <param name="Verbatim">The value is text as it stands and not YAML.</param>
public sealed record RecipeFlag(string Name, string Key, string? Value, string Help, string? Switch = null, bool Verbatim = false)
{
    /// <summary>Every such flag; all others go through <c>--set</c>.</summary>
    public static IReadOnlyList<RecipeFlag> All { get; } =
    [
        new("--data", "data.source", "SOURCE", "Folder, manifest, tar shards, or a name from the catalogue.", Verbatim: true),
        new("--steps", "duration.steps", "N", "Train for N optimizer steps."),
        new("--samples", "duration.samples", "N", "Train on N samples, repeats counted."),
        new("--epochs", "duration.epochs", "N", "Go N times through the data."),
        new("--for", "duration.time", "TIME", "Train this long: 90s, 10m, 2h30m."),
        new("--batch", "batch", "N", "Samples in one optimizer step, over all processes."),
        new("--seed", "seed", "N", "Seed of every random draw."),
        new("--checkpoint-every", "checkpoint.every.steps", "N", "Steps between checkpoints."),
        new("--from", "from.path", "FILE", "Start from the weights of a run folder or a safetensors file.", Verbatim: true),
        new("--no-evaluate", "evaluate", null, "No evaluation, neither during training nor after it.", Switch: "null"),
        new("--device", "device", "DEVICE", "auto, cpu or cuda."),
        new("--precision", "precision", "PRECISION", "auto, fp32 or bf16."),
    ];
}
