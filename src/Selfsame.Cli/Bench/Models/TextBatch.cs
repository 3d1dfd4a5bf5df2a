namespace Selfsame.Cli.Bench.Models;

/// <summary>Sizes of a small language model and of its batch.</summary>
internal static class TextBatch
{
    /// <summary>Tokens there are.</summary>
    public const int Vocabulary = 8192;

    /// <summary>Tokens in a text.</summary>
    public const int Tokens = 128;

    /// <summary>Width of a token.</summary>
    public const int Width = 384;

    /// <summary>Blocks.</summary>
    public const int Depth = 12;

    /// <summary>Attention heads.</summary>
    public const int Heads = 6;

    /// <summary>Texts in the batch.</summary>
    public const int Batch = 16;

    /// <summary>Ids without meaning, the same ones that the peers use.</summary>
    /// <param name="count">How many.</param>
    public static long[] Ids(int count)
    {
        var ids = new long[count];
        for (var k = 0; k < count; k++)
            ids[k] = k * 2654435761L % Vocabulary;
        return ids;
    }
}
