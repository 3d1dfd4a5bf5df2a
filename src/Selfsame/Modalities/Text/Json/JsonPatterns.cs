using System.Text.Json.Nodes;
using Selfsame.Modalities.Text.Patterns;

namespace Selfsame.Modalities.Text.Json;

/// <summary>Patterns as <c>tokenizer.json</c> has them.</summary>
internal static class JsonPatterns
{
    /// <summary>An object of <c>Regex</c> or <c>String</c>.</summary>
    public static JsonObject Write(Pattern pattern) => new() { [pattern.IsLiteral ? "String" : "Regex"] = pattern.Source };
}
