using System.Globalization;
using System.Security.Cryptography;
using Selfsame.Modalities.Audio;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Packages;

/// <summary>A sample on its way into a prepared data set.</summary>
/// <param name="Key">Names it within the data set.</param>
/// <param name="Group">Shared with the samples that show the same thing.</param>
/// <param name="Encoded">The picture as a file; empty where it has none. The same array for several samples is decoded and kept once.</param>
/// <param name="Columns">Metadata; a column <c>text</c> or <c>caption</c> is its text.</param>
internal sealed record PreparedSample(string Key, string Group, byte[] Encoded, params (string Column, string Value)[] Columns)
{
    /// <summary>Sound as a file; null for none. The same array for several samples is kept once.</summary>
    public byte[]? Audio { get; init; }

    /// <summary>A film as a file; null for none. The same array for several samples is kept once.</summary>
    public byte[]? Video { get; init; }

    /// <summary>A depth map as a file; null for none. The same array for several samples is kept once.</summary>
    public byte[]? Depth { get; init; }

    /// <summary>The part it belongs to; null: decided by the hash of its group.</summary>
    public DataSplit? Split { get; init; }

    /// <summary>What of it is kept as files.</summary>
    public ModalitySet Files => (Audio is null ? new() : ModalitySet.Of(Modality.Audio)) | (Video is null ? new() : ModalitySet.Of(Modality.Video))
        | (Depth is null ? new() : ModalitySet.Of(Modality.Depth));
}

/// <summary>
/// Decodes pictures on all cores, writes them and what else there is one after the other, and joins the groups of identical content:
/// the flags of Norway and Bouvet Island are one picture, so they must not stand on both sides of a split.
/// </summary>
internal sealed class PreparedWriter : IDisposable
{
    private const int Chunk = 256;

    private readonly string _folder, _name;
    private readonly ImageDecodeOptions _decode;
    private readonly FileStream _file;
    private readonly List<(PreparedSample Sample, PreparedPlace Picture, EncodedPlaces Encoded, ModalitySet Stored)> _samples = [];
    private readonly List<SampleProblem> _problems = [];
    private readonly Dictionary<byte[], PreparedPlace?> _pictures = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<byte[], BlobPlace> _blobs = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<byte[], double> _seconds = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<UInt128, string> _groupOfContent = [];
    private readonly Dictionary<string, string> _joined = new(StringComparer.Ordinal);

