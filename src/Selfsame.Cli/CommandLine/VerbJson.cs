using System.Text.Json.Serialization;
using Selfsame.Cli.Bench;
using Selfsame.Cli.Doctor;
using Selfsame.Cli.Verbs;

namespace Selfsame.Cli;

/// <summary>Shapes of what verbs print with <c>--json</c>: snake_case names, indented.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<ListedSystem>))]
[JsonSerializable(typeof(IReadOnlyList<ListedProtocol>))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(Dictionary<string, double>))]
[JsonSerializable(typeof(IReadOnlyList<BenchResult>))]
[JsonSerializable(typeof(BenchFile))]
internal sealed partial class VerbJson : JsonSerializerContext;
