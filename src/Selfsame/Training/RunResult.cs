using System.Text.Json;
using System.Text.Json.Serialization;
using Selfsame.Evaluation;

namespace Selfsame.Training;

/// <summary>The outcome of a training run, kept as <c>result.json</c> for programs. Keys are the property names in snake case.</summary>
public sealed record RunResult
{
    /// <summary>Name under which <see cref="Baselines"/> holds the same network with untrained, random weights.</summary>
    public const string RandomInit = "random_init";

    /// <summary>Name under which <see cref="Baselines"/> holds the data itself used as features.</summary>
    public const string RawInput = "raw_input";

    /// <summary>Name under which <see cref="Baselines"/> holds a run that starts from given weights, before its first step.</summary>
    public const string StartWeights = "start_weights";

    /// <summary>Name of the method, such as <c>mae</c>.</summary>
    public required string System { get; init; }

    /// <summary>The recipe file, as it was named; null when the recipe did not come from a file.</summary>
    public string? Recipe { get; init; }

    /// <summary>Where the method was published, such as "He et al. 2021, https://arxiv.org/abs/2111.06377".</summary>
    public string? Paper { get; init; }

    /// <summary>Optimizer steps done, over all sessions of the run.</summary>
    public required long Steps { get; init; }

    /// <summary>Samples seen, over all sessions and processes of the run.</summary>
    public required long Samples { get; init; }

    /// <summary>Time spent training, in seconds, over all sessions of the run.</summary>
    public required double Seconds { get; init; }

    /// <summary>Samples a second while training.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>Training loss at the end; NaN or infinite when the run diverged.</summary>
    public required double FinalLoss { get; init; }

    /// <summary>Metrics of the trained model; the first is the one the verdict is about. Empty when nothing was evaluated.</summary>
    public IReadOnlyDictionary<string, double> Evaluation { get; init; } = new Dictionary<string, double>();

    /// <summary>How each metric was measured, by name and version: <c>knn/dino-1</c>. Figures of different protocols do not compare.</summary>
    public IReadOnlyDictionary<string, string>? Protocols { get; init; }

    /// <summary>Whether the run collapsed, diverged, stayed at chance or is healthy, and why; null where an older version wrote the file.</summary>
    public Diagnosis? Diagnosis { get; init; }

    /// <summary>Loss of guessing; null when the method has none.</summary>
    public double? ChanceLoss { get; init; }

    /// <summary>Names the recipe without its seed: results with the same name differ in nothing but the seed. Null where an older version wrote the file.</summary>
    public string? RecipeId { get; init; }

    /// <summary>The same metrics without training, by <see cref="RandomInit"/> and <see cref="RawInput"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Baselines { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, double>>();

    /// <summary>Which way is better (<c>higher</c>, <c>lower</c> or <c>none</c>), for metrics whose name doesn't tell.</summary>
    public IReadOnlyDictionary<string, string>? Better { get; init; }

    /// <summary>The most memory that the process had at once in the last session, in bytes; null in results of older versions.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>The same while training alone, without evaluation; null where the system doesn't tell.</summary>
    public long? TrainingPeakMemoryBytes { get; init; }

    /// <summary>Samples that passed through the model at once, where the batch was split; null: all of it.</summary>
    public int? MicroBatch { get; init; }

    /// <summary>What the user should know about the run, such as a batch that had to be split; null for nothing.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>The weights that the run started from; null for random ones.</summary>
    public WeightOrigin? StartedFrom { get; init; }

    /// <summary>Step of the checkpoint that was evaluated, where it is not the last one; null where it is.</summary>
    public long? BestStep { get; init; }

    /// <summary>Seed of every random draw.</summary>
    public required long Seed { get; init; }

    /// <summary>The command as typed, enough to repeat the run.</summary>
    public required string Command { get; init; }

    /// <summary>Version of Selfsame.</summary>
    public required string Version { get; init; }

    /// <summary>Commit that this build of Selfsame was made from; null when it isn't known.</summary>
    public string? Commit { get; init; }

    /// <summary>When the run was first started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Processor and number of cores.</summary>
    public required string Machine { get; init; }

    /// <summary>Hardware and software of the last session.</summary>
    public required RunEnvironment Environment { get; init; }

    /// <summary>The content of <c>result.json</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Default.RunResult) + "\n";

    /// <summary>Reads what <see cref="ToJson"/> wrote; unknown keys are ignored, so that older versions can read newer files.</summary>
    /// <exception cref="JsonException">The text isn't a result.</exception>
    public static RunResult FromJson(string json) =>
        JsonSerializer.Deserialize(json, RunJson.Default.RunResult) ?? throw new JsonException("It holds null.");
}

/// <summary>How the files of a run folder are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NewLine = "\n",
    WriteIndented = true)]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(RunLock.Owner), TypeInfoPropertyName = "Owner")]
internal sealed partial class RunJson : JsonSerializerContext;
