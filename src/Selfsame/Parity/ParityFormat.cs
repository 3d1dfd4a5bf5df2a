using System.Globalization;
using System.Text.Json;
using Selfsame.Torch.Safetensors;

namespace Selfsame.Parity;

/// <summary>A parity file's metadata, checked.</summary>
internal sealed record ParityFormat(string System, string Case, JsonElement Config, double RelativeTolerance, double AbsoluteTolerance)
{
    internal const string Version = "selfsame-parity/1";

    private const string Family = "selfsame-parity/";

    /// <summary>True when the file says that it is a parity file, of whatever version.</summary>
    internal static bool Claims(SafetensorsFile file) =>
        file.Metadata.TryGetValue("format", out var format) && format.StartsWith(Family, StringComparison.Ordinal);

    /// <exception cref="InvalidDataException">A key is missing or malformed.</exception>
    internal static ParityFormat Read(SafetensorsFile file)
    {
        if (Text(file, "format") is not Version and var format)
            throw new InvalidDataException($"{file.Path}: format is '{format}', expected '{Version}'");
        var config = Json(file, "config");
        var tolerance = Json(file, "tolerance");
        return new(Text(file, "system"), Text(file, "case"), config, Tolerance(file, tolerance, "rtol"), Tolerance(file, tolerance, "atol"));
    }

    private static string Text(SafetensorsFile file, string key) =>
        file.Metadata.TryGetValue(key, out var value) && value.Length > 0
            ? value
            : throw new InvalidDataException($"{file.Path}: the metadata has no '{key}', which a {Version} file must have");

    private static JsonElement Json(SafetensorsFile file, string key)
    {
        try
        {
            using var document = JsonDocument.Parse(Text(file, key));
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{file.Path}: metadata '{key}' is not JSON: {error.Message}", error);
        }
        throw new InvalidDataException($"{file.Path}: metadata '{key}' is not a JSON object");
    }

    private static double Tolerance(SafetensorsFile file, JsonElement tolerance, string key)
    {
        if (!tolerance.TryGetProperty(key, out var element) || element.ValueKind != JsonValueKind.Number)
            throw new InvalidDataException($"{file.Path}: the tolerance has no number '{key}'");
        var value = element.GetDouble();
        return double.IsFinite(value) && value >= 0
            ? value
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Path}: tolerance {key} is {value}, expected a finite number from 0"));
    }
}