    public PreparedWriter(string folder, string name, ImageDecodeOptions decode)
    {
        (_folder, _name, _decode) = (folder, name, decode);
        _file = new(Path.Combine(folder, PreparedStore.PixelFile), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
    }

    /// <summary>
    /// Adds samples, in order. A picture that cannot be decoded is noted as a problem; its sample stays where it has something else.
    /// </summary>
    public void Add(IReadOnlyList<PreparedSample> samples, Action<double> progress, CancellationToken cancel)
    {
        for (var start = 0; start < samples.Count; start += Chunk)
        {
            cancel.ThrowIfCancellationRequested();
            var count = Math.Min(Chunk, samples.Count - start);
            Decode(samples, start, count, cancel);
            for (var i = start; i < start + count; i++)
                AddOne(samples[i]);
            progress((double)(start + count) / samples.Count);
        }
    }

    /// <summary>Adds a picture that is decoded already, (height, width, channels).</summary>
    public void Append(PreparedSample sample, ReadOnlySpan<byte> pixels, int height, int width, int channels) =>
        Keep(sample, Write(pixels, height, width, channels, sample.Group), ModalitySet.Images | sample.Files);

    /// <summary>Notes what could not become a sample.</summary>
    public void Report(string path, string reason) => _problems.Add(new(path, reason));

    /// <summary>Writes the index; without it the folder is not a data set.</summary>
    public void Finish()
    {
        if (_file.Position == 0)
            _file.WriteByte(0); // text alone: an empty file can't be mapped
        _file.Flush(flushToDisk: true);
        var index = new SampleIndex.Builder();
        foreach (var (sample, _, _, stored) in _samples)
        {
            index.Add(sample.Key, Root(sample.Group), sample.Split, stored);
            foreach (var (column, value) in sample.Columns)
                index.Set(column, value);
        }
        foreach (var (path, reason) in _problems)
            index.Report(path, reason);
        var picturesOnly = _samples.TrueForAll(entry => entry.Stored == ModalitySet.Images);
        PreparedStore.WriteIndex(_folder, _name, index.Build(), _samples.ConvertAll(entry => entry.Picture), picturesOnly ? null : _samples.ConvertAll(entry => entry.Encoded));
    }

    public void Dispose() => _file.Dispose();

    // Decodes what is new among some samples, side by side, and writes it in their order.
    private void Decode(IReadOnlyList<PreparedSample> samples, int start, int count, CancellationToken cancel)
    {
        var fresh = new List<PreparedSample>();
        for (var i = start; i < start + count; i++)
            if (samples[i].Encoded.Length > 0 && _pictures.TryAdd(samples[i].Encoded, null))
                fresh.Add(samples[i]);
        var images = new ImageBuffer?[fresh.Count];
        var failures = new string?[fresh.Count];
        Parallel.For(0, fresh.Count, new ParallelOptions { CancellationToken = cancel }, i =>
        {
            try
            {
                images[i] = MediaDecoder.DecodeImage(fresh[i].Encoded, _decode);
            }
            catch (MediaException e)
            {
                failures[i] = e.Message;
            }
        });
        for (var i = 0; i < fresh.Count; i++)
        {
            using var image = images[i];
            if (image is null)
                _problems.Add(new(fresh[i].Key, failures[i]!));
            else
                _pictures[fresh[i].Encoded] = Write(image.Pixels, image.Height, image.Width, image.Channels, fresh[i].Group);
        }
    }

    private void AddOne(PreparedSample sample)
    {
        sample = Timed(sample);
        var picture = sample.Encoded.Length > 0 ? _pictures[sample.Encoded] : null;
        var stored = (picture is null ? new() : ModalitySet.Images) | sample.Files;
        // Without its picture, text alone would be a sample of another kind than its neighbours.
        if (!stored.IsEmpty || sample.Encoded.Length == 0)
            Keep(sample, picture ?? default, stored);
    }

    // Sounds say how long they last, so that batches can be put together without opening them; what is no sound is left out.
    private PreparedSample Timed(PreparedSample sample)
    {
        if (sample.Audio is not { } sound)
            return sample;
        try
        {
            if (!_seconds.TryGetValue(sound, out var seconds))
                _seconds.Add(sound, seconds = AudioFile.Probe(sound).Duration.TotalSeconds);
            return sample with { Columns = [.. sample.Columns, ("seconds", seconds.ToString("0.###", CultureInfo.InvariantCulture))] };
        }
        catch (MediaException e)
        {
            _problems.Add(new($"{sample.Key} (audio)", e.Message));
            return sample with { Audio = null };
        }
    }

    private void Keep(PreparedSample sample, PreparedPlace picture, ModalitySet stored)
    {
        var encoded = new EncodedPlaces(Blob(sample.Audio, sample.Group), Blob(sample.Video, sample.Group), Blob(sample.Depth, sample.Group));
        _samples.Add((sample with { Encoded = [], Audio = null, Video = null, Depth = null }, picture, encoded, stored));
    }

    private PreparedPlace Write(ReadOnlySpan<byte> pixels, int height, int width, int channels, string group)
    {
        var place = new PreparedPlace(_file.Position, checked((ushort)height), checked((ushort)width), (byte)channels);
        _file.Write(pixels);
        JoinSame(pixels, (UInt128)(uint)width, group);
        return place;
    }

    private BlobPlace Blob(byte[]? content, string group)
    {
        if (content is null)
            return BlobPlace.None;
        if (_blobs.TryGetValue(content, out var known))
            return known;
        var place = new BlobPlace(_file.Position, content.Length);
        _blobs.Add(content, place);
        _file.Write(content);
        JoinSame(content, UInt128.MaxValue, group);
        return place;
    }

    private void JoinSame(ReadOnlySpan<byte> content, UInt128 salt, string group)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        var id = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash) ^ salt;
        if (!_groupOfContent.TryAdd(id, group))
            Join(_groupOfContent[id], group);
    }

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
