using Selfsame.Modalities.Audio;

namespace Selfsame.Parity.Adapters;

/// <summary>Input of AST and its kin.</summary>
internal sealed class AudioSetFilterBank : IParityAdapter
{
    public string System => "mel-front-ends";

    public string Case => "audioset-fbank";

    public void Run(ParityCase c)
    {
        var bank = new KaldiFilterBank(new() { SampleRate = c.Config.Whole("sample_rate"), Bins = c.Config.Whole("n_mels") });
        var input = new FilterBankInput(bank, c.Config.Whole("target_frames"), c.Config.Number("mean"), c.Config.Number("std"));
        var signal = c.Floats("in/waveform");
        var normalized = new float[input.Length];
        input.Apply(signal, normalized);
        c.Expect("out/normalized", normalized);
        FilterBankInput.Centre(signal);
        var energies = new float[bank.Frames(signal.Length) * bank.Bins];
        bank.Apply(signal, energies);
        c.Expect("out/fbank", energies);
    }
}

/// <summary>Whisper's input.</summary>
internal sealed class WhisperLogMelCase : IParityAdapter
{
    public string System => "mel-front-ends";

    public string Case => "whisper-log-mel";

    public void Run(ParityCase c)
    {
        var logMel = new WhisperLogMel(c.Config.Whole("sample_rate"), c.Config.Whole("n_fft"), c.Config.Whole("hop"), c.Config.Whole("n_mels"));
        var signal = c.Floats("in/waveform");
        Array.Resize(ref signal, c.Config.Whole("target_samples"));
        var output = new float[logMel.Bins * logMel.Frames(signal.Length)];
        logMel.Apply(signal, output);
        c.Expect("out/log_mel", output);
    }
}

/// <summary>Audio-MAE's input, from one sound or a mixture of two.</summary>
internal sealed class AudioMaeFilterBank : IParityAdapter
{
    public string System => "audiomae";

    public string Case => "fbank";

    public void Run(ParityCase c)
    {
        var config = c.Config;
        var bank = new KaldiFilterBank(new() { SampleRate = config.Whole("sample_rate"), Bins = config.Whole("num_mel_bins") });
        var input = new FilterBankInput(bank, config.Whole("target_length"), config.Number("mean"), config.Number("std"));
        var first = c.Has("in/waveform") ? "in/waveform" : c.Names("in/").First();
        var signal = c.Floats(first);
        FilterBankInput.Centre(signal);
        if (config.Flag("mixup"))
        {
            var other = c.Floats(c.Names("in/").First(name => name != first));
            FilterBankInput.Centre(other);
            Array.Resize(ref other, signal.Length);
            SoundOps.Mix(signal, other, 1 - config.Number("mix_lambda"));
            FilterBankInput.Centre(signal);
        }
        var energies = new float[bank.Frames(signal.Length) * bank.Bins];
        bank.Apply(signal, energies);
        c.Expect("out/fbank", energies);

        var normalized = new float[input.Length];
        var kept = Math.Min(energies.Length, normalized.Length);
        energies.AsSpan(0, kept).CopyTo(normalized);
        input.Normalize(normalized, kept / bank.Bins);
        c.Expect("out/input", normalized);
    }
}

/// <summary>The features of HuBERT's first clustering.</summary>
internal sealed class KmeansUnitsMfcc : IParityAdapter
{
    public string System => "kmeans-units";

    public string Case => "mfcc";

    public void Run(ParityCase c)
    {
        var mfcc = new KaldiMfcc(c.Config.Whole("sample_rate"));
        var signal = c.Floats("in/waveform");
        var energies = new float[mfcc.Frames(signal.Length) * mfcc.FilterBank.Bins];
        mfcc.FilterBank.Apply(signal, energies);
        c.Expect("out/fbank_check", energies);
        var features = new float[mfcc.Frames(signal.Length) * mfcc.Features];
        mfcc.Apply(signal, features);
        c.Expect("out/features", features);
    }
}
