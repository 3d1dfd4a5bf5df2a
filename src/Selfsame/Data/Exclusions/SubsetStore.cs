using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Exclusions;

/// <summary>Some samples of another store.</summary>
/// <param name="store">The whole; closed with this.</param>
/// <param name="samples">Its samples that stay.</param>
internal sealed class SubsetStore(SampleStore store, int[] samples) : SampleStore
{
    public override string Location(int sample, string modality) => store.Location(samples[sample], modality);

    public override SampleBytes Read(int sample, string modality) => store.Read(samples[sample], modality);

    public override long Size(int sample, string modality) => store.Size(samples[sample], modality);

    public override long Identity(int sample, string modality) => store.Identity(samples[sample], modality);

    public override ImageBuffer ReadImage(int sample, ImageDecodeOptions options) => store.ReadImage(samples[sample], options);

    public override ReadOnlyMemory<byte>? MappedOf(int sample, string modality) => store.MappedOf(samples[sample], modality);

    public override string? PathOf(int sample, string modality) => store.PathOf(samples[sample], modality);

    public override void Dispose() => store.Dispose();
}
