using System.Security.Cryptography;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Packages;

/// <summary>A sample on its way into a prepared data set.</summary>
/// <param name="Key">Names it within the data set.</param>
/// <param name="Group">Shared with the samples that show the same thing.</param>
/// <param name="Encoded">The picture as a file.</param>
/// <param name="Columns">Metadata.</param>
internal sealed record PreparedSample(string Key, string Group, byte[] Encoded, params (string Column, string Value)[] Columns);

/// <summary>
/// Decodes pictures on all cores, writes them one after the other, and joins the groups of identical pictures: the flags of
/// Norway and Bouvet Island are one picture, so they must not stand on both sides of a split.
/// </summary>
internal sealed class PreparedWriter : IDisposable
{
    private const int Chunk = 256;

    private readonly string _folder, _name;
    private readonly ImageDecodeOptions _decode;
    private readonly FileStream _pixels;
    private readonly List<(PreparedSample Sample, PreparedPlace Place)> _samples = [];
    private readonly List<SampleProblem> _problems = [];
    private readonly Dictionary<UInt128, string> _groupOfPicture = [];
    private readonly Dictionary<string, string> _joined = new(StringComparer.Ordinal);

    public PreparedWriter(string folder, string name, ImageDecodeOptions decode)
    {
        (_folder, _name, _decode) = (folder, name, decode);
        _pixels = new(Path.Combine(folder, PreparedStore.PixelFile), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
    }

    /// <summary>Adds encoded pictures, in order. What cannot be decoded is noted as a problem.</summary>
    public void Add(IReadOnlyList<PreparedSample> samples, Action<double> progress, CancellationToken cancel)
    {
        var images = new ImageBuffer?[Chunk];
        var failures = new string?[Chunk];
        for (var start = 0; start < samples.Count; start += Chunk)
        {
            cancel.ThrowIfCancellationRequested();
            var count = Math.Min(Chunk, samples.Count - start);
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancel }, i =>
            {
                try
                {
                    (images[i], failures[i]) = (MediaDecoder.DecodeImage(samples[start + i].Encoded, _decode), null);
                }
                catch (MediaException e)
                {
                    (images[i], failures[i]) = (null, e.Message);
                }
            });
            for (var i = 0; i < count; i++)
            {
                var sample = samples[start + i];
                using var image = images[i];
                if (image is null)
                    _problems.Add(new(sample.Key, failures[i]!));
                else
                    Append(sample, image.Pixels, image.Height, image.Width, image.Channels);
            }
            progress((double)(start + count) / samples.Count);
        }
    }

    /// <summary>Adds a picture that is decoded already, (height, width, channels).</summary>
    public void Append(PreparedSample sample, ReadOnlySpan<byte> pixels, int height, int width, int channels)
    {
        _samples.Add((sample with { Encoded = [] }, new(_pixels.Position, checked((ushort)height), checked((ushort)width), (byte)channels)));
        _pixels.Write(pixels);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(pixels, hash);
        var picture = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash) ^ (UInt128)(uint)width;
        if (!_groupOfPicture.TryAdd(picture, sample.Group))
            Join(_groupOfPicture[picture], sample.Group);
    }

    /// <summary>Writes the index; without it the folder is not a data set.</summary>
    public void Finish()
    {
        _pixels.Flush(flushToDisk: true);
        var index = new SampleIndex.Builder();
        var places = new PreparedPlace[_samples.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var (sample, place) = _samples[i];
            places[i] = place;
            index.Add(sample.Key, Root(sample.Group));
            foreach (var (column, value) in sample.Columns)
                index.Set(column, value);
        }
        foreach (var (path, reason) in _problems)
            index.Report(path, reason);
        PreparedStore.WriteIndex(_folder, _name, index.Build(), places);
    }

    public void Dispose() => _pixels.Dispose();

    private void Join(string a, string b)
    {
        (a, b) = (Root(a), Root(b));
        var order = string.CompareOrdinal(a, b);
        if (order != 0)
            _joined[order < 0 ? b : a] = order < 0 ? a : b; // the smaller name stands for both, whatever came first
    }

    private string Root(string group)
    {
        while (_joined.TryGetValue(group, out var next))
            group = next;
        return group;
    }
}
