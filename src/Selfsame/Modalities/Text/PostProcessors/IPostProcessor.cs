using System.Text.Json.Nodes;

namespace Selfsame.Modalities.Text.PostProcessors;

/// <summary>Puts special tokens around the tokens of a text or a pair. Has no state; safe from any thread.</summary>
internal interface IPostProcessor
{
    /// <summary>Tokens it adds.</summary>
    /// <param name="pair">Of a pair rather than one text.</param>
    int Added(bool pair);

    /// <summary>The parts of the sequence, in order.</summary>
    /// <param name="parts">One text, two of a pair, or what another post-processor made of them.</param>
    /// <param name="addSpecial">Add special tokens.</param>
    IReadOnlyList<EncodedText> Apply(IReadOnlyList<EncodedText> parts, bool addSpecial);

    /// <summary>As <c>tokenizer.json</c> has it.</summary>
    JsonObject Write();
}
