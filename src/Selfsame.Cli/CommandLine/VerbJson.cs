using System.Text.Json.Serialization;
using Selfsame.Cli.Doctor;
using Selfsame.Cli.Verbs;

namespace Selfsame.Cli;

/// <summary>Shapes of what verbs print with <c>--json</c>: snake_case names, indented.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<ListedSystem>))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(Dictionary<string, double>))]
internal sealed partial class VerbJson : JsonSerializerContext;
