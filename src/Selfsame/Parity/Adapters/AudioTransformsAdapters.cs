using Selfsame.Modalities.Audio;

namespace Selfsame.Parity.Adapters;

/// <summary>Changes of rate.</summary>
internal sealed class AudioResample : IParityAdapter
{
    public string System => "audio-transforms";

    public string Case => "resample";

    public void Run(ParityCase c)
    {
        foreach (var entry in c.Config.Section("resamplers").EnumerateObject())
        {
            var config = entry.Value;
            var standard = new ResamplerSettings();
            var resampler = new Resampler(config.Whole("orig_freq"), config.Whole("new_freq"), new()
            {
                Crossings = (int)(config.Optional("lowpass_filter_width") ?? standard.Crossings),
                Rolloff = config.Optional("rolloff") ?? standard.Rolloff,
                Beta = config.Optional("beta") ?? standard.Beta,
                Window = config.Word("resampling_method") switch
                {
                    null or "sinc_interpolation" => SincWindow.Hann,
                    "kaiser_window" => SincWindow.Kaiser,
                    var other => throw new InvalidDataException($"'resampling_method' in the configuration is '{other}', expected sinc_interpolation or kaiser_window"),
                },
            });
            var length = (int)resampler.OutputLength(c.Shape("in/waveform")[^1]);
            c.Expect($"out/{entry.Name}", c.Channels("in/waveform", length, (input, output) => resampler.Apply(input.Span, output.Span)));
        }
    }
}

/// <summary>Short-time Fourier transform and back.</summary>
internal sealed class AudioSpectrogram : IParityAdapter
{
    public string System => "audio-transforms";

    public string Case => "spectrogram";

    public void Run(ParityCase c)
    {
        var settings = c.Config.Spectrogram();
        var stft = new Stft(settings);
        var length = (int)c.Shape("in/waveform")[^1];
        var (plane, channels) = (stft.Bins * stft.Frames(length), c.Floats("in/waveform").Length / length);
        var both = new float[2 * plane * channels];
        var back = new float[length * channels];
        var (real, imaginary) = (new float[plane], new float[plane]);
        for (var channel = 0; channel < channels; channel++)
        {
            stft.Transform(c.Floats("in/waveform").AsSpan(channel * length, length), real, imaginary);
            for (var i = 0; i < plane; i++)
                (both[2 * (channel * plane + i)], both[2 * (channel * plane + i) + 1]) = (real[i], imaginary[i]);
            stft.Inverse(real, imaginary, back.AsSpan(channel * length, length));
        }
        Expect("out/complex", both);
        Expect("out/istft", back);
        Power("out/power", 2);
        Power("out/magnitude", 1);

        void Power(string name, double power)
        {
            var powers = new Stft(settings with { Power = power });
            Expect(name, c.Channels("in/waveform", plane, (input, output) => powers.Spectrogram(input.Span, output.Span)));
        }

        void Expect(string name, float[] values)
        {
            if (c.Has(name))
                c.Expect(name, values);
        }
    }
}

/// <summary>Mel filters, what they let through, and its decibels.</summary>
internal sealed class AudioMelSpectrogram : IParityAdapter
{
    public string System => "audio-transforms";

    public string Case => "mel-spectrogram";

    public void Run(ParityCase c)
    {
        foreach (var scale in new[] { MelScaleKind.Htk, MelScaleKind.Slaney })
            foreach (var unitArea in new[] { false, true })
            {
                var mel = new MelSpectrogram(new()
                {
                    SampleRate = c.Config.Whole("sample_rate"),
                    Spectrogram = c.Config.Spectrogram(),
                    Bins = c.Config.Whole("n_mels"),
                    LowFrequency = c.Config.Optional("f_min") ?? 0,
                    HighFrequency = c.Config.Optional("f_max"),
                    Scale = scale,
                    UnitArea = unitArea,
                });
                var name = $"{(scale == MelScaleKind.Htk ? "htk" : "slaney")}.{(unitArea ? "area" : "peak")}";
                var energies = c.Channels("in/waveform", mel.Filters.Count * mel.Frames((int)c.Shape("in/waveform")[^1]), (input, output) => mel.Apply(input.Span, output.Span));
                c.Expect($"out/filters.{name}", mel.Filters.Dense());
                c.Expect($"out/mel.{name}", energies);
                Decibels.Apply(energies, mel.Settings.Spectrogram.Power == 1 ? 20 : 10, c.Config.Optional("top_db"));
                c.Expect($"out/db.{name}", energies);
            }
    }
}

/// <summary>Cepstral coefficients and their slopes.</summary>
internal sealed class AudioMfcc : IParityAdapter
{
    public string System => "audio-transforms";

    public string Case => "mfcc";

