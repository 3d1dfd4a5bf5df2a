using System.Text.Json;
using Selfsame.Data.Packages;
using Selfsame.Modalities.Video;
using Selfsame.Randomness;

namespace Selfsame.Cli.Bench;

/// <summary>Clips of 16 pictures from anywhere in a film: one random resized crop to 112 for all of them, mirror, normalised numbers.</summary>
internal sealed class FilmWork : IDataWork
{
    private const int Count = 10, Frames = 16;

    private readonly (string File, VideoClipSettings Clip)[] _clips;
    private readonly VideoViewPipeline _view = new(new() { Frames = Frames, View = new() { Size = 112 } });
    private readonly SeededDraws _draws = new(0, 0, 0);
    private readonly float[] _numbers;

    private FilmWork((string, VideoClipSettings)[] clips) => (_clips, _numbers) = (clips, new float[_view.Length]);

    /// <inheritdoc/>
    public int Samples => _clips.Length;

    /// <summary>Writes the films of the catalogue, and <c>clips.json</c> with the places in them: [[file, start, length in seconds], …].</summary>
    public static async Task<IDataWork> OpenAsync(string folder, CancellationToken cancellation)
    {
        using var data = await Catalogue.OpenAsync("videos", cancel: cancellation).ConfigureAwait(false);
        var clips = new (string File, VideoClipSettings Clip)[Count];
        var lines = new string[Count];
        for (var i = 0; i < Count; i++)
        {
            var sample = (int)((2L * i + 1) * data.Count / (2 * Count));
            var (file, part) = (Path.Combine(folder, data.Text("film", sample)), data.FilmPart(sample)!.Value);
            if (!File.Exists(file))
                await File.WriteAllBytesAsync(file, data.ReadBytes(sample, Modality.Video), cancellation).ConfigureAwait(false);
            clips[i] = (file, new() { Start = part.Start, Frames = Frames });
            lines[i] = FormattableString.Invariant($"[\"{JsonEncodedText.Encode(file)}\", {part.Start.TotalSeconds}, {part.Duration.TotalSeconds}]");
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "clips.json"), $"[{string.Join(",", lines)}]", cancellation).ConfigureAwait(false);
        return new FilmWork(clips);
    }

    /// <inheritdoc/>
    public void Pass(long pass)
    {
        for (var i = 0; i < _clips.Length; i++)
        {
            _draws.Restart(0, (ulong)pass, (ulong)i);
            var (file, clip) = _clips[i];
            _view.Decode(file, _ => clip, _draws, _numbers);
        }
    }
}
