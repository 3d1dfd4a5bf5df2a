using System.Buffers;
using System.Numerics.Tensors;
using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Modalities.Media;
using Selfsame.Randomness;

namespace Selfsame.Modalities.Audio;

/// <summary>Sounds of one channel: waveforms (B, L), or log mel energies (B, frames, bins); zero behind the end.</summary>
public sealed class AudioField : SampleField
{
    private const long WholeBelow = 1 << 20; // bytes; of a larger file only the stretch is decoded

    [ThreadStatic]
    private static SeededDraws? s_draws;  // restarted for every sample, so nothing is carried over

    private readonly AudioInputSettings _settings;
    private readonly AudioDecodeSettings _decode;
    private readonly bool _evaluation;
    private readonly int _longest;
    private readonly KaldiFilterBank? _bank;

    /// <summary>Makes the field.</summary>
    /// <param name="settings">How a sound becomes numbers.</param>
    /// <param name="evaluation">Nothing random: of a long sound, its start.</param>
    public AudioField(AudioInputSettings settings, bool evaluation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _evaluation) = (settings, evaluation);
        _longest = Math.Max(1, (int)Math.Round(settings.Seconds * settings.SampleRate));
        _decode = new AudioDecodeSettings { SampleRate = settings.SampleRate };
        if (settings.Features == AudioFeatures.FilterBank)
            _bank = new KaldiFilterBank(new KaldiSettings { SampleRate = settings.SampleRate, Bins = settings.Bins });
        var places = _bank is null ? _longest : Math.Max(1, _bank.Frames(_longest));
        Layout = new(FieldType.Float32, _bank is null ? [] : [_bank.Bins], places);
        Shape = new(settings.SampleRate, places, _bank?.Bins ?? 0);
    }

    /// <inheritdoc/>
    public override string Name => Selfsame.Modality.Audio;

    /// <inheritdoc/>
    public override string Modality => Selfsame.Modality.Audio;

    /// <inheritdoc/>
    public override FieldLayout Layout { get; }

    /// <summary>What a model is told.</summary>
    public AudioShape Shape { get; }

    /// <inheritdoc/>
    /// <remarks>Exact where the data set has a column <c>seconds</c>; else told by the size of the file.</remarks>
    public override int EstimateLength(DataSet data, int index)
    {
        ArgumentNullException.ThrowIfNull(data);
        return _bank is null ? EstimateSamples(data, index) : Math.Max(1, _bank.Frames(EstimateSamples(data, index)));
    }

    private int EstimateSamples(DataSet data, int index)
    {
        if (data.Seconds(index) is { } seconds)
            return (int)Math.Min(seconds * _settings.SampleRate, _longest);
        var plain = data.PathOf(index, Modality)?.EndsWith(".wav", StringComparison.OrdinalIgnoreCase) ?? false;
        return (int)Math.Min(data.SizeHint(index, Modality) / (plain ? 2.0 : 0.5), _longest);  // 16 bits a sample, or some 8 times less
    }

    /// <inheritdoc/>
    public override void Read(SampleReader reader, in SampleContext context, FieldRow row)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var draws = _evaluation ? null : Begin(context);
        var place = draws?.Uniform("audio.window") ?? 0;
        using var sound = Decode(reader.Data, context.Index, place);
        if (sound.Length == 0)
            throw new MediaException(MediaError.Corrupt, "there is no sound in it");
        var part = Window(sound, place);
        if (_bank is null)
        {
            var target = row.Floats(part.Length);
            part.CopyTo(target);
            if (draws is not null)
                Augment(target, draws, reader.Data, context.Next);
            if (_settings.Normalize)
                Normalize(target);
            return;
        }

        var memory = ArrayPool<float>.Shared.Rent(part.Length);
        var view = memory.AsSpan(0, part.Length);
        part.CopyTo(view);
        if (draws is not null)
            Augment(view, draws, reader.Data, context.Next);
        var energies = FilterBank(view, row);
        ArrayPool<float>.Shared.Return(memory);
        if (draws is not null && _settings.Masks is { } masks)
            SpectrogramMask.Apply(masks, energies, _bank.Bins, draws);
    }

    private ReadOnlySpan<float> Window(AudioBuffer sound, double place)
    {
        var length = Math.Min(sound.Length, _longest);
        return sound.Channel(0).Slice((int)Math.Min(place * (sound.Length - length + 1), sound.Length - length), length);
    }

    // In the order of AudioViewPipeline.
    private void Augment(Span<float> view, IDraws draws, DataSet data, int next)
    {
        if (SoundDraws.Gain(_settings.Gain, draws) is var gain && gain != 1)
            TensorPrimitives.Multiply(view, gain, view);
        if (SoundDraws.MixShare(_settings.MixUp, draws) is { } share)
            Mix(view, share, data, next);
        if (SoundDraws.NoiseRatio(_settings.Noise, draws) is { } ratio)
            SoundOps.AddNoise(view, ratio, draws);
    }

    // The other's begin; silence where it is shorter. A sound that lacks, or can't be read, mixes nothing in: it is listed where it is read for itself.
    private void Mix(Span<float> view, double share, DataSet data, int next)
    {
        if (next < 0 || !data.Has(next, Modality))
            return;
        try
        {
            using var other = Decode(data, next, 0);
            var count = Math.Min(other.Length, view.Length);
            if (count > 0)
                SoundOps.Mix(view[..count], other.Channel(0)[..count], share);
            TensorPrimitives.Multiply(view[count..], (float)(1 - share), view[count..]);
        }
        catch (Exception e) when (e is MediaException or IOException)
        {
            // As said above.
        }
    }

    /// <summary>(x - mean) / sqrt(variance + 1e-7), as wav2vec 2.0's feature extractor.</summary>
    internal static void Normalize(Span<float> samples)
    {
        var mean = TensorPrimitives.Sum((ReadOnlySpan<float>)samples) / samples.Length;
        TensorPrimitives.Subtract(samples, mean, samples);
        var variance = TensorPrimitives.SumOfSquares((ReadOnlySpan<float>)samples) / samples.Length;
        TensorPrimitives.Divide(samples, MathF.Sqrt(variance + 1e-7f), samples);
    }

    // As FilterBankInput, with a length of its own; less than one frame of sound is filled up to one with silence.
    private Span<float> FilterBank(ReadOnlySpan<float> sound, FieldRow row)
    {
        var shortest = _bank!.Settings.FrameSamples;
        var centred = ArrayPool<float>.Shared.Rent(Math.Max(shortest, sound.Length));
        var used = centred.AsSpan(0, Math.Max(shortest, sound.Length));
        used.Clear();
        TensorPrimitives.Subtract(sound, TensorPrimitives.Sum(sound) / sound.Length, used[..sound.Length]);
        var frames = Math.Min(_bank.Frames(used.Length), Layout.MaxLength);
        var target = row.Floats(frames);
        _bank.Apply(used, target);
        ArrayPool<float>.Shared.Return(centred);
        TensorPrimitives.Subtract(target, (float)_settings.Mean, target);
        TensorPrimitives.Divide(target, (float)(2 * _settings.Std), target);
        return target;
    }

    private static SeededDraws Begin(in SampleContext context)
    {
        var draws = s_draws ??= new SeededDraws(0, 0, 0);
        draws.Restart(context.Seed, (ulong)context.Epoch, (ulong)context.Position);
        return draws;
    }

    private AudioBuffer Decode(DataSet data, int index, double place)
    {
        var source = data.OpenMedia(index, Modality);
        if (data.SizeHint(index, Modality) < WholeBelow)
            return AudioFile.Decode(source, _decode);
        var spare = AudioFile.Probe(source).Duration.TotalSeconds - _settings.Seconds;
        return spare <= 0
            ? AudioFile.Decode(source, _decode)
            : AudioFile.Decode(source, _decode with { Start = TimeSpan.FromSeconds(place * spare), MaxDuration = TimeSpan.FromSeconds(_settings.Seconds) });
    }
}
