namespace Selfsame.Modalities.Text;

/// <summary>A token beside the model's, found in a text before anything else happens to it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Content">The text that it stands for.</param>
public sealed record AddedToken(int Id, string Content)
{
    /// <summary>Only where it is a word of its own.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Takes whitespace before it.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Takes whitespace behind it.</summary>
    public bool RightStrip { get; init; }

    /// <summary>Looked for in the normalized text rather than the original.</summary>
    public bool Normalized { get; init; }

    /// <summary>Stands for no text: dropped on decoding.</summary>
    public bool Special { get; init; }
}