    public void Run(ParityCase c)
    {
        var mel = new MelSpectrogram(new()
        {
            SampleRate = c.Config.Whole("sample_rate"),
            Spectrogram = c.Config.Spectrogram(),
            Bins = c.Config.Whole("n_mels"),
            Scale = c.Config.Word("mel_scale") == "slaney" ? MelScaleKind.Slaney : MelScaleKind.Htk,
        });
        var mfcc = new Mfcc(mel, c.Config.Whole("n_mfcc"), orthonormal: c.Config.Word("norm") == "ortho");
        var signal = c.Floats("in/waveform");
        var length = (int)c.Shape("in/waveform")[^1];
        var (channels, frames) = (signal.Length / length, mfcc.Frames(length));
        var output = new float[channels * mfcc.Cosine.Outputs * frames];
        c.Expect("out/dct", mfcc.Cosine.Matrix);
        mfcc.Apply(signal, channels, MfccCompression.Logarithm, output);
        c.Expect("out/mfcc.log", output);
        mfcc.Apply(signal, channels, MfccCompression.Decibels, output);
        c.Expect("out/mfcc.db", output);
        var slopes = new float[output.Length];
        Deltas.Apply(output, frames, c.Config.Whole("delta_win"), slopes);
        c.Expect("out/deltas", slopes);
    }
}

/// <summary>Sound of a spectrogram, from recorded factors and from ones.</summary>
internal sealed class AudioGriffinLim : IParityAdapter
{
    public string System => "audio-transforms";

    public string Case => "griffin-lim";

    public void Run(ParityCase c)
    {
        var stft = new Stft(c.Config.Spectrogram());
        var length = c.Config.Whole("length");
        var plane = stft.Bins * stft.Frames(length);
        var (real, imaginary) = c.Parts("in/phase_init");
        var spectrogram = c.Floats("in/spectrogram");
        var rounds = Array.ConvertAll(c.Config.Numbers("iterations"), number => (int)number);
        foreach (var n in rounds)
            c.Expect($"out/random_init.{n}", Rebuild(n, ones: false));
        c.Expect("out/ones_init", Rebuild(rounds[^1], ones: true));

        float[] Rebuild(int n, bool ones)
        {
            var griffinLim = new GriffinLim(stft, n, c.Config.Number("momentum"));
            var output = new float[spectrogram.Length / plane * length];
            for (var channel = 0; channel < spectrogram.Length / plane; channel++)
            {
                var (from, count) = (channel * plane, ones ? 0 : plane);
                griffinLim.Apply(spectrogram.AsSpan(from, plane), real.AsSpan(from, count), imaginary.AsSpan(from, count), output.AsSpan(channel * length, length));
            }
            return output;
        }
    }
}

/// <summary>Strips of time and frequency from recorded draws.</summary>
internal sealed class AudioSpecAugment : IParityAdapter
{
    private const int Copies = 3;

    public string System => "audio-transforms";

    public string Case => "spec-augment";

    public void Run(ParityCase c)
    {
        var (bins, frames, share, value) = (c.Config.Whole("freq"), c.Config.Whole("frames"), c.Config.Number("p"), (float)c.Config.Number("value"));
        var (frequency, time) = (c.Config.Whole("freq_param"), c.Config.Whole("time_param"));
        var (u, each) = (c.Floats("in/u"), c.Floats("in/u_iid"));

        var strips = c.Floats("in/spectrogram");
        var range = SpectrogramMask.Sample(bins, frequency, 1, new UniformReplay(u[0], u[1]), "mask.frequency");
        for (var from = 0; from < strips.Length; from += bins * frames)
            SpectrogramMask.FillRows(strips.AsSpan(from, bins * frames), frames, range, 0);
        c.Expect("out/frequency", strips);

        strips = c.Floats("in/spectrogram");
        SpectrogramMask.FillColumns(strips, frames, SpectrogramMask.Sample(frames, time, share, new UniformReplay(u[2], u[3]), "mask.time"), 0);
        c.Expect("out/time", strips);

        var one = c.Floats("in/spectrogram");
        var copies = Enumerable.Repeat(one, Copies).SelectMany(plane => plane).ToArray();
        var planes = copies.Length / (bins * frames);
        for (var plane = 0; plane < planes; plane++)
        {
            var own = SpectrogramMask.Sample(frames, time, share, new UniformReplay(each[plane], each[planes + plane]), "mask.time");
            SpectrogramMask.FillColumns(copies.AsSpan(plane * bins * frames, bins * frames), frames, own, value);
        }
        c.Expect("out/time_iid", copies);
    }

    private sealed class UniformReplay(params float[] values) : Replay
    {
        private int _next;

        public override double Uniform(string name) => _next < values.Length ? values[_next++] : throw Missing(name);
    }
}

/// <summary>Mu-law codes.</summary>
internal sealed class AudioMuLaw : IParityAdapter
{
    public string System => "audio-transforms";

    public string Case => "mu-law";

    public void Run(ParityCase c)
    {
        var codes = c.Config.Whole("channels");
        var samples = c.Floats("in/waveform");
        var encoded = new long[samples.Length];
        MuLaw.Encode(samples, codes, encoded);
        c.Expect("out/codes", encoded);
        var all = c.Integers("in/codes");
        var decoded = new float[all.Length];
        MuLaw.Decode(all, codes, decoded);
        c.Expect("out/decoded", decoded);
    }
}

/// <summary>Sound of magnitudes, from factors of one.</summary>
internal sealed class GriffinLimReconstruct : IParityAdapter
{
    public string System => "griffin-lim";

    public string Case => "reconstruct";

    public void Run(ParityCase c)
    {
        var stft = new Stft(c.Config.Spectrogram() with { Power = 1 });
        var output = new float[c.Config.Whole("samples")];
        new GriffinLim(stft, c.Config.Whole("iterations"), c.Config.Number("momentum")).Apply(c.Floats("in/magnitude"), [], [], output);
        c.Expect("out/waveform", output);
    }
}
