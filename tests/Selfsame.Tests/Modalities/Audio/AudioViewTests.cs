using Selfsame.Modalities.Audio;
using Selfsame.Randomness;

namespace Selfsame.Tests.Modalities.Audio;

public sealed class AudioViewTests
{
    private static readonly AudioViewSettings s_plain = new() { Duration = 0.01, SampleRate = 1000, FrontEnd = AudioFrontEnd.Waveform };

    private static AudioBuffer Sound(params float[] samples)
    {
        var sound = new AudioBuffer(1, samples.Length, 1000);
        samples.CopyTo(sound.Samples);
        return sound;
    }

    private static float[] View(AudioViewSettings settings, AudioBuffer sound, AudioBuffer? other = null, ulong seed = 1)
    {
        var pipeline = new AudioViewPipeline(settings);
        var view = new float[pipeline.Length];
        pipeline.Apply(sound, new SeededDraws(seed, 0, 0), view, other);
        return view;
    }

    [Fact]
    public void Short_sounds_are_filled_up()
    {
        using var sound = Sound(1, 2, 3);
        Assert.Equal([1, 2, 3, 0, 0, 0, 0, 0, 0, 0], View(s_plain, sound));
        Assert.Equal([1, 2, 3, 1, 2, 3, 1, 2, 3, 1], View(s_plain with { Fill = AudioFill.Repeat }, sound));
    }

    [Fact]
    public void Long_sounds_are_cut()
    {
        using var sound = Sound([.. Enumerable.Range(0, 30).Select(i => (float)i)]);
        Assert.Equal([10, 11, 12, 13, 14, 15, 16, 17, 18, 19], View(s_plain with { Crop = AudioCrop.Center }, sound));
        Assert.Equal(0, View(s_plain with { Crop = AudioCrop.Start }, sound)[0]);
        var starts = Enumerable.Range(0, 300).Select(seed => View(s_plain, sound, seed: (ulong)seed)[0]).Distinct().Order().ToArray();
        Assert.Equal(Enumerable.Range(0, 21).Select(i => (float)i), starts);   // every place occurs, none beyond the end
    }

    [Fact]
    public void Only_the_part_is_decoded_and_it_is_the_one_that_the_whole_has()
    {
        var pipeline = new AudioViewPipeline(s_plain);
        var part = pipeline.Part(TimeSpan.FromSeconds(0.03), new SeededDraws(5, 0, 0));
        var start = pipeline.Sample(30, new SeededDraws(5, 0, 0)).Start;
        Assert.Equal((1000, TimeSpan.FromMilliseconds(start), TimeSpan.FromMilliseconds(10)), (part.SampleRate, part.Start, part.MaxDuration));
        Assert.Equal(TimeSpan.Zero, pipeline.Part(TimeSpan.FromSeconds(0.001), new SeededDraws(5, 0, 0)).Start);
    }

    [Fact]
    public void Gain_shift_and_mixture_are_what_was_drawn()
    {
        using var sound = Sound(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        using var other = Sound(100, 100);
        var pipeline = new AudioViewPipeline(s_plain);
        var view = new float[10];

        pipeline.Apply(sound, new() { Gain = 2, Shift = 3 }, new SeededDraws(0, 0, 0), view);
        Assert.Equal([16, 18, 20, 2, 4, 6, 8, 10, 12, 14], view);

        pipeline.Apply(sound, new() { Gain = 1, Shift = -1, MixShare = 0.25 }, new SeededDraws(0, 0, 0), view, other);
        Assert.Equal([26.5f, 27.25f, 3, 3.75f, 4.5f, 5.25f, 6, 6.75f, 7.5f, 0.75f], view);
    }

    [Fact]
    public void Noise_has_the_power_asked_for()
    {
        var samples = TestSounds.Sine(50, 1000, 20);
        var noisy = samples.ToArray();
        SoundOps.AddNoise(noisy, 10, new SeededDraws(1, 2, 3));
        var noise = samples.Zip(noisy, (clean, dirty) => (double)(dirty - clean) * (dirty - clean)).Sum();
        var sound = samples.Sum(value => (double)value * value);
        Assert.InRange(10 * Math.Log10(sound / noise), 9.8, 10.2);

        float[] silence = [0, 0, 0];
        SoundOps.AddNoise(silence, 0, new SeededDraws(1, 2, 3));
        Assert.Equal([0, 0, 0], silence);
    }

    [Fact]
    public void Masks_hide_strips_of_the_mean()
    {
        var settings = new AudioViewSettings
        {
            Duration = 1, Bins = 32,
            Masks = new() { FrequencyMasks = 1, FrequencyWidth = 10, TimeMasks = 2, TimeWidth = 30 },
        };
        using var sound = new AudioBuffer(1, 16000, 16000);
        TestSounds.Noise(16000).CopyTo(sound.Samples);
        var plain = new AudioViewPipeline(settings with { Masks = null });
        var masked = new AudioViewPipeline(settings);
        Assert.Equal([1, 98, 32], masked.Shape);
        var (before, after) = (new float[masked.Length], new float[masked.Length]);
        plain.Apply(sound, new SeededDraws(7, 0, 0), before);
        masked.Apply(sound, new SeededDraws(7, 0, 0), after);

        var mean = before.Average();
        var hidden = Enumerable.Range(0, after.Length).Where(i => before[i] != after[i]).ToArray();
        Assert.NotEmpty(hidden);
        Assert.All(hidden, i => Assert.Equal(mean, after[i], 4));
        var full = Enumerable.Range(0, 98).Count(t => hidden.Count(i => i / 32 == t) == 32);
        Assert.InRange(full, 1, 60);
    }

    [Fact]
    public void The_same_seed_gives_the_same_view_and_another_seed_another()
    {
        var settings = new AudioViewSettings
        {
            Duration = 0.5, Gain = new() { Probability = 1 }, Noise = new() { Probability = 1 }, Shift = new() { Probability = 1 }, Masks = new(), FrontEnd = AudioFrontEnd.LogMel, Bins = 40,
        };
        using var sound = new AudioBuffer(1, 16000, 16000);
        TestSounds.Noise(16000).CopyTo(sound.Samples);
        Assert.Equal(View(settings, sound, seed: 3), View(settings, sound, seed: 3));
        Assert.NotEqual(View(settings, sound, seed: 3), View(settings, sound, seed: 4));
        Assert.DoesNotContain(View(settings, sound, seed: 3), value => !float.IsFinite(value));
    }

    [Fact]
    public void Settings_that_contradict_themselves_are_refused()
    {
        Assert.StartsWith("masks hides strips of log energies; with front_end: waveform there are none", Assert.Throws<ArgumentException>(() => new AudioViewPipeline(s_plain with { Masks = new() })).Message);
        Assert.StartsWith("range is [3, 1]; the smaller one comes first", Assert.Throws<ArgumentException>(() => new AudioViewPipeline(s_plain with { Gain = new() { Range = [3.0, 1.0] } })).Message);
    }
}
