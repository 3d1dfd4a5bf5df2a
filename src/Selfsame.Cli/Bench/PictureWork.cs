using Selfsame.Data.Packages;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;
using Selfsame.Modalities.Video;
using Selfsame.Randomness;

namespace Selfsame.Cli.Bench;

/// <summary>Pictures of 400 x 300, half of them JPEG and half PNG: random resized crop to 224, mirror, colours, normalised numbers.</summary>
internal sealed class PictureWork : IDataWork
{
    private const int Count = 32, Height = 300, Width = 400;

    private readonly string[] _files;
    private readonly ViewPipeline _view = new(new() { ColorJitter = new() { Probability = 1 } });
    private readonly SeededDraws _draws = new(0, 0, 0);
    private readonly float[] _numbers;

    private PictureWork(string[] files) => (_files, _numbers) = (files, new float[_view.Length]);

    /// <inheritdoc/>
    public int Samples => _files.Length;

    /// <summary>Takes pictures out of the films of the catalogue.</summary>
    public static async Task<IDataWork> OpenAsync(string folder, CancellationToken cancellation)
    {
        using var data = await Catalogue.OpenAsync("videos", cancel: cancellation).ConfigureAwait(false);
        var files = new string[Count];
        for (var i = 0; i < Count; i++)
        {
            var sample = (int)((long)i * data.Count / Count);
            using var clip = VideoFile.DecodeClip(data.OpenMedia(sample, Modality.Video), new() { Start = data.FilmPart(sample)!.Value.Start, Frames = 1 }, cancellation);
            using var picture = Resample.Apply(clip.Frames[0], Height, Width, Interpolation.Bicubic);
            files[i] = Path.Combine(folder, FormattableString.Invariant($"{i:00}.{(i % 2 == 0 ? "jpg" : "png")}"));
            await File.WriteAllBytesAsync(files[i], i % 2 == 0 ? Jpeg(picture) : PngWriter.Encode(picture), cancellation).ConfigureAwait(false);
        }

        return new PictureWork(files);
    }

    /// <inheritdoc/>
    public void Pass(long pass)
    {
        for (var i = 0; i < _files.Length; i++)
        {
            _draws.Restart(0, (ulong)pass, (ulong)i);
            using var picture = MediaDecoder.DecodeImage(File.ReadAllBytes(_files[i]));
            _view.Apply(picture, _draws, _numbers);
        }
    }

    private static byte[] Jpeg(ImageBuffer picture)
    {
        using var writer = new MediaWriter(null, new("mjpeg", "mjpeg") { Width = picture.Width, Height = picture.Height, Rate = 1, BitRate = 400_000 });
        writer.Picture(picture.Pixels);
        return writer.Finish();
    }
}
