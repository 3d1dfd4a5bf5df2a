using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Selfsame.Torch.Safetensors;

/// <summary>Writes a safetensors file in one pass: declare all tensors, then hand over their bytes in the order of <see cref="Entries"/>.</summary>
/// <remarks>
/// The same tensors and metadata give the same bytes, whatever order they are declared in: tensors are sorted as the
/// reference implementation sorts them, metadata by key. Without <see cref="Finish"/> no file is left behind.
/// </remarks>
public sealed class SafetensorsWriter : IDisposable
{
    private readonly string _path;
    private readonly string _writtenTo;
    private readonly bool _atomic;
    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly TensorEntry[] _entries;
    private int _current;
    private long _remaining;
    private State _state;

    private SafetensorsWriter(string path, TensorEntry[] entries, byte[] header, bool atomic)
    {
        (_path, _entries, _atomic) = (path, entries, atomic);
        // A fixed name: what a killed run left aside is overwritten by the next one instead of piling up.
        _writtenTo = atomic ? path + ".partial" : path;
        _stream = new FileStream(_writtenTo, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        _current = -1;
        try
        {
            Span<byte> length = stackalloc byte[SafetensorsFormat.LengthBytes];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            Append(length);
            Append(header);
            Advance();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private enum State
    {
        Open,
        Finished,
        Disposed,
    }

    /// <summary>All tensors in the order in which their bytes are expected. Those without elements may be left out.</summary>
    public IReadOnlyList<TensorEntry> Entries => _entries;

    /// <summary>Starts a file.</summary>
    /// <param name="path">The file; its folder must exist. An existing file is replaced.</param>
    /// <param name="tensors">Name, element type and sizes of every tensor, in any order.</param>
    /// <param name="metadata">Texts to store beside the tensors.</param>
    /// <param name="atomic">Write beside the file, flush to disk and rename, so that at any instant the path has either the old or the new file.</param>
    /// <exception cref="SafetensorsException">A name is used twice, reserved or not valid Unicode; a type is not supported (8-bit floats among them); a size is negative or too large.</exception>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static SafetensorsWriter Create(
        string path, IEnumerable<(string Name, DType DType, long[] Shape)> tensors, IReadOnlyDictionary<string, string>? metadata = null, bool atomic = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        var entries = HeaderText.Lay(path, tensors);
        return new SafetensorsWriter(path, entries, HeaderText.Write(path, entries, metadata), atomic);
    }

    /// <summary>Writes a whole file.</summary>
    /// <param name="path">The file; its folder must exist. An existing file is replaced.</param>
    /// <param name="tensors">Name, element type, sizes and little-endian bytes of every tensor, in any order.</param>
    /// <param name="metadata">Texts to store beside the tensors.</param>
    /// <param name="atomic">As in <see cref="Create"/>.</param>
    /// <returns>SHA-256 of the file, 64 lower-case hexadecimal digits.</returns>
    /// <exception cref="SafetensorsException">As in <see cref="Create"/>; or a tensor's bytes do not match its shape.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static string Write(
        string path,
        IEnumerable<(string Name, DType DType, long[] Shape, ReadOnlyMemory<byte> Data)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        bool atomic = true)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var all = tensors.ToArray();
        using var writer = Create(path, all.Select(tensor => (tensor.Name, tensor.DType, tensor.Shape)), metadata, atomic);
        var data = all.ToDictionary(tensor => tensor.Name, tensor => tensor.Data, StringComparer.Ordinal);
        foreach (var entry in writer._entries)
            writer.Write(entry.Name, data[entry.Name].Span);
        return writer.Finish();
    }

    /// <summary>Adds bytes to a tensor. A large one may come in several parts.</summary>
    /// <param name="name">The tensor whose turn it is.</param>
    /// <param name="part">Little-endian elements, the last dimension fastest.</param>
    /// <exception cref="SafetensorsException">It is another tensor's turn, or the tensor has fewer bytes left.</exception>
    public void Write(string name, ReadOnlySpan<byte> part)
    {
        ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
        if (part.IsEmpty && IsDeclaredEmpty(name))
            return;
        if (_current >= _entries.Length || _state == State.Finished)
            throw new SafetensorsException(_path, name, $"{part.Length} bytes", "nothing: every tensor is complete");
        var due = _entries[_current];
        if (due.Name != name)
            throw new SafetensorsException(_path, name, "bytes out of turn", $"{_remaining} bytes of tensor '{due.Name}'");
        if (part.Length > _remaining)
            throw new SafetensorsException(_path, name, $"{part.Length} bytes", $"{_remaining}, to complete {due}");
        Append(part);
        _remaining -= part.Length;
        if (_remaining == 0)
            Advance();
        else if (part.IsEmpty)
            throw new SafetensorsException(_path, name, "0 bytes", $"{_remaining}, to complete {due}");
    }

    /// <summary>Completes the file: flushes it to disk and, when atomic, moves it to its place.</summary>
    /// <returns>SHA-256 of the file, 64 lower-case hexadecimal digits.</returns>
    /// <exception cref="SafetensorsException">A tensor lacks bytes.</exception>
    public string Finish()
    {
        ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
        if (_state == State.Finished)
            throw new InvalidOperationException($"{_path}: the file is already finished");
        if (_current < _entries.Length)
            throw new SafetensorsException(_path, _entries[_current].Name, $"{_entries[_current].ByteLength - _remaining} bytes", $"{_entries[_current].ByteLength} before the file is finished");
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        if (_atomic)
        {
            File.Move(_writtenTo, _path, overwrite: true);
            FolderSync.Flush(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        }
        _state = State.Finished;
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    /// <summary>Closes the file; deletes it when it was not finished.</summary>
    public void Dispose()
    {
        if (_state == State.Disposed)
            return;
        if (_state == State.Open)
        {
            _stream.Dispose();
            File.Delete(_writtenTo);
        }
        _hash.Dispose();
        _state = State.Disposed;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        _hash.AppendData(bytes);
    }

    private void Advance()
    {
        do
            _current++;
        while (_current < _entries.Length && _entries[_current].ByteLength == 0);
        _remaining = _current < _entries.Length ? _entries[_current].ByteLength : 0;
    }

    private bool IsDeclaredEmpty(string name) => Array.Exists(_entries, entry => entry.Name == name && entry.ByteLength == 0);
}
