using System.Buffers;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Data;

/// <summary>Bytes of one sample, in pooled or mapped memory; valid until disposed.</summary>
internal readonly ref struct SampleBytes(ReadOnlySpan<byte> span, byte[]? rented)
{
    public ReadOnlySpan<byte> Span { get; } = span;

    public void Dispose()
    {
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }
}

/// <summary>Where the bytes of the samples of a data set lie. Safe from any thread.</summary>
internal abstract class SampleStore : IDisposable
{
    /// <summary>Names the place of a sample, for messages.</summary>
    public abstract string Location(int sample);

    /// <summary>The encoded picture.</summary>
    public abstract SampleBytes Read(int sample);

    /// <summary>The decoded picture.</summary>
    public virtual ImageBuffer ReadImage(int sample, ImageDecodeOptions options)
    {
        using var bytes = Read(sample);
        return MediaDecoder.DecodeImage(bytes.Span, options);
    }

    public abstract void Dispose();
}

/// <summary>One file a sample.</summary>
/// <param name="root">Folder that relative paths start from.</param>
/// <param name="paths">Path of each sample.</param>
internal sealed class FileStore(string root, TextColumn paths) : SampleStore
{
    public override string Location(int sample) => Path.Combine(root, paths[sample]);

    public override SampleBytes Read(int sample)
    {
        var path = Location(sample);
        // Asked before opening: opening a pipe would wait for ever, and a pipe or a device has no length.
        var length = new FileInfo(path) is { LinkTarget: not null } link ? TargetLength(link) : new FileInfo(path).Length;
        if (length == 0)
            throw new MediaException(MediaError.Corrupt, "the file is empty");
        using var handle = File.OpenHandle(path);
        length = RandomAccess.GetLength(handle);
        if (length is < 1 or > int.MaxValue / 2)
            throw new MediaException(MediaError.TooLarge, $"the file has {length} bytes; a picture has at most {int.MaxValue / 2}");
        return Fill(handle, 0, (int)length);
    }

    public override void Dispose()
    {
        // Files are opened and closed by Read.
    }

    internal static SampleBytes Fill(Microsoft.Win32.SafeHandles.SafeFileHandle handle, long offset, int length)
    {
        var rented = ArrayPool<byte>.Shared.Rent(length);
        var read = 0;
        while (read < length && RandomAccess.Read(handle, rented.AsSpan(read, length - read), offset + read) is > 0 and var n)
            read += n;
        return new(rented.AsSpan(0, read), rented);
    }

    private static long TargetLength(FileInfo link) =>
        link.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target
            ? target.Length
            : throw new FileNotFoundException("the symbolic link points nowhere");
}
