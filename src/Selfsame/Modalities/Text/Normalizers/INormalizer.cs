using System.Text.Json.Nodes;

namespace Selfsame.Modalities.Text.Normalizers;

/// <summary>Rewrites a text before it is cut. Has no state; safe from any thread.</summary>
internal interface INormalizer
{
    /// <summary>The rewritten text, each code point aligned with what it came from.</summary>
    AlignedText Apply(AlignedText text);

    /// <summary>As <c>tokenizer.json</c> has it.</summary>
    JsonObject Write();
}
