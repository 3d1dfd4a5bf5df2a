using System.Buffers;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Data;

/// <summary>Bytes of one modality of one sample, in pooled or mapped memory; valid until disposed.</summary>
internal readonly ref struct SampleBytes(ReadOnlySpan<byte> span, byte[]? rented)
{
    public ReadOnlySpan<byte> Span { get; } = span;

    public void Dispose()
    {
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }
}

/// <summary>Where the bytes of the samples of a data set lie: pictures, sound and films as encoded files, text as UTF-8. Safe from any thread.</summary>
internal abstract class SampleStore : IDisposable
{
    /// <summary>Names the place of one modality of a sample, for messages.</summary>
    public abstract string Location(int sample, string modality);

    /// <summary>The encoded file.</summary>
    public abstract SampleBytes Read(int sample, string modality);

    /// <summary>Bytes that <see cref="Read"/> would give, or a number that grows with them; asked often, so it opens nothing.</summary>
    public abstract long Size(int sample, string modality);

    /// <summary>Equal for samples that share the same stored content.</summary>
    public abstract long Identity(int sample, string modality);

    /// <summary>The decoded picture.</summary>
    public virtual ImageBuffer ReadImage(int sample, ImageDecodeOptions options)
    {
        using var bytes = Read(sample, Modality.Image);
        return MediaDecoder.DecodeImage(bytes.Span, options);
    }

    /// <summary>The encoded file where it lies in mapped memory, valid as long as the store; null where it does not.</summary>
    public virtual ReadOnlyMemory<byte>? MappedOf(int sample, string modality) => null;

    /// <summary>Path of the file, where the content is a file of its own; null where it is not.</summary>
    public virtual string? PathOf(int sample, string modality) => null;

    public abstract void Dispose();
}

/// <summary>A file for each modality of a sample.</summary>
/// <param name="root">Folder that relative paths start from.</param>
/// <param name="paths">Path of each sample by modality; empty where it has none.</param>
internal sealed class FileStore(string root, IReadOnlyDictionary<string, TextColumn> paths) : SampleStore
{
    private readonly long[]?[] _sizes = new long[Modality.All.Count][]; // by modality and sample; asked of the system once

    public override string Location(int sample, string modality)
    {
        if (paths.TryGetValue(modality, out var column) && column[sample] is { Length: > 0 } path)
            return Path.Combine(root, path);
        foreach (var name in Modality.All)
            if (paths.TryGetValue(name, out var other) && other[sample] is { Length: > 0 } found)
                return Path.Combine(root, found);
        return root;
    }

    public override string? PathOf(int sample, string modality) => Location(sample, modality);

    public override long Identity(int sample, string modality) => paths.TryGetValue(modality, out var column) ? column.Code(sample) : -1;

    public override long Size(int sample, string modality)
    {
        if (!paths.TryGetValue(modality, out var column))
            return 0;
        var known = _sizes[Modality.IndexOf(modality)] ??= new long[column.Count];
        if (known[sample] == 0 && column.Size(sample) > 0)
        {
            var file = new FileInfo(Path.Combine(root, column[sample]));
            known[sample] = file.Exists ? Math.Max(1, file.Length) : 1;
        }
        return known[sample];
    }

    public override SampleBytes Read(int sample, string modality)
    {
        var path = Location(sample, modality);
        // Asked before opening: opening a pipe would wait for ever, and a pipe or a device has no length.
        var length = new FileInfo(path) is { LinkTarget: not null } link ? TargetLength(link) : new FileInfo(path).Length;
        if (length == 0)
            throw new MediaException(MediaError.Corrupt, "the file is empty");
        using var handle = File.OpenHandle(path);
        length = RandomAccess.GetLength(handle);
        if (length is < 1 or > int.MaxValue / 2)
            throw new MediaException(MediaError.TooLarge, $"the file has {length} bytes; a sample has at most {int.MaxValue / 2}");
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
