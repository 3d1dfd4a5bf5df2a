using System.Buffers;
using System.Runtime.InteropServices;
using Selfsame.Modalities.Depth;
using Selfsame.Modalities.Image;

namespace Selfsame.Modalities.Media;

/// <summary>Encodes pictures as PNG.</summary>
public static unsafe class PngWriter
{
    /// <summary>Encodes a picture.</summary>
    /// <param name="image">Grey, RGB or RGBA.</param>
    /// <param name="level">Effort of compression, 0 (fast) to 9 (small).</param>
    /// <returns>The file.</returns>
    public static byte[] Encode(ImageBuffer image, int level = 6)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Encode(image.Pixels, image.Width, image.Height, image.Channels, level);
    }

    /// <summary>Encodes a map as grey of 16 bits.</summary>
    /// <param name="map">The map.</param>
    /// <returns>The file.</returns>
    public static byte[] Encode(DepthMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Encode(MemoryMarshal.AsBytes(map.Values), map.Width, map.Height, 2);
    }

    /// <summary>Encodes interleaved memory.</summary>
    /// <param name="pixels">(height, width, channels), 8 bits a channel.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1 (grey), 3 (RGB) or 4 (RGBA); 2 is grey of 16 bits.</param>
    /// <param name="level">Effort of compression, 0 (fast) to 9 (small).</param>
    /// <returns>The file.</returns>
    /// <exception cref="ArgumentException">The memory does not have the size named, or a number is outside its range.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height, int channels, int level = 6)
    {
        if (width < 1 || height < 1 || pixels.Length != (long)width * height * channels)
            throw new ArgumentException($"{pixels.Length} bytes are not a picture of {width} x {height} pixels with {channels} channels", nameof(pixels));

        // Deflate grows incompressible data by 5 bytes in 16 KiB; PNG adds a byte a row and 12 a chunk.
        var capacity = pixels.Length + pixels.Length / 64 + height + 4096;
        while (true)
        {
            var encoded = ArrayPool<byte>.Shared.Rent(capacity);
            try
            {
                long written;
                int status;
                fixed (byte* source = pixels, target = encoded)
                    status = MediaNative.EncodePng(source, width, height, channels, level, target, encoded.Length, &written);
                if (status == (int)MediaError.BufferTooSmall && written > encoded.Length)
                {
                    capacity = checked((int)written);
                    continue;
                }
                MediaNative.Check(status);
                return encoded.AsSpan(0, (int)written).ToArray();
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(encoded);
            }
        }
    }
}
