using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Selfsame.Parity;

/// <summary>What became of one parity file.</summary>
/// <param name="System">The file's system; null when the file is too broken to tell.</param>
/// <param name="Case">The file's case; null when the file is too broken to tell.</param>
/// <param name="File">The file's path, as found.</param>
/// <param name="Passed">Every recorded value was reproduced.</param>
/// <param name="Worst">The element that used most of its tolerance; null when none was compared.</param>
/// <param name="Reason">Why it failed; null when it passed.</param>
public sealed record VerifyResult(string? System, string? Case, string File, bool Passed, WorstElement? Worst, string? Reason);

/// <summary>Writes results as JSON. Values that JSON has no numbers for are the texts <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<VerifyResult>))]
public sealed partial class VerifyJson : JsonSerializerContext
{
    private static VerifyJson? _readable;

    /// <summary>Quotes and brackets in reasons stay as they are: the text goes to a terminal or a file, never into a page.</summary>
    private static VerifyJson Readable => _readable ??= new(new JsonSerializerOptions(Default.Options!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>An array of {system, case, file, passed, worst {tensor, index, expected, actual}, reason}.</summary>
    public static string Write(IReadOnlyList<VerifyResult> results) => JsonSerializer.Serialize(results, Readable.IReadOnlyListVerifyResult);
}
