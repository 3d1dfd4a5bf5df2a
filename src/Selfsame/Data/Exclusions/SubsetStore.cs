using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Exclusions;

/// <summary>Some samples of another store.</summary>
/// <param name="store">The whole; closed with this.</param>
/// <param name="samples">Its samples that stay.</param>
internal sealed class SubsetStore(SampleStore store, int[] samples) : SampleStore
{
    public override string Location(int sample) => store.Location(samples[sample]);

    public override SampleBytes Read(int sample) => store.Read(samples[sample]);

    public override ImageBuffer ReadImage(int sample, ImageDecodeOptions options) => store.ReadImage(samples[sample], options);

    public override void Dispose() => store.Dispose();
}
