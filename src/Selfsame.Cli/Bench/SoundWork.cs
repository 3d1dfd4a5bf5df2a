using System.Numerics.Tensors;
using Selfsame.Data.Packages;
using Selfsame.Modalities.Audio;

namespace Selfsame.Cli.Bench;

/// <summary>Speech, a quarter of it Ogg Vorbis of 44.1 kHz and the rest WAV of 8 kHz as it came and as FLAC and Vorbis: mono at 16 kHz, then the logarithm of 80 mel filters.</summary>
internal sealed class SoundWork : IDataWork
{
    private const int Count = 32;
    private const float Smallest = 1e-6f;

    private readonly string[] _files;
    private readonly MelSpectrogram _mel = new(new());
    private float[] _numbers = [];

    private SoundWork(string[] files) => _files = files;

    /// <inheritdoc/>
    public int Samples => _files.Length;

    /// <summary>Takes spoken captions and phrases of the catalogue.</summary>
    public static async Task<IDataWork> OpenAsync(string folder, CancellationToken cancellation)
    {
        using var captions = await Catalogue.OpenAsync("stamps", cancel: cancellation).ConfigureAwait(false);
        using var phrases = await Catalogue.OpenAsync("prompts", cancel: cancellation).ConfigureAwait(false);
        int[] spoken = [.. Enumerable.Range(0, captions.Count).Where(i => captions.Has(i, Modality.Audio) && captions.Text("kind", i) == "caption" && captions.Seconds(i) > 0.5)];
        int[] said = [.. Enumerable.Range(0, phrases.Count).Where(i => phrases.Seconds(i) > 0.5)];
        var files = new string[Count];
        for (var i = 0; i < Count; i++)
        {
            var caption = i % 4 == 0;
            var sample = caption ? spoken[(int)((long)i * spoken.Length / Count)] : said[(int)((long)i * said.Length / Count)];
            var content = (caption ? captions : phrases).ReadBytes(sample, Modality.Audio);
            var extension = caption ? content.AsSpan().StartsWith("OggS"u8) ? "ogg" : "wav" : i % 4 == 1 ? "ogg" : i % 4 == 2 ? "flac" : "wav";
            files[i] = Path.Combine(folder, FormattableString.Invariant($"{i:00}.{extension}"));
            await File.WriteAllBytesAsync(files[i], caption || extension == "wav" ? content : Coded(content, extension), cancellation).ConfigureAwait(false);
        }

        return new SoundWork(files);
    }

    /// <inheritdoc/>
    public void Pass(long pass)
    {
        foreach (var file in _files)
        {
            using var sound = AudioFile.Decode(file);
            var length = _mel.Filters.Count * _mel.Frames(sound.Length);
            if (_numbers.Length < length)
                _numbers = new float[2 * length];
            var numbers = _numbers.AsSpan(0, length);
            _mel.Apply(sound.Channel(0), numbers);
            TensorPrimitives.Add(numbers, Smallest, numbers);
            TensorPrimitives.Log(numbers, numbers);
        }
    }

    private static byte[] Coded(byte[] wav, string extension)
    {
        using var sound = AudioFile.Decode(wav, new() { SampleRate = null });
        if (extension == "ogg")
            return OggWriter.Encode(sound);
        using var writer = new Modalities.Media.MediaWriter(null, new("flac", "flac") { SampleRate = sound.SampleRate, Channels = 1 });
        writer.Sound(sound.Samples, sound.Length, sound.Length);
        return writer.Finish();
    }
}
