using System.Text.Json;

namespace Selfsame.Parity.Adapters;

/// <summary>Short access to hyper-parameters, with errors that name the key.</summary>
internal static class ConfigReading
{
    internal static double Number(this JsonElement config, string key) => config.Property(key, JsonValueKind.Number).GetDouble();

    internal static int Whole(this JsonElement config, string key) => config.Property(key, JsonValueKind.Number).GetInt32();

    /// <summary>A truth value; <paramref name="otherwise"/> where the key is absent.</summary>
    internal static bool Flag(this JsonElement config, string key, bool otherwise = false) =>
        !config.TryGetProperty(key, out var element) ? otherwise
        : element.ValueKind is JsonValueKind.True or JsonValueKind.False ? element.GetBoolean()
        : throw new InvalidDataException($"'{key}' in the configuration is a {element.ValueKind}, expected true or false");

    internal static double[] Numbers(this JsonElement config, string key) =>
        [.. config.Property(key, JsonValueKind.Array).EnumerateArray().Select(element => element.GetDouble())];

    internal static string[] Texts(this JsonElement config, string key) =>
        [.. config.Property(key, JsonValueKind.Array).EnumerateArray().Select(element => element.GetString()!)];

    internal static string Text(this JsonElement config, string key) => config.Property(key, JsonValueKind.String).GetString()!;

    internal static JsonElement Section(this JsonElement config, string key) => config.Property(key, JsonValueKind.Object);

    private static JsonElement Property(this JsonElement config, string key, JsonValueKind kind)
    {
        if (!config.TryGetProperty(key, out var element))
            throw new InvalidDataException($"the configuration has no '{key}'");
        return element.ValueKind == kind
            ? element
            : throw new InvalidDataException($"'{key}' in the configuration is a {element.ValueKind}, expected a {kind}");
    }
}
