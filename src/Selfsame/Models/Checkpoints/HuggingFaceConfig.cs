using System.Text.Json;

namespace Selfsame.Models.Checkpoints;

/// <summary>The content of a Hugging Face <c>config.json</c>, with errors that name the field.</summary>
/// <param name="config">The object.</param>
internal readonly struct HuggingFaceConfig(JsonElement config)
{
    internal int Whole(string key) => Find(key, JsonValueKind.Number) is { } value && value.TryGetInt32(out var number) ? number : throw Missing(key, "a whole number");

    internal int? WholeOrNull(string key) => Find(key, JsonValueKind.Number) is { } value && value.TryGetInt32(out var number) ? number : null;

    internal double Number(string key, double otherwise) => Find(key, JsonValueKind.Number)?.GetDouble() ?? otherwise;

    internal bool Flag(string key, bool otherwise = false) =>
        Find(key, JsonValueKind.True) is not null || (otherwise && Find(key, JsonValueKind.False) is null);

    internal string? Text(string key) => Find(key, JsonValueKind.String)?.GetString();

    internal int[] Wholes(string key) => Find(key, JsonValueKind.Array) is { } list && list.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Number)
        ? [.. list.EnumerateArray().Select(one => one.GetInt32())]
        : throw Missing(key, "a list of whole numbers");

    internal MlpKind Activation(string key) => HuggingFaceVision.Activation(Text(key) ?? "gelu");

    private JsonElement? Find(string key, JsonValueKind kind) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(key, out var value) && value.ValueKind == kind ? value : null;

    private static WeightsException Missing(string key, string what) => new($"config.json has no {key}, {what}; it belongs beside the checkpoint");
}
