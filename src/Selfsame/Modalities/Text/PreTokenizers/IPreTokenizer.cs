using System.Text.Json.Nodes;

namespace Selfsame.Modalities.Text.PreTokenizers;

/// <summary>Cuts a text into the pieces that become tokens one by one. Has no state; safe from any thread.</summary>
internal interface IPreTokenizer
{
    /// <summary>Adds the pieces of a text to a list, in order, none of them empty.</summary>
    void Cut(AlignedText text, List<AlignedText> pieces);

    /// <summary>As <c>tokenizer.json</c> has it.</summary>
    JsonObject Write();
}
