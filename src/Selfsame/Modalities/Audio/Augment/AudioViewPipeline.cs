using System.Buffers;
using System.Numerics.Tensors;
using Selfsame.Randomness;
using Selfsame.Recipes;

namespace Selfsame.Modalities.Audio;

/// <summary>All that was drawn for one view of a sound but its noise and masks, of which there are many numbers.</summary>
public readonly record struct AudioViewParameters
{
    /// <summary>First sample that is taken.</summary>
    public int Start { get; init; }

    /// <summary>Samples the view is shifted to the right, around its end; negative to the left.</summary>
    public int Shift { get; init; }

    /// <summary>Factor on all samples.</summary>
    public float Gain { get; init; }

    /// <summary>Share of the other sound; null for none.</summary>
    public double? MixShare { get; init; }

    /// <summary>Ratio of the sound's power to the noise's in decibels; null for no noise.</summary>
    public double? NoiseRatio { get; init; }
}

/// <summary>Makes views of sounds as <see cref="AudioViewSettings"/> say: first draws what happens, then does it. Immutable: any number of threads may share one.</summary>
/// <remarks>Order: part, fill, shift, gain, mixture, noise, front end, masks. A channel that is not mono is mixed by its plain mean before.</remarks>
public sealed class AudioViewPipeline
{
    private readonly AudioViewSettings _settings;
    private readonly FilterBankInput? _bank;
    private readonly WhisperLogMel? _logMel;
    private readonly int _frames;

