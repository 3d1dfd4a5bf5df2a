using System.IO.MemoryMappedFiles;
using System.Text;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Packages;

/// <summary>
/// A data set as two files: <c>index.bin</c> (names, metadata, sizes, places) and <c>pixels.bin</c> (decoded pictures, one after
/// the other). Pixels are mapped into memory, so reading a sample is a copy, and several processes share one page cache.
/// </summary>
internal sealed unsafe class PreparedStore : SampleStore
{
    internal const string IndexFile = "index.bin", PixelFile = "pixels.bin";
    internal const int FormatVersion = 1;
    private static readonly byte[] s_magic = "SSDATA"u8.ToArray();

    private readonly string _folder;
    private readonly TextColumn _keys;
    private readonly PreparedPlace[] _places;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _pixels;

    private PreparedStore(string folder, TextColumn keys, PreparedPlace[] places)
    {
        (_folder, _keys, _places) = (folder, keys, places);
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
            if (!reader.ReadBytes(s_magic.Length).AsSpan().SequenceEqual(s_magic) || reader.ReadInt32() != FormatVersion)
                throw new FormatException("written by another version");
            var name = reader.ReadString();
            var index = SampleIndex.Read(reader);
            var places = new PreparedPlace[index.Count];
            long end = 0;
            for (var i = 0; i < places.Length; i++)
            {
                places[i] = new(reader.ReadInt64(), reader.ReadUInt16(), reader.ReadUInt16(), reader.ReadByte());
                end = Math.Max(end, places[i].Offset + places[i].Length);
            }
            if (new FileInfo(Path.Combine(folder, PixelFile)).Length is var length && length < end)
                throw new FormatException($"{PixelFile} has {length} bytes, the index needs {end}");
            return new(name, index, new PreparedStore(folder, index.Keys, places));
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            throw new DataSourceException($"prepared data in '{folder}' cannot be opened ({e.Message}); delete that folder and it is made again", e);
        }
    }

    public static void WriteIndex(string folder, string name, SampleIndex index, IReadOnlyList<PreparedPlace> places) =>
        AtomicFile.Write(Path.Combine(folder, IndexFile), stream =>
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
            writer.Write(s_magic);
            writer.Write(FormatVersion);
            writer.Write(name);
            index.Write(writer);
            foreach (var place in places)
            {
                writer.Write(place.Offset);
                writer.Write(place.Height);
                writer.Write(place.Width);
                writer.Write(place.Channels);
            }
        });

    public override string Location(int sample) => $"{_folder}:{_keys[sample]}";

    public override SampleBytes Read(int sample)
    {
        var place = _places[sample];
        return new(PngWriter.Encode(Pixels(place), place.Width, place.Height, place.Channels), null);
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
