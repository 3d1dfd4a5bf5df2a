using System.Text.Json.Serialization;
using Selfsame.Cli.Bench;
using Selfsame.Cli.Doctor;
using Selfsame.Cli.Verbs;
using Selfsame.Training.Planning;
using Selfsame.Training.Sweeps;
using Selfsame.Evaluation;
using Selfsame.Export.Embeddings;
using Selfsame.Evaluation.Report;

namespace Selfsame.Cli;

/// <summary>Shapes of what verbs print with <c>--json</c>: snake_case names, indented.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<ListedSystem>))]
[JsonSerializable(typeof(IReadOnlyList<ListedProtocol>))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(Dictionary<string, double>))]
[JsonSerializable(typeof(IReadOnlyList<BenchResult>))]
[JsonSerializable(typeof(BenchFile))]
[JsonSerializable(typeof(IReadOnlyList<DataBenchResult>))]
[JsonSerializable(typeof(DataBenchFile))]
[JsonSerializable(typeof(IReadOnlyList<ProfileRow>))]
[JsonSerializable(typeof(ProfileFile))]
[JsonSerializable(typeof(IReadOnlyList<ScaleAxis>))]
[JsonSerializable(typeof(ScaleFile))]
[JsonSerializable(typeof(IReadOnlyList<StartResult>))]
[JsonSerializable(typeof(StartFile))]
[JsonSerializable(typeof(IReadOnlyList<SameResult>))]
[JsonSerializable(typeof(SameFile))]
[JsonSerializable(typeof(RunPlan))]
[JsonSerializable(typeof(SweepReport))]
[JsonSerializable(typeof(EmbeddingResult))]
[JsonSerializable(typeof(FrozenProbeReport))]
[JsonSerializable(typeof(RunComparison))]
internal sealed partial class VerbJson : JsonSerializerContext;
