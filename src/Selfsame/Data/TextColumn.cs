using System.Text;

namespace Selfsame.Data;

/// <summary>
/// One text per sample, without an object per sample: the distinct texts lie in one block of UTF-8, and a sample holds a number.
/// </summary>
internal sealed class TextColumn
{
    private readonly int[]? _codes;     // sample -> text; null when every sample has a text of its own, in order
    private readonly int[] _offsets;    // text -> start in _utf8, and one end
    private readonly byte[] _utf8;

    private TextColumn(string name, int[]? codes, int[] offsets, byte[] utf8) =>
        (Name, _codes, _offsets, _utf8) = (name, codes, offsets, utf8);

    public string Name { get; }

    public int Count => _codes?.Length ?? Distinct;

    public int Distinct => _offsets.Length - 1;

    public string this[int sample] => Text(Code(sample));

    public int Code(int sample) => _codes is null ? sample : _codes[sample];

    /// <summary>Bytes of a sample's text in UTF-8.</summary>
    public int Size(int sample) => _offsets[Code(sample) + 1] - _offsets[Code(sample)];

    /// <summary>The texts of some samples, in the order given.</summary>
    public TextColumn Select(int[] samples, bool unique = false)
    {
        var builder = new Builder(Name, unique);
        foreach (var sample in samples)
            builder.Add(this[sample]);
        return builder.Build();
    }

    public string Text(int code) => Encoding.UTF8.GetString(_utf8, _offsets[code], _offsets[code + 1] - _offsets[code]);

    public void Write(BinaryWriter writer)
    {
        writer.Write(Name);
        writer.Write(_codes is null ? -1 : _codes.Length);
        foreach (var code in _codes ?? [])
            writer.Write(code);
        writer.Write(_offsets.Length);
        foreach (var offset in _offsets)
            writer.Write(offset);
        writer.Write(_utf8);
    }

    public static TextColumn Read(BinaryReader reader)
    {
        var name = reader.ReadString();
        var count = reader.ReadInt32();
        var codes = count < 0 ? null : ReadInts(reader, count);
        var offsets = ReadInts(reader, reader.ReadInt32());
        return new(name, codes, offsets, reader.ReadBytes(offsets[^1]));
    }

    private static int[] ReadInts(BinaryReader reader, int count)
    {
        var values = new int[count];
        for (var i = 0; i < count; i++)
            values[i] = reader.ReadInt32();
        return values;
    }

    /// <summary>Collects the texts of a column.</summary>
    /// <param name="name">Name of the column.</param>
    /// <param name="unique">Every sample has its own text (keys): no table of known texts is kept while building.</param>
    internal sealed class Builder(string name, bool unique = false)
    {
        private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);
        private readonly List<int> _codes = [], _offsets = [0];
        private byte[] _utf8 = new byte[256];
        private int _used;

        public string Name => name;

        public int Count => unique ? _offsets.Count - 1 : _codes.Count;

        public void Add(string text)
        {
            if (unique)
            {
                Append(text);
                return;
            }
            if (!_known.TryGetValue(text, out var code))
            {
                _known.Add(text, code = _known.Count);
                Append(text);
            }
            _codes.Add(code);
        }

        /// <summary>Gives the samples so far that have no text the empty one.</summary>
        public void PadTo(int count)
        {
            while (Count < count)
                Add("");
        }

        public TextColumn Build() => new(name, unique ? null : [.. _codes], [.. _offsets], _utf8.AsSpan(0, _used).ToArray());

        private void Append(string text)
        {
            var size = Encoding.UTF8.GetByteCount(text);
            if (_utf8.Length - _used < size)
                Array.Resize(ref _utf8, checked((int)Math.Min(Math.Max(_utf8.Length * 2L, (long)_used + size), Array.MaxLength)));
            _used += Encoding.UTF8.GetBytes(text, _utf8.AsSpan(_used));
            _offsets.Add(_used);
        }
    }
}
