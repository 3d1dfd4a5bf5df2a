using Selfsame.Modalities.Image;

namespace Selfsame.Data.Loading;

/// <summary>
/// Decoded pictures kept in memory. Nothing is ever evicted: every epoch visits each sample once, so the oldest picture is wanted
/// as soon as any other, and the first ones that fit are as good a choice as can be made.
/// </summary>
internal sealed class PictureCache(int samples, long capacity) : IDisposable
{
    private readonly ImageBuffer?[] _pictures = capacity > 0 ? new ImageBuffer?[samples] : [];
    private long _used;

    public ImageBuffer? Find(int sample) => capacity > 0 ? Volatile.Read(ref _pictures[sample]) : null;

    /// <summary>Keeps the picture if there is room.</summary>
    /// <returns>Whether the cache owns it now.</returns>
    public bool TryKeep(int sample, ImageBuffer picture)
    {
        if (capacity <= 0)
            return false;
        var size = picture.Pixels.Length;
        if (Interlocked.Add(ref _used, size) <= capacity && Interlocked.CompareExchange(ref _pictures[sample], picture, null) is null)
            return true;
        Interlocked.Add(ref _used, -size);
        return false;
    }

    public void Dispose()
    {
        foreach (var picture in _pictures)
            picture?.Dispose();
    }
}
