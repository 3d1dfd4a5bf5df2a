using System.Security.Cryptography;
using System.Runtime.InteropServices;

namespace Selfsame.Data.Checking;

/// <summary>What looking into one sample told; a kilobyte of sketch apart, all that is kept of it.</summary>
internal struct SampleFacts
{
    /// <summary>Why the sample cannot be used; null where it can.</summary>
    public string? Problem;

    /// <summary>Why the sample shows nothing; null where it does.</summary>
    public string? Empty;

    /// <summary>Container or file format, such as PNG.</summary>
    public string? Format;

    /// <summary>How it is coded: RGB, grey, palette, CMYK, vector.</summary>
    public string? Mode;

    /// <summary>Columns and rows as decoded; 0 where the modality has none.</summary>
    public int Width, Height;

    /// <summary>Pictures in the file: 1, or more where it moves or has pages.</summary>
    public int Frames;

    /// <summary>How long it lasts; 0 for what has no time.</summary>
    public double Seconds;

    /// <summary>Length of the file.</summary>
    public long Bytes;

    /// <summary>The file has an alpha channel; some of its pixels are not opaque.</summary>
    public bool Alpha, Transparent;

    /// <summary>Mean of each channel and of its square, on values in 0..1.</summary>
    public ChannelMoments Moments;

    /// <summary>Of the file, and of what it decodes to.</summary>
    public UInt128 ByteHash, ContentHash;

    public readonly bool Usable => Problem is null;

    /// <summary>128 bits of SHA-256; two samples that differ agree by chance with a probability of 3e-39.</summary>
    public static UInt128 Hash(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }
}

/// <summary>First and second moments of red, green and blue over the pixels of one picture.</summary>
internal readonly record struct ChannelMoments(float Red, float Green, float Blue, float RedSquare, float GreenSquare, float BlueSquare);