    /// <summary>A pipeline for one kind of view.</summary>
    /// <exception cref="ArgumentException">The settings contradict themselves; the message names every one.</exception>
    public AudioViewPipeline(AudioViewSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        foreach (var part in new ICheckable?[] { settings, settings.Gain, settings.Noise, settings.MixUp })
            if (part is not null)
                SettingsProblems.Require(part, nameof(settings));
        _settings = settings;
        switch (settings.FrontEnd)
        {
            case AudioFrontEnd.FilterBank:
                var bank = new KaldiFilterBank(new() { SampleRate = settings.SampleRate, Bins = settings.Bins });
                _frames = settings.Frames ?? bank.Frames(settings.Samples);
                _bank = new(bank, _frames, settings.Mean, settings.Std);
                break;
            case AudioFrontEnd.LogMel:
                _logMel = new(settings.SampleRate, settings.SampleRate / 40, settings.SampleRate / 100, settings.Bins);
                _frames = _logMel.Frames(settings.Samples);
                break;
            case AudioFrontEnd.Waveform:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(settings), settings.FrontEnd, "front ends are Waveform, FilterBank and LogMel");
        }
        Shape = settings.FrontEnd == AudioFrontEnd.Waveform ? [1, settings.Samples] : [1, _frames, settings.Bins];
        Length = Shape.Aggregate((product, size) => product * size);
    }

    /// <summary>What the pipeline was built from.</summary>
    public AudioViewSettings Settings => _settings;

    /// <summary>Shape of a view: (1, samples) or (1, frames, bins).</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Numbers of a view.</summary>
    public int Length { get; }

    /// <summary>Which part of a file to decode for a view, so that a long file is not decoded whole.</summary>
    /// <param name="duration">How long the sound lasts.</param>
    /// <param name="draws">Draws <c>crop</c> where the crop is random and the sound longer than the view.</param>
    public AudioDecodeSettings Part(TimeSpan duration, IDraws draws)
    {
        var length = (long)Math.Floor(duration.TotalSeconds * _settings.SampleRate);
        var start = Begin(length, draws);
        return new()
        {
            SampleRate = _settings.SampleRate,
            Start = TimeSpan.FromSeconds((double)start / _settings.SampleRate),
            MaxDuration = TimeSpan.FromSeconds((double)_settings.Samples / _settings.SampleRate),
        };
    }

    /// <summary>Draws what will happen to a sound.</summary>
    /// <param name="length">Its samples, at the rate of the view.</param>
    /// <param name="draws">Draws, in this order: <c>crop</c>, <c>shift</c>, <c>shift.share</c>, <c>gain</c>, <c>gain.decibels</c>, <c>mix</c>, <c>mix.share</c>, <c>noise</c>, <c>noise.ratio</c>; only what the settings ask for.</param>
    public AudioViewParameters Sample(int length, IDraws draws)
    {
        ArgumentNullException.ThrowIfNull(draws);
        var start = (int)Begin(length, draws);
        var shift = _settings.Shift is { } shifted && SoundDraws.Chance(draws, "shift", shifted.Probability)
            ? (int)Math.Round((2 * draws.Uniform("shift.share") - 1) * shifted.Share * _settings.Samples)
            : 0;
        var gain = SoundDraws.Gain(_settings.Gain, draws);
        var mix = SoundDraws.MixShare(_settings.MixUp, draws);
        var noise = SoundDraws.NoiseRatio(_settings.Noise, draws);
        return new() { Start = start, Shift = shift, Gain = gain, MixShare = mix, NoiseRatio = noise };
    }

    /// <summary>Makes a view.</summary>
    /// <param name="sound">At the rate of the view; left as it is.</param>
    /// <param name="draws">Where chance comes from: see <see cref="Sample"/>, then <c>noise.sample</c>, <c>mask.frequency</c> and <c>mask.time</c>.</param>
    /// <param name="destination">Receives <see cref="Shape"/>.</param>
    /// <param name="other">The sound to mix in, at the rate of the view; without one nothing is mixed. Its begin is taken, filled up as the view is.</param>
    /// <exception cref="ArgumentException">Another rate, no samples at all, or no room for <see cref="Length"/> numbers.</exception>
    public void Apply(AudioBuffer sound, IDraws draws, Span<float> destination, AudioBuffer? other = null)
    {
        ArgumentNullException.ThrowIfNull(sound);
        Apply(sound, Sample(sound.Length, draws), draws, destination, other);
    }

    /// <summary>Makes a view of which the parameters have been drawn.</summary>
    /// <inheritdoc cref="Apply(AudioBuffer, IDraws, Span{float}, AudioBuffer?)"/>
    /// <param name="sound">At the rate of the view; left as it is.</param>
    /// <param name="parameters">What was drawn.</param>
    /// <param name="draws">Draws <c>noise.sample</c>, <c>mask.frequency</c> and <c>mask.time</c>.</param>
    /// <param name="destination">Receives <see cref="Shape"/>.</param>
    /// <param name="other">The sound to mix in.</param>
    public void Apply(AudioBuffer sound, in AudioViewParameters parameters, IDraws draws, Span<float> destination, AudioBuffer? other = null)
    {
        ArgumentNullException.ThrowIfNull(sound);
        ArgumentNullException.ThrowIfNull(draws);
        if (destination.Length != Length)
            throw new ArgumentException($"A view of {string.Join(" x ", Shape)} has {Length} numbers; the destination has {destination.Length}.", nameof(destination));
        var samples = _settings.Samples;
        var memory = ArrayPool<float>.Shared.Rent(2 * samples);
        try
        {
            var view = memory.AsSpan(0, samples);
            var spare = memory.AsSpan(samples, samples);
            Take(sound, parameters.Start, view);
            SoundOps.Shift(view, parameters.Shift, spare);
            TensorPrimitives.Multiply(view, parameters.Gain, view);
            if (parameters.MixShare is { } share && other is not null)
            {
                Take(other, 0, spare);
                SoundOps.Mix(view, spare, share);
            }
            if (parameters.NoiseRatio is { } ratio)
                SoundOps.AddNoise(view, ratio, draws);
            Finish(view, draws, destination);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(memory);
        }
    }

    private void Finish(ReadOnlySpan<float> view, IDraws draws, Span<float> destination)
    {
        if (_bank is not null)
            _bank.Apply(view, destination);
        else if (_logMel is not null)
            ToRows(view, _logMel, destination);
        else
            view.CopyTo(destination);
        if (_settings.Masks is not { } masks)
            return;
        SpectrogramMask.Apply(masks, destination, _settings.Bins, draws);
    }

    private void ToRows(ReadOnlySpan<float> view, WhisperLogMel logMel, Span<float> destination)
    {
        var memory = ArrayPool<float>.Shared.Rent(Length);
        logMel.Apply(view, memory.AsSpan(0, Length));
        for (var m = 0; m < _settings.Bins; m++)
            for (var t = 0; t < _frames; t++)
                destination[t * _settings.Bins + m] = memory[m * _frames + t];
        ArrayPool<float>.Shared.Return(memory);
    }

    private void Take(AudioBuffer sound, int start, Span<float> view)
    {
        if (sound.SampleRate != _settings.SampleRate)
            throw new ArgumentException($"the sound has {sound.SampleRate} samples a second, views have {_settings.SampleRate}; decode it at that rate", nameof(sound));
        if (sound.Length == 0)
            throw new ArgumentException("the sound has no samples", nameof(sound));
        var count = Math.Clamp(sound.Length - start, 0, view.Length);
        sound.Channel(0).Slice(start, count).CopyTo(view);
        for (var c = 1; c < sound.Channels; c++)
            TensorPrimitives.Add(view[..count], sound.Channel(c).Slice(start, count), view[..count]);
        if (sound.Channels > 1)
            TensorPrimitives.Divide(view[..count], (float)sound.Channels, view[..count]);
        if (_settings.Fill == AudioFill.Zeros || count == 0)
            view[count..].Clear();
        else
            for (var t = count; t < view.Length; t++)
                view[t] = view[t - count];
    }

    private long Begin(long length, IDraws draws)
    {
        var spare = Math.Min(length - _settings.Samples, int.MaxValue - 1);
        return spare <= 0 ? 0 : _settings.Crop switch
        {
            AudioCrop.Random => draws.Integer("crop", (int)spare + 1),
            AudioCrop.Center => spare / 2,
            _ => 0,
        };
    }
}
