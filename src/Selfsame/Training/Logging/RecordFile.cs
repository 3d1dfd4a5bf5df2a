using System.Buffers.Binary;
using System.Numerics;

namespace Selfsame.Training.Logging;

/// <summary>The framing of TensorFlow record files, which TensorBoard's event files use.</summary>
/// <remarks>
/// A record is, little endian: its length (8 bytes), the masked CRC32C of these 8 bytes (4), its content, and the masked CRC32C of the content (4).
/// https://www.tensorflow.org/tutorials/load_data/tfrecord
/// </remarks>
internal static class RecordFile
{
    private const int HeaderLength = 12, FooterLength = 4, LongestRecord = 1 << 30;

    /// <summary>Appends one record.</summary>
    internal static void Write(Stream stream, ReadOnlySpan<byte> content)
    {
        Span<byte> frame = stackalloc byte[HeaderLength];
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], Masked(Crc32C(frame[..8])));
        stream.Write(frame);
        stream.Write(content);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Masked(Crc32C(content)));
        stream.Write(frame[..FooterLength]);
    }

    /// <summary>The contents of a file's records; a last record that is cut isn't one yet.</summary>
    /// <exception cref="InvalidDataException">A checksum is wrong; the message names the byte.</exception>
    internal static IEnumerable<byte[]> Read(Stream stream)
    {
        var header = new byte[HeaderLength];
        var footer = new byte[FooterLength];
        for (long at = 0; stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) == HeaderLength;)
        {
            var length = BinaryPrimitives.ReadUInt64LittleEndian(header);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8)) != Masked(Crc32C(header.AsSpan(0, 8))) || length > LongestRecord)
                throw new InvalidDataException($"The record at byte {at} has a damaged length.");
            var content = new byte[length];
            if (stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) < content.Length
                || stream.ReadAtLeast(footer, FooterLength, throwOnEndOfStream: false) < FooterLength)
                yield break;
            if (BinaryPrimitives.ReadUInt32LittleEndian(footer) != Masked(Crc32C(content)))
                throw new InvalidDataException($"The record at byte {at} has damaged content.");
            yield return content;
            at += HeaderLength + content.Length + FooterLength;
        }
    }

    /// <summary>CRC-32C (Castagnoli) with initial value and final complement; by the processor's instruction where it has one.</summary>
    internal static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = ~0u;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var value in data)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    /// <summary>The form in which a record holds a checksum: a checksum of data that holds checksums is weak, so it is turned and shifted.</summary>
    internal static uint Masked(uint crc) => BitOperations.RotateRight(crc, 15) + 0xa282ead8;
}
