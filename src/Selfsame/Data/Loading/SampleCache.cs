namespace Selfsame.Data.Loading;

/// <summary>
/// Decoded samples kept in memory. Nothing is ever evicted: every epoch visits each sample once, so the oldest is wanted
/// as soon as any other, and the first ones that fit are as good a choice as can be made.
/// </summary>
/// <param name="samples">Samples of the data set.</param>
/// <param name="capacity">Bytes to keep at most; 0 keeps nothing.</param>
/// <param name="size">Bytes that one takes.</param>
internal sealed class SampleCache<T>(int samples, long capacity, Func<T, long> size) : IDisposable
    where T : class, IDisposable
{
    private readonly T?[] _kept = capacity > 0 ? new T?[samples] : [];
    private long _used;

    public T? Find(int sample) => capacity > 0 ? Volatile.Read(ref _kept[sample]) : null;

    /// <summary>Keeps what was decoded if there is room.</summary>
    /// <returns>Whether the cache owns it now.</returns>
    public bool TryKeep(int sample, T decoded)
    {
        if (capacity <= 0)
            return false;
        var bytes = size(decoded);
        if (Interlocked.Add(ref _used, bytes) <= capacity && Interlocked.CompareExchange(ref _kept[sample], decoded, null) is null)
            return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    public void Dispose()
    {
        foreach (var decoded in _kept)
            decoded?.Dispose();
    }
}
