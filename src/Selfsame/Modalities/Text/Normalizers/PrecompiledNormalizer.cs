using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Selfsame.Modalities.Text.Normalizers;

/// <summary>A table of replacements as SentencePiece compiles one: a double-array trie over UTF-8, then the replacements, each ended by a zero byte.</summary>
internal sealed class PrecompiledNormalizer : INormalizer
{
    private const int LongestGrapheme = 6;

    private readonly string _base64;
    private readonly uint[] _trie;
    private readonly byte[] _replacements;

    /// <summary>Reads a table.</summary>
    /// <param name="base64">The table, in base 64.</param>
    /// <exception cref="FormatException">It is no such table.</exception>
    public PrecompiledNormalizer(string base64)
    {
        _base64 = base64;
        var bytes = Convert.FromBase64String(base64);
        var size = bytes.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (size < 0 || size % 4 != 0 || size > bytes.Length - 4)
            throw new FormatException("it is too short for the trie that it announces");
        _trie = new uint[size / 4];
        for (var i = 0; i < _trie.Length; i++)
            _trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4 + (i * 4)));
        _replacements = bytes[(4 + size)..];
    }

    public AlignedText Apply(AlignedText text)
    {
        if (_trie.Length == 0)
            return text;
        var (whole, builder, at) = (text.ToString(), new AlignedTextBuilder(text.Length), 0);
        for (var index = 0; index < whole.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(whole, index);
            var grapheme = whole.AsSpan(index, length);
            index += length;
            var points = 0;
            foreach (var _ in grapheme.EnumerateRunes())
                points++;
            if (Encoding.UTF8.GetByteCount(grapheme) < LongestGrapheme && Find(grapheme) is { } replacement)
                Add(builder, replacement, text, at, points);
            else
            {
                for (var i = at; i < at + points; i++)
                {
                    if (Find(new Rune(text.Points[i]).ToString()) is { } single)
                        Add(builder, single, text, i, 1);
                    else
                        builder.Add(text.Points[i], text, i);
                }
            }

            at += points;
        }

        return builder.Build();
    }

    public JsonObject Write() => new() { ["type"] = "Precompiled", ["precompiled_charsmap"] = _base64 };

    private static void Add(AlignedTextBuilder builder, string replacement, AlignedText text, int at, int points)
    {
        foreach (var rune in replacement.EnumerateRunes())
            builder.Add(rune.Value, text.Start(at), text.End(at + points - 1));
    }

    /// <summary>The replacement of the shortest start of a text that has one; null for none.</summary>
    private string? Find(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        bytes = bytes[..Encoding.UTF8.GetBytes(text, bytes)];
        var node = Offset(_trie[0]);
        foreach (var value in bytes)
        {
            node ^= value;
            if (value == 0 || node >= _trie.Length || (_trie[node] & (0x80000000u | 0xFF)) != value)
                return null;
            var unit = _trie[node];
            node ^= Offset(unit);
            if (((unit >> 8) & 1) != 0 && node < _trie.Length)
                return Replacement((int)(_trie[node] & 0x7FFFFFFF));
        }

        return null;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1u << 9)) >> 6);

    private string? Replacement(int start)
    {
        if (start >= _replacements.Length)
            return null;
        var rest = _replacements.AsSpan(start);
        var end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }
}
