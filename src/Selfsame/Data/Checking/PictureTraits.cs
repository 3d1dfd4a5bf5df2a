using System.Buffers.Binary;

namespace Selfsame.Data.Checking;

/// <summary>What the header of a picture tells beyond its size.</summary>
/// <param name="Mode">RGB, grey, palette, CMYK or vector.</param>
/// <param name="Alpha">Whether it can be transparent.</param>
/// <param name="Frames">Pictures in the file.</param>
/// <param name="Seconds">How long an animation lasts; 0 where nothing moves.</param>
internal readonly record struct PictureTraits(string Mode, bool Alpha, int Frames = 1, double Seconds = 0)
{
    /// <summary>Reads the traits of a file that could be decoded; what is odd about it reads as RGB, opaque, still.</summary>
    public static PictureTraits Read(ReadOnlySpan<byte> file, string format)
    {
        try
        {
            return format switch
            {
                "PNG" => Png(file),
                "JPEG" => Jpeg(file),
                "GIF" => Gif(file),
                "WebP" => WebP(file),
                "BMP" => new(BinaryPrimitives.ReadUInt16LittleEndian(file[28..]) <= 8 ? "palette" : "RGB", false),
                "TIFF" => Tiff(file),
                "SVG" => new("vector", true),
                _ => new("RGB", false),
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            return new("RGB", false); // the file ends inside its header, yet its decoder was content
        }
    }

    private static PictureTraits Png(ReadOnlySpan<byte> file)
    {
        var colour = file[25];
        var (alpha, frames, seconds) = (colour is 4 or 6, 1, 0.0);
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file[at..]);
            var kind = file.Slice(at + 4, 4);
            var data = file[(at + 8)..];
            if (length < 0 || kind.SequenceEqual("IEND"u8))
                break;
            if (kind.SequenceEqual("tRNS"u8))
                alpha = true;
            else if (kind.SequenceEqual("acTL"u8))
                frames = Math.Max(1, BinaryPrimitives.ReadInt32BigEndian(data));
            else if (kind.SequenceEqual("fcTL"u8))
                seconds += BinaryPrimitives.ReadUInt16BigEndian(data[20..]) / (double)(BinaryPrimitives.ReadUInt16BigEndian(data[22..]) is > 0 and var parts ? parts : 100);
            at = checked(at + length + 12);
        }
        return new(colour switch { 0 or 4 => "grey", 3 => "palette", _ => "RGB" }, alpha, frames, frames > 1 ? seconds : 0);
    }

    private static PictureTraits Jpeg(ReadOnlySpan<byte> file)
    {
        for (var at = 2; at + 9 < file.Length;)
        {
            var marker = file[at + 1];
            if (file[at] != 0xFF || marker == 0xFF)
            {
                at++;
                continue;
            }
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return new(file[at + 9] switch { 1 => "grey", 4 => "CMYK", _ => "RGB" }, false);
            at += marker is 0x01 or (>= 0xD0 and <= 0xD8) ? 2 : 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }
        return new("RGB", false);
    }

    private static PictureTraits Gif(ReadOnlySpan<byte> file)
    {
        var (alpha, frames, hundredths) = (false, 0, 0);
        for (var at = 13 + Table(file[10]); at < file.Length;)
        {
            if (file[at] == 0x2C)
            {
                frames++;
                at = Blocks(file, at + 11 + Table(file[at + 9]));
            }
            else if (file[at] == 0x21)
            {
                if (file[at + 1] == 0xF9)
                {
                    alpha |= (file[at + 3] & 1) != 0;
                    hundredths += BinaryPrimitives.ReadUInt16LittleEndian(file[(at + 4)..]);
                }
                at = Blocks(file, at + 2);
            }
            else
            {
                break;
            }
        }
        return new("palette", alpha, Math.Max(1, frames), frames > 1 ? hundredths / 100.0 : 0);

        static int Table(byte packed) => (packed & 0x80) == 0 ? 0 : 3 << ((packed & 7) + 1);

        static int Blocks(ReadOnlySpan<byte> file, int at)
        {
            while (at < file.Length && file[at] != 0)
                at += file[at] + 1;
            return at + 1;
        }
    }

    private static PictureTraits WebP(ReadOnlySpan<byte> file)
    {
        if (file.Slice(12, 4).SequenceEqual("VP8L"u8))
            return new("RGB", (file[24] & 0x10) != 0);
        if (!file.Slice(12, 4).SequenceEqual("VP8X"u8))
            return new("RGB", false);
        var (frames, milliseconds) = (0, 0L);
        for (var at = 30; at + 24 <= file.Length;)
        {
            if (file.Slice(at, 4).SequenceEqual("ANMF"u8))
            {
                frames++;
                milliseconds += file[at + 20] | (file[at + 21] << 8) | (file[at + 22] << 16);
            }
            at = (int)Math.Min(file.Length, at + 8 + ((BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]) + 1L) & ~1L));
        }
        return new("RGB", (file[20] & 0x10) != 0, Math.Max(1, frames), frames > 1 ? milliseconds / 1000.0 : 0);
    }

    private static PictureTraits Tiff(ReadOnlySpan<byte> file)
    {
        var big = file[0] == (byte)'M';
        var (mode, alpha, pages) = ("RGB", false, 0);
        for (long at = Long(file, 4); at > 0 && at + 2 <= file.Length && pages < 1000;)
        {
            var entries = Short(file, (int)at);
            for (var e = 0; pages == 0 && e < entries; e++)
            {
                var entry = (int)at + 2 + 12 * e;
                var value = Short(file, entry + 8);
                if (Short(file, entry) == 262)
                    mode = value switch { 0 or 1 => "grey", 3 => "palette", 5 => "CMYK", _ => "RGB" };
                else if (Short(file, entry) == 338)
                    alpha = value is 1 or 2;
            }
            pages++;
            at = Long(file, (int)at + 2 + 12 * entries);
        }
        return new(mode, alpha, Math.Max(1, pages));

        int Short(ReadOnlySpan<byte> from, int at) => big ? BinaryPrimitives.ReadUInt16BigEndian(from[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(from[at..]);
        uint Long(ReadOnlySpan<byte> from, int at) => big ? BinaryPrimitives.ReadUInt32BigEndian(from[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(from[at..]);
    }
}
