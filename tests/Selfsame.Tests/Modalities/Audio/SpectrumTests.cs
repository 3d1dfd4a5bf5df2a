using FsCheck;
using FsCheck.Fluent;
using Selfsame.Modalities.Audio;
using Selfsame.Randomness;

namespace Selfsame.Tests.Modalities.Audio;

public sealed class SpectrumTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(30)]
    [InlineData(64)]
    [InlineData(99)]
    [InlineData(400)]
    [InlineData(512)]
    public void The_transform_agrees_with_its_definition(int size)
    {
        var stft = new Stft(new() { FftSize = size, Hop = size, Window = WindowKind.Rectangular, Center = false });
        var signal = TestSounds.Noise(3 * size);
        var (real, imaginary) = (new float[stft.Bins * 3], new float[stft.Bins * 3]);
        stft.Transform(signal, real, imaginary);

        for (var frame = 0; frame < 3; frame++)
            for (var k = 0; k < stft.Bins; k++)
            {
                var (re, im) = (0.0, 0.0);
                for (var t = 0; t < size; t++)
                {
                    var angle = -2 * Math.PI * ((long)k * t % size) / size;
                    re += signal[frame * size + t] * Math.Cos(angle);
                    im += signal[frame * size + t] * Math.Sin(angle);
                }
                Assert.InRange(real[k * 3 + frame] - re, -2e-5, 2e-5);
                Assert.InRange(imaginary[k * 3 + frame] - im, -2e-5, 2e-5);
            }
    }

    [Fact]
    public void There_and_back_again_gives_the_sound()
    {
        var cases = from size in Gen.Choose(2, 96)
                    from window in Gen.Choose(Math.Max(2, size / 2), size)
                    from hop in Gen.Choose(1, Math.Max(1, window / 4))
                    from length in Gen.Choose(size, 400)
                    from normalized in Gen.Elements(true, false)
                    select (size, window, hop, length, normalized);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var stft = new Stft(new() { FftSize = c.size, WindowLength = c.window, Hop = c.hop, Normalized = c.normalized, Window = WindowKind.Hamming });
            var signal = TestSounds.Noise(c.length);
            var plane = stft.Bins * stft.Frames(c.length);
            var (real, imaginary, back) = (new float[plane], new float[plane], new float[c.length]);
            stft.Transform(signal, real, imaginary);
            stft.Inverse(real, imaginary, back);
            // The last samples have no frame of their own where the hop does not divide the length.
            var sure = c.length - c.hop;
            return TestSounds.LargestDifference(signal.AsSpan(0, sure), back.AsSpan(0, sure)) < 1e-4f;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_frame_does_not_depend_on_its_neighbours()
    {
        var bank = new KaldiFilterBank(new());
        var signal = TestSounds.Noise(16000);
        var all = new float[bank.Frames(16000) * bank.Bins];
        bank.Apply(signal, all);
        var some = new float[bank.Frames(16000 - 5 * 160) * bank.Bins];
        bank.Apply(signal.AsSpan(5 * 160), some);
        Assert.Equal(all.AsSpan(5 * bank.Bins).ToArray(), some);
    }

    [Fact]
    public void A_sine_has_its_energy_in_its_bin()
    {
        // 1000 Hz at 16 kHz is bin 25 of 400; a periodic Hann window gives amplitude / 4 * size, and half of it beside.
        var stft = new Stft(new() { Center = false, Power = 1 });
        var plane = new float[stft.Bins * stft.Frames(1600)];
        stft.Spectrogram(TestSounds.Sine(1000, 16000, 0.1), plane);
        var frames = stft.Frames(1600);
        Assert.Equal(50, plane[25 * frames], 3);
        Assert.Equal(25, plane[24 * frames], 3);
        Assert.Equal(0, plane[40 * frames], 3);
    }

    [Fact]
    public void Griffin_and_Lim_find_the_sound_of_a_spectrogram()
    {
        var stft = new Stft(new() { FftSize = 256, Hop = 64, Power = 1 });
        var signal = TestSounds.Sine(700, 8000, 0.4);
        var plane = new float[stft.Bins * stft.Frames(signal.Length)];
        stft.Spectrogram(signal, plane);
        var (real, imaginary) = (new float[plane.Length], new float[plane.Length]);
        GriffinLim.DrawPhases(new SeededDraws(3, 0, 0), real, imaginary);

        var few = Convergence(2);
        var many = Convergence(60);
        Assert.True(many < 0.15 && many < few / 2, $"relative error {few} after 2 rounds, {many} after 60");

        double Convergence(int rounds)
        {
            var (rebuilt, again) = (new float[signal.Length], new float[plane.Length]);
            new GriffinLim(stft, rounds).Apply(plane, real, imaginary, rebuilt);
            stft.Spectrogram(rebuilt, again);
            var (error, whole) = (0.0, 0.0);
            for (var i = 0; i < plane.Length; i++)
                (error, whole) = (error + Math.Pow(again[i] - plane[i], 2), whole + Math.Pow(plane[i], 2));
            return Math.Sqrt(error / whole);
        }
    }

    [Fact]
    public void Mel_scales_have_their_known_values()
    {
        Assert.Equal(1000, MelScaleKind.Htk.ToMel(1000), 0);        // HTK's scale is made so that 1000 Hz are 1000 mel
        Assert.Equal(15, MelScaleKind.Slaney.ToMel(1000), 9);
        Assert.Equal(42, MelScaleKind.Slaney.ToMel(6400), 9);       // 27 mel for a factor of 6.4
        foreach (var scale in Enum.GetValues<MelScaleKind>())
            Assert.Equal(3456.7, scale.ToHertz(scale.ToMel(3456.7)), 6);
    }

    [Fact]
    public void Decibels_reach_down_to_the_range_below_the_largest()
    {
        float[] values = [1, 100, 1e-3f, 0];
        Decibels.Apply(values, 10, 40);
        Assert.Equal([0, 20, -20, -20], values);
    }

    [Fact]
    public void The_cosine_transform_keeps_lengths()
    {
        var transform = new CosineTransform(4, 4, orthonormal: true);
        var output = new float[4];
        transform.Apply([1, 2, 3, 4], output);
        Assert.Equal(5, output[0], 5);                               // sum / sqrt(4)
        Assert.Equal(30, output.Sum(value => value * value), 4);
    }

    [Fact]
    public void Slopes_of_a_line_are_its_slope()
    {
        float[] line = [0, 2, 4, 6, 8, 10, 12];
        var slopes = new float[7];
        Deltas.Apply(line, 7, 5, slopes);
        Assert.Equal([2f, 2f, 2f], slopes[2..5]);
    }

    [Fact]
    public void Impossible_settings_are_refused_with_the_reason()
    {
        Assert.StartsWith("window_length is 500 and fft_size 400; the window lies inside the transform", Assert.Throws<ArgumentException>(() => new Stft(new() { WindowLength = 500 })).Message);
        Assert.StartsWith("low_frequency is 9000 and high_frequency 8000; they lie in this order between 0 and 8000, half the sample rate", Assert.Throws<ArgumentException>(() => new MelSpectrogram(new() { LowFrequency = 9000 })).Message);
        var stft = new Stft(new());
        Assert.Equal("a sound of 200 samples is too short to be mirrored by 200 at its ends; at least 201 are needed, or another pad_mode",
            Assert.Throws<ArgumentException>(() => stft.Spectrogram(new float[200], new float[201 * 2])).Message);
    }

    [Fact]
    public void A_resampler_passes_what_both_rates_hold()
    {
        var resampler = new Resampler(44100, 16000, ResamplerSettings.KaiserBest);
        var output = new float[resampler.OutputLength(44100)];
        resampler.Apply(TestSounds.Sine(3000, 44100, 1), output);
        Assert.InRange(TestSounds.LargestDifference(TestSounds.Sine(3000, 16000, 1).AsSpan(500, 15000), output.AsSpan(500, 15000)), 0, 1e-4f);

        resampler.Apply(TestSounds.Sine(12000, 44100, 1), output);    // above 8 kHz: gone rather than folded back
        Assert.InRange(output.AsSpan(500, 15000).ToArray().Max(Math.Abs), 0, 1e-4f);
    }

    [Fact]
    public void Rates_without_a_common_divisor_are_refused() =>
        Assert.StartsWith("rates of 44101 and 768000 Hz have no useful common divisor", Assert.Throws<ArgumentException>(() => new Resampler(44101, 768000, ResamplerSettings.KaiserBest)).Message);
}
