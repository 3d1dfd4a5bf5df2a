using Selfsame.Data.Loading;
using Selfsame.Data.Sources;
using Selfsame.Modalities.Audio;
using Selfsame.Tests.Data;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Modalities.Audio;

/// <summary>What a recipe's <c>data.audio</c> does to the sounds of a training batch, and leaves alone in evaluation.</summary>
public sealed class AudioFieldAugmentTests : IDisposable
{
    private const int Rate = 8000;

    private static readonly AudioInputSettings s_plain = new() { SampleRate = Rate, Seconds = 0.5, Normalize = false };
    private static readonly GainSettings s_doubled = new() { Probability = 1, Range = [20 * Math.Log10(2), 20 * Math.Log10(2)] };

    private readonly TempFolder _folder = new();

    public AudioFieldAugmentTests()
    {
        for (var n = 0; n < 3; n++)
            _folder.Write($"{n}.wav", WavFile.Encode(TestSounds.Sine(200 * (n + 1), Rate, 0.25), 1, Rate));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Loudness_changes_in_training_alone()
    {
        var settings = s_plain with { Gain = s_doubled };
        var (plain, louder, evaluated) = (Read(s_plain), Read(settings), Read(settings, evaluation: true));

        Assert.Equal(plain, evaluated);
        Assert.All(plain.Zip(louder), pair => Assert.Equal(2 * pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void Another_sound_of_the_same_part_is_mixed_in()
    {
        var (plain, mixed) = (Read(s_plain), Read(s_plain with { MixUp = new() { Probability = 1, Share = [0.25, 0.25] } }));

        var each = plain.Length / 3;
        for (var n = 0; n < 3; n++)
        {
            var next = (n + 1) % 3;
            for (var t = 0; t < each; t++)
                Assert.Equal((0.75f * plain[(n * each) + t]) + (0.25f * plain[(next * each) + t]), mixed[(n * each) + t], 1e-5f);
        }
    }

    [Fact]
    public void Strips_of_a_filter_bank_are_hidden_with_its_mean_and_always_the_same_ones()
    {
        var bank = s_plain with { Features = AudioFeatures.FilterBank, Bins = 20 };
        var settings = bank with { Masks = new() { FrequencyMasks = 2, FrequencyWidth = 4, TimeMasks = 2, TimeWidth = 4 } };
        var (plain, hidden) = (Read(bank), Read(settings));

        Assert.InRange(plain.Zip(hidden).Count(pair => pair.First != pair.Second), 20, plain.Length / 2);
        Assert.Equal(hidden, Read(settings));
        Assert.NotEqual(hidden, Read(settings, seed: 2));
        Assert.Equal(plain, Read(settings, evaluation: true));
    }

    [Fact]
    public void Noise_is_added_at_the_ratio_asked_for()
    {
        var (plain, noisy) = (Read(s_plain), Read(s_plain with { Noise = new() { Probability = 1, Ratio = [10, 10] } }));

        var ratio = plain.Sum(value => (double)value * value) / plain.Zip(noisy, (clean, dirty) => (double)(dirty - clean) * (dirty - clean)).Sum();
        Assert.InRange(10 * Math.Log10(ratio), 9.5, 10.5);
    }

    [Fact]
    public void Masks_without_a_filter_bank_are_refused()
    {
        var problem = Assert.Single((s_plain with { Masks = new() }).Check());
        Assert.Equal("masks", problem.Key);
    }

    private float[] Read(AudioInputSettings settings, bool evaluation = false, ulong seed = 1)
    {
        using var data = FolderSource.Open(_folder.Path, ModalitySet.Of(Modality.Audio));
        var inputs = new SampleInputs([new AudioField(settings, evaluation)]);
        using var loader = new BatchLoader(data, [0, 1, 2], inputs.Fields, new() { BatchSize = 3, Sequential = true, Seed = seed });
        using var host = loader.Next()!;
        using var scope = Scope.Enter();
        return inputs.Batch(host)[Modality.Audio].ToArray<float>();
    }
}
