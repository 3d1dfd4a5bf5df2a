namespace Selfsame.Data.Loading.Packing;

/// <summary>What a row takes of one text.</summary>
/// <param name="Sample">The text, by its number in the data set.</param>
/// <param name="From">Its first token that is taken, from 0; marks count.</param>
/// <param name="Count">Tokens taken, at least 1.</param>
/// <param name="Length">Tokens of the whole text.</param>
internal readonly record struct PackedPiece(int Sample, int From, int Count, int Length)
{
    /// <summary>Nothing of the text lies in another row.</summary>
    public bool IsWhole => Count == Length;
}
