using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Selfsame.Export.Embeddings;

/// <summary>Rows of an unfinished embedding in a folder beside the output: vectors one after the other, names line by line, and a state that says how much of both is good.</summary>
/// <remarks>The state is replaced at once, after both files reached the disk; what a killed process wrote after it is cut off.</remarks>
internal sealed class EmbeddingStore : IDisposable
{
    private const string StateFile = "state.json";

    private readonly string _folder;
    private readonly FileStream _vectors;
    private readonly FileStream _names;

    private EmbeddingStore(string folder, FileStream vectors, FileStream names, EmbeddingState state) => (_folder, _vectors, _names, State) = (folder, vectors, names, state);

    /// <summary>How much is good.</summary>
    public EmbeddingState State { get; private set; }

    /// <summary>Opens or starts a store.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="request">Everything that decides the rows; another one is refused.</param>
    /// <exception cref="EmbeddingException">The folder holds rows of another request, or is in use.</exception>
    public static EmbeddingStore Open(string folder, string request)
    {
        Directory.CreateDirectory(folder);
        FileStream vectors;
        try
        {
            vectors = new FileStream(Path.Combine(folder, "vectors.bin"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem) when (problem is not DirectoryNotFoundException and not PathTooLongException)
        {
            throw new EmbeddingException($"{folder} is in use by another process, or can't be written: {problem.Message}");
        }

        FileStream? names = null;
        try
        {
            names = new FileStream(Path.Combine(folder, "names.jsonl"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var state = Read(Path.Combine(folder, StateFile)) ?? new EmbeddingState { Request = request };
            if (state.Request != request)
                throw new EmbeddingException($"{folder} holds an unfinished embedding of other weights, data or options. Repeat the command that began it, or delete the folder.");
            vectors.SetLength(state.VectorBytes);
            names.SetLength(state.NameBytes);
            vectors.Seek(0, SeekOrigin.End);
            names.Seek(0, SeekOrigin.End);
            return new EmbeddingStore(folder, vectors, names, state);
        }
        catch
        {
            vectors.Dispose();
            names?.Dispose();
            throw;
        }
    }

    /// <summary>Adds rows.</summary>
    /// <param name="vectors">Little-endian elements.</param>
    /// <param name="names">A name and a part of the data for each row.</param>
    /// <param name="shape">Sizes of a row.</param>
    /// <param name="position">Samples looked at so far.</param>
    public void Add(ReadOnlySpan<byte> vectors, IReadOnlyList<EmbeddingName> names, long[] shape, long position)
    {
        _vectors.Write(vectors);
        foreach (var name in names)
        {
            _names.Write(JsonSerializer.SerializeToUtf8Bytes(name, EmbeddingJson.Default.EmbeddingName));
            _names.WriteByte((byte)'\n');
        }

        State = State with { Position = position, Rows = State.Rows + names.Count, Shape = shape, VectorBytes = _vectors.Position, NameBytes = _names.Position };
    }

    /// <summary>Notes that samples were looked at, none of which could be read.</summary>
    public void Pass(long position) => State = State with { Position = position };

    /// <summary>Makes everything added so far safe.</summary>
    public void Commit()
    {
        _vectors.Flush(flushToDisk: true);
        _names.Flush(flushToDisk: true);
        AtomicFile.Write(Path.Combine(_folder, StateFile), JsonSerializer.Serialize(State, EmbeddingJson.Default.EmbeddingState) + "\n");
    }

    /// <summary>All vectors, from the first byte.</summary>
    public Stream Vectors()
    {
        _vectors.Flush();
        _vectors.Seek(0, SeekOrigin.Begin);
        return _vectors;
    }

    /// <summary>The names, in the order of the rows; read anew each time.</summary>
    public IEnumerable<EmbeddingName> Names()
    {
        _names.Flush();
        _names.Seek(0, SeekOrigin.Begin);
        using var reader = new StreamReader(_names, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16, leaveOpen: true);
        while (reader.ReadLine() is { } line)
            yield return JsonSerializer.Deserialize(line, EmbeddingJson.Default.EmbeddingName)!;
    }

    /// <summary>Removes the folder, after the output was written.</summary>
    public void Delete()
    {
        Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _vectors.Dispose();
        _names.Dispose();
    }

    private static EmbeddingState? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), EmbeddingJson.Default.EmbeddingState);
        }
        catch (JsonException problem)
        {
            throw new EmbeddingException($"{path} is damaged: {problem.Message} Delete its folder to start anew.");
        }
    }
}

/// <summary>Where an unfinished embedding stands.</summary>
internal sealed record EmbeddingState
{
    public required string Request { get; init; }

    public long Position { get; init; }

    public long Rows { get; init; }

    public IReadOnlyList<long> Shape { get; init; } = [];

    public long VectorBytes { get; init; }

    public long NameBytes { get; init; }
}

/// <summary>What a row is.</summary>
/// <param name="Name">Name of the sample within its data set.</param>
/// <param name="Split">Part of the data: train, validation or test.</param>
internal sealed record EmbeddingName(string Name, string Split);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NewLine = "\n")]
[JsonSerializable(typeof(EmbeddingState))]
[JsonSerializable(typeof(EmbeddingName))]
internal sealed partial class EmbeddingJson : JsonSerializerContext;
