using System.Text.Json.Nodes;
using Selfsame.Randomness;

namespace Selfsame.Modalities.Text.Models;

/// <summary>A token of a piece.</summary>
/// <param name="Id">Its number.</param>
/// <param name="First">First code point of the piece that it covers.</param>
/// <param name="End">Code point behind the last.</param>
internal readonly record struct PieceToken(int Id, int First, int End);

/// <summary>Turns pieces of text into tokens by a vocabulary. Safe from any thread.</summary>
internal interface ITokenModel
{
    /// <summary>The tokens, by number and by text.</summary>
    Vocabulary Vocabulary { get; }

    /// <summary>Adds the tokens of a piece to a list.</summary>
    /// <param name="piece">Code points.</param>
    /// <param name="tokens">Takes them.</param>
    /// <param name="draws">Where chance comes from, for models that use it; null for none.</param>
    void Encode(ReadOnlySpan<int> piece, List<PieceToken> tokens, IDraws? draws);

    /// <summary>As <c>tokenizer.json</c> has it.</summary>
    JsonObject Write();
}
