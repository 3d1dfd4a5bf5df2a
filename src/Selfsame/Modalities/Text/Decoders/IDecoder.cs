using System.Text.Json.Nodes;

namespace Selfsame.Modalities.Text.Decoders;

/// <summary>Turns tokens back to text, of which the parts are joined in the end. Has no state; safe from any thread.</summary>
internal interface IDecoder
{
    /// <summary>The parts of the text.</summary>
    IReadOnlyList<string> Apply(IReadOnlyList<string> tokens);

    /// <summary>As <c>tokenizer.json</c> has it.</summary>
    JsonObject Write();
}
