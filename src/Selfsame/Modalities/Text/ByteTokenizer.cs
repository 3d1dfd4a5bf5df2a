using System.Text;

namespace Selfsame.Modalities.Text;

/// <summary>
/// A token for each byte of UTF-8, 0 to 255, then padding (256), begin (257), end (258) and mask (259): no vocabulary to learn, every
/// language alike. Xue et al. 2022, "ByT5", https://arxiv.org/abs/2105.13626, with the bytes first and the special tokens behind.
/// </summary>
public sealed class ByteTokenizer : ITokenizer
{
    /// <summary>The one there is.</summary>
    public static ByteTokenizer Instance { get; } = new();

    /// <inheritdoc/>
    public int VocabularySize => 260;

    /// <inheritdoc/>
    public SpecialTokens Special { get; } = new(Padding: 256, Begin: 257, End: 258, Mask: 259);

    /// <inheritdoc/>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = Encoding.UTF8.GetBytes(text);
        return Array.ConvertAll(bytes, static b => (int)b);
    }

    /// <inheritdoc/>
    /// <remarks>Bytes that are no UTF-8, as a model may put out, become U+FFFD.</remarks>
    public string Decode(ReadOnlySpan<int> tokens)
    {
        var bytes = new byte[tokens.Length];
        var used = 0;
        foreach (var token in tokens)
            if (token is >= 0 and < 256)
                bytes[used++] = (byte)token;
        return Encoding.UTF8.GetString(bytes, 0, used);
    }
}
