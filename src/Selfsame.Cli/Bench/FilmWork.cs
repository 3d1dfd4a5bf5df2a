using System.Text.Json;
using Selfsame.Data.Packages;
using Selfsame.Modalities.Video;
using Selfsame.Randomness;

namespace Selfsame.Cli.Bench;

/// <summary>Clips of 16 pictures from anywhere in a film: one random resized crop to 112 for all of them, mirror, normalised numbers.</summary>
internal sealed class FilmWork : IDataWork
{
    private const int Count = 10, Frames = 16;

    private readonly (string File, double Start)[] _clips;
    private readonly VideoViewPipeline _view = new(new() { Frames = Frames, View = new() { Size = 112 } });
    private readonly SeededDraws _draws = new(0, 0, 0);
    private readonly float[] _numbers;

    private FilmWork((string, double)[] clips) => (_clips, _numbers) = (clips, new float[_view.Length]);

    /// <inheritdoc/>
    public int Samples => _clips.Length;

    /// <summary>Writes the films of the catalogue, and <c>clips.json</c> with the places in them: [[file, seconds], …].</summary>
    public static async Task<IDataWork> OpenAsync(string folder, CancellationToken cancellation)
    {
        using var data = await Catalogue.OpenAsync("videos", cancel: cancellation).ConfigureAwait(false);
        var clips = new (string File, double Start)[Count];
        for (var i = 0; i < Count; i++)
        {
            var sample = (int)((2L * i + 1) * data.Count / (2 * Count));
            clips[i] = (Path.Combine(folder, data.Text("film", sample)), data.FilmPart(sample)!.Value.Start.TotalSeconds);
            if (!File.Exists(clips[i].File))
                await File.WriteAllBytesAsync(clips[i].File, data.ReadBytes(sample, Modality.Video), cancellation).ConfigureAwait(false);
        }

        var lines = clips.Select(clip => FormattableString.Invariant($"[\"{JsonEncodedText.Encode(clip.File)}\", {clip.Start}]"));
        await File.WriteAllTextAsync(Path.Combine(folder, "clips.json"), $"[{string.Join(",", lines)}]", cancellation).ConfigureAwait(false);
        return new FilmWork(clips);
    }

    /// <inheritdoc/>
    public void Pass(long pass)
    {
        for (var i = 0; i < _clips.Length; i++)
        {
            _draws.Restart(0, (ulong)pass, (ulong)i);
            using var clip = VideoFile.DecodeClip(_clips[i].File, new() { Start = TimeSpan.FromSeconds(_clips[i].Start), Frames = Frames });
            _view.Apply(clip, _draws, _numbers);
        }
    }
}
