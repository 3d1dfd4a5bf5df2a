using System.Text;

namespace Selfsame.Modalities.Text.Models;

/// <summary>Text of a piece as UTF-16, with the place of each of its code points, in buffers that are used again.</summary>
internal sealed class PieceText
{
    [ThreadStatic]
    private static PieceText? s_instance;

    private char[] _chars = new char[64];
    private int[] _starts = new int[65];
    private int _points;

    /// <summary>Fills this thread's buffers.</summary>
    public static PieceText Of(ReadOnlySpan<int> piece)
    {
        var text = s_instance ??= new PieceText();
        text.Fill(piece);
        return text;
    }

    /// <summary>The whole text.</summary>
    public ReadOnlySpan<char> All => _chars.AsSpan(0, _starts[_points]);

    /// <summary>The text from one code point up to another.</summary>
    public ReadOnlySpan<char> Between(int first, int end) => _chars.AsSpan(_starts[first], _starts[end] - _starts[first]);

    private void Fill(ReadOnlySpan<int> piece)
    {
        if (_chars.Length < piece.Length * 2)
            (_chars, _starts) = (new char[piece.Length * 2], new int[(piece.Length * 2) + 1]);
        _points = piece.Length;
        var used = 0;
        for (var i = 0; i < piece.Length; i++)
        {
            _starts[i] = used;
            used += new Rune(piece[i]).EncodeToUtf16(_chars.AsSpan(used));
        }

        _starts[piece.Length] = used;
    }
}
