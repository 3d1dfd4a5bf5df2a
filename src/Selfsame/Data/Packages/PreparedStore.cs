using System.IO.MemoryMappedFiles;
using System.Text;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Packages;

/// <summary>
/// A data set as two files: <c>index.bin</c> (names, metadata, sizes, places) and <c>pixels.bin</c> (decoded pictures, and sound,
/// films and depth maps as files, one after the other; what several samples share is there once). They are mapped into memory, so reading a
/// picture is a copy, and several processes share one page cache.
/// </summary>
internal sealed unsafe class PreparedStore : SampleStore
{
    internal const string IndexFile = "index.bin", PixelFile = "pixels.bin";
    internal const int FormatVersion = 1; // pictures only
    private const int MixedVersion = 2;   // and sound and films
    private const int DepthVersion = 3;   // and depth maps
    private static readonly byte[] s_magic = "SSDATA"u8.ToArray();

    private readonly string _folder;
    private readonly TextColumn _keys;
    private readonly PreparedPlace[] _places;
    private readonly EncodedPlaces[]? _encoded;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _pixels;

    private PreparedStore(string folder, TextColumn keys, PreparedPlace[] places, EncodedPlaces[]? encoded)
    {
        (_folder, _keys, _places, _encoded) = (folder, keys, places, encoded);
        _file = MemoryMappedFile.CreateFromFile(Path.Combine(folder, PixelFile), FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _pixels);
        _pixels += _view.PointerOffset;
    }

    public static DataSet Open(string folder)
    {
        try
        {
            using var reader = new BinaryReader(new BufferedStream(File.OpenRead(Path.Combine(folder, IndexFile)), 1 << 16), Encoding.UTF8);
            var known = reader.ReadBytes(s_magic.Length).AsSpan().SequenceEqual(s_magic);
            var version = known ? reader.ReadInt32() : 0;
            if (version is not (FormatVersion or MixedVersion or DepthVersion))
                throw new FormatException("written by another version");
            var name = reader.ReadString();
            var index = SampleIndex.Read(reader, version > FormatVersion ? count => SampleIndex.ReadStored(reader, count) : null);
            var places = new PreparedPlace[index.Count];
            long end = 0;
            for (var i = 0; i < places.Length; i++)
            {
                places[i] = new(reader.ReadInt64(), reader.ReadUInt16(), reader.ReadUInt16(), reader.ReadByte());
                end = Math.Max(end, places[i].Offset + places[i].Length);
            }
            var encoded = version > FormatVersion ? new EncodedPlaces[index.Count] : null;
            for (var i = 0; i < encoded?.Length; i++)
            {
                encoded[i] = new(BlobPlace.Read(reader), BlobPlace.Read(reader), version == DepthVersion ? BlobPlace.Read(reader) : BlobPlace.None);
                end = Math.Max(end, Math.Max(encoded[i].Audio.End, Math.Max(encoded[i].Video.End, encoded[i].Depth.End)));
            }
            if (new FileInfo(Path.Combine(folder, PixelFile)).Length is var length && length < end)
                throw new FormatException($"{PixelFile} has {length} bytes, the index needs {end}");
            return new(name, index, new PreparedStore(folder, index.Keys, places, encoded));
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            throw new DataSourceException($"prepared data in '{folder}' cannot be opened ({e.Message}); delete that folder and it is made again", e);
        }
    }

