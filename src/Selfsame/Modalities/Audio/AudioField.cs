using System.Numerics.Tensors;
using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Modalities.Media;
using Selfsame.Randomness;

namespace Selfsame.Modalities.Audio;

/// <summary>Sounds as waveforms of one channel, (B, L), silent behind the end.</summary>
public sealed class AudioField : SampleField
{
    private const long WholeBelow = 1 << 20; // bytes; of a larger file only the stretch is decoded

    [ThreadStatic]
    private static SeededDraws? s_draws;  // restarted for every sample, so nothing is carried over

    private readonly AudioInputSettings _settings;
    private readonly AudioDecodeSettings _decode;
    private readonly bool _evaluation;
    private readonly int _longest;

    /// <summary>Makes the field.</summary>
    /// <param name="settings">How a sound becomes numbers.</param>
    /// <param name="evaluation">Nothing random: of a long sound, its start.</param>
    public AudioField(AudioInputSettings settings, bool evaluation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _evaluation) = (settings, evaluation);
        _longest = Math.Max(1, (int)Math.Round(settings.Seconds * settings.SampleRate));
        _decode = new AudioDecodeSettings { SampleRate = settings.SampleRate };
        Layout = new(FieldType.Float32, [], _longest);
        Shape = new(settings.SampleRate, _longest);
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
        if (data.Seconds(index) is { } seconds)
            return (int)Math.Min(seconds * _settings.SampleRate, _longest);
        var plain = data.PathOf(index, Modality)?.EndsWith(".wav", StringComparison.OrdinalIgnoreCase) ?? false;
        return (int)Math.Min(data.SizeHint(index, Modality) / (plain ? 2.0 : 0.5), _longest);  // 16 bits a sample, or some 8 times less
    }

    /// <inheritdoc/>
    public override void Read(SampleReader reader, in SampleContext context, FieldRow row)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var place = _evaluation ? 0 : Draw(context);
        using var sound = Decode(reader.Data, context.Index, place);
        if (sound.Length == 0)
            throw new MediaException(MediaError.Corrupt, "there is no sound in it");
        var length = Math.Min(sound.Length, _longest);
        var first = (int)Math.Min(place * (sound.Length - length + 1), sound.Length - length);
        var target = row.Floats(length);
        sound.Channel(0).Slice(first, length).CopyTo(target);
        if (_settings.Normalize)
            Normalize(target);
    }

    /// <summary>(x - mean) / sqrt(variance + 1e-7), as wav2vec 2.0's feature extractor.</summary>
    internal static void Normalize(Span<float> samples)
    {
        var mean = TensorPrimitives.Sum((ReadOnlySpan<float>)samples) / samples.Length;
        TensorPrimitives.Subtract(samples, mean, samples);
        var variance = TensorPrimitives.SumOfSquares((ReadOnlySpan<float>)samples) / samples.Length;
        TensorPrimitives.Divide(samples, MathF.Sqrt(variance + 1e-7f), samples);
    }

    private static double Draw(in SampleContext context)
    {
        var draws = s_draws ??= new SeededDraws(0, 0, 0);
        draws.Restart(context.Seed, (ulong)context.Epoch, (ulong)context.Position);
        return draws.Uniform("audio.window");
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
