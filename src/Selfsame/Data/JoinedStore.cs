using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Data;

/// <summary>The samples of several stores, one store after the other. Owns them.</summary>
/// <param name="stores">Each with how many samples it holds.</param>
internal sealed class JoinedStore(IReadOnlyList<(SampleStore Store, int Count)> stores) : SampleStore
{
    // Identities are places in files or codes of names, all below this.
    private const long Stride = 1L << 48;

    public override string Location(int sample, string modality) => Find(sample, out var own).Location(own, modality);

    public override SampleBytes Read(int sample, string modality) => Find(sample, out var own).Read(own, modality);

    public override long Size(int sample, string modality) => Find(sample, out var own).Size(own, modality);

    public override long Identity(int sample, string modality)
    {
        var (place, start) = PlaceOf(sample);
        var identity = stores[place].Store.Identity(sample - start, modality);
        return identity < 0 ? identity : (place * Stride) + identity;
    }

    public override ImageBuffer ReadImage(int sample, ImageDecodeOptions options) => Find(sample, out var own).ReadImage(own, options);

    public override ReadOnlyMemory<byte>? MappedOf(int sample, string modality) => Find(sample, out var own).MappedOf(own, modality);

    public override string? PathOf(int sample, string modality) => Find(sample, out var own).PathOf(own, modality);

    public override void Dispose()
    {
        foreach (var (store, _) in stores)
            store.Dispose();
    }

    private SampleStore Find(int sample, out int own)
    {
        var (place, start) = PlaceOf(sample);
        own = sample - start;
        return stores[place].Store;
    }

    private (int Place, int Start) PlaceOf(int sample)
    {
        var (place, start) = (0, 0);
        while (sample - start >= stores[place].Count)
            start += stores[place++].Count;
        return (place, start);
    }
}
