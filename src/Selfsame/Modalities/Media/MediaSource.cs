namespace Selfsame.Modalities.Media;

/// <summary>Where a sound or a video is read from: a file, which is read as far as needed, or memory. Converts from a path and from bytes.</summary>
public readonly struct MediaSource
{
    private MediaSource(string? path, ReadOnlyMemory<byte> bytes) => (Path, Bytes) = (path, bytes);

    /// <summary>The file; null for memory.</summary>
    public string? Path { get; }

    /// <summary>The whole content where there is no <see cref="Path"/>. Not copied: it must not change while it is read.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>A file.</summary>
    public static MediaSource FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new(path, default);
    }

    /// <summary>A file's content in memory.</summary>
    public static MediaSource FromMemory(ReadOnlyMemory<byte> bytes) => new(null, bytes);

    /// <inheritdoc cref="FromFile"/>
    public static implicit operator MediaSource(string path) => FromFile(path);

    /// <inheritdoc cref="FromMemory"/>
    public static implicit operator MediaSource(byte[] bytes) => FromMemory(bytes);

    /// <inheritdoc cref="FromMemory"/>
    public static implicit operator MediaSource(ReadOnlyMemory<byte> bytes) => FromMemory(bytes);
}
