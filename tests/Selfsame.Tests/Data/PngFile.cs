using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Selfsame.Tests.Data;

/// <summary>Builds PNG files chunk by chunk, so that a test can make any of them wrong.</summary>
internal static class PngFile
{
    public static byte[] Of(params byte[][] chunks) =>
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. chunks.SelectMany(c => c)];

    public static byte[] Header(uint width, uint height, byte depth = 8, byte colour = 2)
    {
        var data = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(data, width);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(4), height);
        (data[8], data[9]) = (depth, colour);
        return Chunk("IHDR", data);
    }

    /// <summary>Rows with filter byte 0, deflated.</summary>
    public static byte[] Data(params byte[][] rows) => Chunk("IDAT", Deflate([.. rows.SelectMany(row => (byte[])[0, .. row])]));

    public static byte[] End() => Chunk("IEND", []);

    public static byte[] Deflate(byte[] content)
    {
        using var target = new MemoryStream();
        using (var deflate = new ZLibStream(target, CompressionLevel.Optimal))
            deflate.Write(content);
        return target.ToArray();
    }

    public static byte[] Chunk(string kind, byte[] data)
    {
        var chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        Encoding.ASCII.GetBytes(kind, chunk.AsSpan(4));
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc(chunk.AsSpan(4, data.Length + 4)));
        return chunk;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
        }
        return ~crc;
    }
}