    public static void WriteIndex(string folder, string name, SampleIndex index, IReadOnlyList<PreparedPlace> places, IReadOnlyList<EncodedPlaces>? encoded = null) =>
        AtomicFile.Write(Path.Combine(folder, IndexFile), stream =>
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
            writer.Write(s_magic);
            var depth = encoded?.Any(place => place.Depth.Length > 0) ?? false;
            writer.Write(encoded is null ? FormatVersion : depth ? DepthVersion : MixedVersion);
            writer.Write(name);
            index.Write(writer);
            if (encoded is not null)
                index.WriteStored(writer);
            foreach (var place in places)
            {
                writer.Write(place.Offset);
                writer.Write(place.Height);
                writer.Write(place.Width);
                writer.Write(place.Channels);
            }
            foreach (var place in encoded ?? [])
            {
                place.Audio.Write(writer);
                place.Video.Write(writer);
                if (depth)
                    place.Depth.Write(writer);
            }
        });

    public override string Location(int sample, string modality) => $"{_folder}:{_keys[sample]}";

    public override long Size(int sample, string modality) => modality == Modality.Image ? _places[sample].Length : Encoded(sample, modality).Length;

    public override long Identity(int sample, string modality) => modality == Modality.Image ? _places[sample].Offset : Encoded(sample, modality).Offset;

    public override SampleBytes Read(int sample, string modality)
    {
        if (modality != Modality.Image)
        {
            var (offset, length) = Encoded(sample, modality);
            ObjectDisposedException.ThrowIf(_view.SafeMemoryMappedViewHandle.IsClosed, this);
            return new(new(_pixels + offset, length), null);
        }
        var place = _places[sample];
        return new(PngWriter.Encode(Pixels(place), place.Width, place.Height, place.Channels), null);
    }

    public override ReadOnlyMemory<byte>? MappedOf(int sample, string modality)
    {
        if (modality == Modality.Image)
            return null;
        ObjectDisposedException.ThrowIf(_view.SafeMemoryMappedViewHandle.IsClosed, this);
        var (offset, length) = Encoded(sample, modality);
        return new MappedMemory(_pixels + offset, length).Memory;
    }

    public override ImageBuffer ReadImage(int sample, ImageDecodeOptions options)
    {
        var place = _places[sample];
        var shrinks = options.FitWithin > 0 && Math.Max(place.Width, place.Height) > options.FitWithin;
        if (shrinks || options.Alpha)
            return base.ReadImage(sample, options);
        var image = new ImageBuffer(place.Height, place.Width);
        var source = Pixels(place);
        var target = image.Pixels;
        if (place.Channels == 3)
        {
            source.CopyTo(target);
            return image;
        }
        for (var i = 0; i < source.Length; i++)
            target[3 * i] = target[3 * i + 1] = target[3 * i + 2] = source[i];
        return image;
    }

    public override void Dispose()
    {
        if (_view.SafeMemoryMappedViewHandle.IsClosed)
            return;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private BlobPlace Encoded(int sample, string modality) => _encoded is null ? BlobPlace.None : modality switch
    {
        Modality.Audio => _encoded[sample].Audio,
        Modality.Video => _encoded[sample].Video,
        _ => _encoded[sample].Depth,
    };

    private ReadOnlySpan<byte> Pixels(in PreparedPlace place)
    {
        ObjectDisposedException.ThrowIf(_view.SafeMemoryMappedViewHandle.IsClosed, this);
        return new(_pixels + place.Offset, place.Length);
    }
}

/// <summary>Where the pixels of a sample lie in the file, and their shape.</summary>
internal readonly record struct PreparedPlace(long Offset, ushort Height, ushort Width, byte Channels)
{
    public int Length => Height * Width * Channels;
}

/// <summary>Where an encoded file lies; of length 0 where there is none.</summary>
internal readonly record struct BlobPlace(long Offset, int Length)
{
    public static BlobPlace None { get; } = new(-1, 0);

    public long End => Offset + Length;

    public static BlobPlace Read(BinaryReader reader) => new(reader.ReadInt64(), reader.ReadInt32());

    public void Write(BinaryWriter writer)
    {
        writer.Write(Offset);
        writer.Write(Length);
    }
}

/// <summary>Where the encoded sound, film and depth map of a sample lie.</summary>
internal readonly record struct EncodedPlaces(BlobPlace Audio, BlobPlace Video, BlobPlace Depth);
