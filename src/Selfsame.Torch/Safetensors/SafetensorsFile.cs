using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.MemoryMappedFiles;

namespace Selfsame.Torch.Safetensors;

/// <summary>A safetensors file, memory-mapped and fully checked before anything of it is handed out.</summary>
/// <remarks>
/// Safe for readers on several threads. Spans and addresses are valid until <see cref="Dispose"/>. A file must not be
/// shortened while it is open: replace it by renaming, as <see cref="SafetensorsWriter"/> does.
/// </remarks>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafetensorsHeader _header;
    private readonly byte* _data;
    private int _disposed;

    private SafetensorsFile(string path, MemoryMappedFile mapping, MemoryMappedViewAccessor view, SafetensorsHeader header, byte* data)
    {
        (Path, _mapping, _view, _header) = (path, mapping, view, header);
        _data = data;
    }

    /// <summary>The file, as it was given to <see cref="Open"/>.</summary>
    public string Path { get; }

    /// <summary>The file's own key-value texts; empty when it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>All tensors, in the order of their bytes.</summary>
    public IReadOnlyList<TensorEntry> Entries => _header.Entries;

    /// <summary>Maps a file and checks its header, and that its tensors tile the rest of it exactly.</summary>
    /// <exception cref="SafetensorsException">The file is malformed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        var (headerLength, fileLength) = CheckLength(path, stream);

        MemoryMappedFile? mapping = null;
        MemoryMappedViewAccessor? view = null;
        byte* start = null;
        try
        {
            mapping = MemoryMappedFile.CreateFromFile(stream, null, fileLength, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            view = mapping.CreateViewAccessor(0, fileLength, MemoryMappedFileAccess.Read);
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            var json = start + view.PointerOffset + SafetensorsFormat.LengthBytes;
            var header = SafetensorsHeader.Parse(path, new ReadOnlySpan<byte>(json, headerLength), fileLength - SafetensorsFormat.LengthBytes - headerLength);
            return new SafetensorsFile(path, mapping, view, header, json + headerLength);
        }
        catch
        {
            if (start is not null)
                view!.SafeMemoryMappedViewHandle.ReleasePointer();
            view?.Dispose();
            mapping?.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out TensorEntry? entry) => _header.ByName.TryGetValue(name, out entry);

    /// <summary>Finds a tensor that must be there.</summary>
    /// <exception cref="SafetensorsException">The file has no tensor of that name.</exception>
    public TensorEntry Entry(string name) => TryGet(name, out var entry)
        ? entry
        : throw new SafetensorsException(Path, name, "no tensor of this name", $"one of the file's {Entries.Count}");

    /// <summary>The bytes of a tensor, in place, little-endian, the last dimension fastest.</summary>
    /// <exception cref="SafetensorsException">No such tensor, or it is longer than a span can be (2 GiB); take its <see cref="Address"/> then.</exception>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var entry = Entry(name);
        if (entry.ByteLength > int.MaxValue)
            throw new SafetensorsException(Path, name, $"{entry.ByteLength} bytes", "at most 2147483647 for a span; use the address instead");
        return new ReadOnlySpan<byte>(_data + entry.Begin, (int)entry.ByteLength);
    }

    /// <summary>True when the first element lies at a multiple of its size. Files by old writers can have tensors for which it does not.</summary>
    /// <exception cref="SafetensorsException">No such tensor.</exception>
    public bool IsAligned(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var entry = Entry(name);
        return (nint)(_data + entry.Begin) % entry.DType.Size() == 0;
    }

    /// <summary>Where a tensor's first element lies, for views without a copy. Read only: writing there ends the process.</summary>
    /// <exception cref="SafetensorsException">No such tensor, or not aligned to its element size (see <see cref="IsAligned"/>); read a copy then.</exception>
    public nint Address(string name)
    {
        if (!IsAligned(name))
            throw new SafetensorsException(Path, name, "data that is not aligned to its element size", "aligned data; read a copy of this tensor, or write the file anew");
        return (nint)(_data + Entry(name).Begin);
    }

    /// <summary>A copy of a floating-point tensor; 64-bit values are rounded.</summary>
    /// <exception cref="SafetensorsException">No such tensor, or its elements are not floating-point.</exception>
    public float[] ReadFloats(string name)
    {
        var entry = Entry(name);
        if (!entry.DType.IsFloatingPoint())
            throw new SafetensorsException(Path, name, SafetensorsFormat.NameOf(entry.DType)!, "F16, BF16, F32 or F64");
        var bytes = Bytes(name);
        var values = new float[entry.ElementCount];
        Elements.Widen(entry.DType, bytes, values);
        return values;
    }

    /// <summary>A copy of a tensor of any type. 64-bit integers beyond 2^53 are rounded.</summary>
    /// <exception cref="SafetensorsException">No such tensor, or a boolean that is neither 0 nor 1.</exception>
    public double[] ReadDoubles(string name)
    {
        var entry = Entry(name);
        if (!entry.DType.IsFloatingPoint())
            return Array.ConvertAll(ReadIntegers(name), static value => (double)value);
        var bytes = Bytes(name);
        var values = new double[entry.ElementCount];
        Elements.Widen(entry.DType, bytes, values);
        return values;
    }

    /// <summary>A copy of an integer or boolean tensor; true is 1.</summary>
    /// <exception cref="SafetensorsException">No such tensor, its elements are floating-point, or a boolean is neither 0 nor 1.</exception>
    public long[] ReadIntegers(string name)
    {
        var entry = Entry(name);
        if (entry.DType.IsFloatingPoint())
            throw new SafetensorsException(Path, name, SafetensorsFormat.NameOf(entry.DType)!, "BOOL, U8, I8, I16, I32 or I64");
        var bytes = Bytes(name);
        if (entry.DType == DType.Bool && bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var at)
            throw new SafetensorsException(Path, name, $"{bytes[at]} at element {at}", "0 or 1 in a BOOL tensor");
        var values = new long[entry.ElementCount];
        Elements.Widen(entry.DType, bytes, values);
        return values;
    }

    /// <summary>A copy of a boolean tensor.</summary>
    /// <exception cref="SafetensorsException">No such tensor, it is not boolean, or an element is neither 0 nor 1.</exception>
    public bool[] ReadBooleans(string name)
    {
        var entry = Entry(name);
        if (entry.DType != DType.Bool)
            throw new SafetensorsException(Path, name, SafetensorsFormat.NameOf(entry.DType)!, "BOOL");
        return Array.ConvertAll(ReadIntegers(name), static value => value != 0);
    }

    /// <summary>Unmaps the file; spans and addresses of it are void from here on.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _mapping.Dispose();
    }

    private static (int HeaderLength, long FileLength) CheckLength(string path, FileStream stream)
    {
        var fileLength = stream.Length;
        if (fileLength < SafetensorsFormat.LengthBytes)
            throw new SafetensorsException(path, null, $"{fileLength} bytes", "at least 8, for the header's length");
        Span<byte> prefix = stackalloc byte[SafetensorsFormat.LengthBytes];
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length is < 2 or > SafetensorsFormat.MaxHeaderBytes)
            throw new SafetensorsException(path, null, $"a header of {length} bytes", "2 to 100000000 bytes");
        if ((long)length > fileLength - SafetensorsFormat.LengthBytes)
            throw new SafetensorsException(path, null, $"a header of {length} bytes", $"at most the {fileLength - SafetensorsFormat.LengthBytes} bytes that follow its length");
        return ((int)length, fileLength);
    }
}
