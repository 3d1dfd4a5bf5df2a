using System.Globalization;
using System.IO.Compression;
using Selfsame.Modalities.Media;
using Selfsame.Modalities.Video;

namespace Selfsame.Data.Packages;

/// <summary>
/// Five films of the examples of OpenCV as overlapping clips. A clip is a part of a film, which is kept once and as it came. Column <c>motion</c> says how
/// much changes from picture to picture, in thirds of the clips of the same film: nothing but time tells it. A group is a block of time, see <see cref="TimeBlocks"/>.
/// </summary>
internal sealed class Videos : CatalogueEntry
{
    /// <summary>Pictures of a clip, from one clip to the next, of a block at least, and between parts.</summary>
    internal const int Clip = 16, Hop = 2, Block = 64, Gap = 16;

    private const int MotionSide = 64;

    private static readonly string[] s_files = ["Megamind.avi", "tree.avi", "vtest.avi", "box.mp4.gz", "cup.mp4.gz"];
    private static readonly string[] s_levels = ["low", "middle", "high"];

    public override string Name => "videos";

    public override string Summary => "575 clips of 16 pictures from 5 films: pedestrians, a cartoon, a tree, a box, a cup";

    public override string Label => "film";

    public override IReadOnlyList<PackagePin> Packages { get; } =
        [new(PackageRegistry.Debian, "opencv-doc", "4.6.0+dfsg-12", "4b12681df35878207ac7097dc66184b2ae552e4bf4ddd2af04a0f03ed0b8682a", 96)];

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var files = PackageArchive.Read(archives[0], path => Array.IndexOf(s_files, Path.GetFileName(path)) >= 0, cancel);
        var samples = new List<PreparedSample>();
        var done = 0;
        foreach (var (path, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            try
            {
                AddFilm(samples, name[..name.IndexOf('.')], name.EndsWith(".gz", StringComparison.Ordinal) ? Unzipped(content) : content, cancel);
            }
            catch (Exception e) when (e is MediaException or InvalidDataException)
            {
                writer.Report(name, e.Message);
            }
            progress(0.9 * ++done / files.Count);
        }
        samples.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        writer.Add(samples, share => progress(0.9 + 0.1 * share), cancel);
    }

    private static void AddFilm(List<PreparedSample> samples, string film, byte[] content, CancellationToken cancel)
    {
        var info = VideoFile.Probe(content);
        using var whole = VideoFile.DecodeClip(content, new() { Frames = (int)info.Frames, FitWithin = MotionSide }, cancel);
        var changes = Changes(whole);
        var clips = new List<(TimeBlock Block, int First, double Motion)>();
        foreach (var block in TimeBlocks.Of(Length(whole), Block, Gap))
            for (var first = block.Start; first + Clip <= block.End; first += Hop)
                if (first == block.Start || whole.Times[first] != whole.Times[first - Hop]) // a film may hold a picture for long
                    clips.Add((block, first, Motion(changes, first)));
        double[] ordered = [.. clips.Select(clip => clip.Motion).Order()];
        foreach (var (block, first, motion) in clips)
        {
            var level = motion < ordered[ordered.Length / 3] ? 0 : motion < ordered[2 * ordered.Length / 3] ? 1 : 2;
            samples.Add(new(string.Create(CultureInfo.InvariantCulture, $"{film}/{first:0000}"), string.Create(CultureInfo.InvariantCulture, $"{film}/block {block.Number}"), [],
                ("film", film), ("motion", s_levels[level]), ("start", Seconds(whole.Times[first].TotalSeconds)), ("seconds", Seconds(Clip / info.FramesPerSecond))) { Video = content, Split = block.Split });
        }
    }

    // The mean difference of two pictures that follow each other, 0..255, kept with the later one.
    private static double[] Changes(VideoBuffer film)
    {
        var changes = new double[film.Frames.Count];
        for (var t = 1; t < changes.Length; t++)
        {
            ReadOnlySpan<byte> before = film.Frames[t - 1].Pixels, now = film.Frames[t].Pixels;
            long sum = 0;
            for (var i = 0; i < now.Length; i++)
                sum += Math.Abs(now[i] - before[i]);
            changes[t] = (double)sum / now.Length;
        }
        return changes;
    }

    private static double Motion(double[] changes, int first) => changes.AsSpan(first + 1, Clip - 1).ToArray().Average();

    // Headers may promise more than there is; the last picture is then repeated.
    private static int Length(VideoBuffer film)
    {
        var length = film.Times.Length;
        while (length > 1 && film.Times[length - 1] == film.Times[length - 2])
            length--;
        return length;
    }

    private static string Seconds(double seconds) => seconds.ToString("0.######", CultureInfo.InvariantCulture);

    private static byte[] Unzipped(byte[] content)
    {
        using var zipped = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zipped.CopyTo(plain);
        return plain.ToArray();
    }
}
