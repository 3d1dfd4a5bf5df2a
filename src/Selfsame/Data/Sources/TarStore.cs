using Microsoft.Win32.SafeHandles;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Sources;

/// <summary>Where one modality of a sample lies.</summary>
/// <param name="Shard">Which file.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct TarPlace(int Shard, long Offset, int Length);

/// <summary>Files inside tar files, read at their offsets; a shard is opened on first use and stays open.</summary>
internal sealed class TarStore : SampleStore
{
    private readonly string[] _shards;
    private readonly TextColumn _keys;
    private readonly TarPlace[][] _places; // by sample and modality
    private readonly Lazy<SafeFileHandle>[] _handles;

    public TarStore(string[] shards, TextColumn keys, List<TarPlace[]> places)
    {
        (_shards, _keys, _places) = (shards, keys, [.. places]);
        _handles = new Lazy<SafeFileHandle>[shards.Length];
        for (var i = 0; i < shards.Length; i++)
        {
            var path = shards[i];
            _handles[i] = new(() => File.OpenHandle(path), LazyThreadSafetyMode.PublicationOnly);
        }
    }

    public override string Location(int sample, string modality) => $"{_shards[_places[sample].Max(place => place.Shard)]}:{_keys[sample]}";

    public override long Size(int sample, string modality) => _places[sample][Modality.IndexOf(modality)].Length;

    // A shard holds every sample once.
    public override long Identity(int sample, string modality) => sample;

    public override SampleBytes Read(int sample, string modality)
    {
        var (shard, offset, length) = _places[sample][Modality.IndexOf(modality)];
        if (length == 0)
            throw new MediaException(MediaError.Corrupt, "the file is empty");
        var bytes = FileStore.Fill(_handles[shard].Value, offset, length);
        if (bytes.Span.Length == length)
            return bytes;
        bytes.Dispose();
        throw new MediaException(MediaError.Corrupt, "the shard ends inside this sample");
    }

    public override void Dispose()
    {
        foreach (var handle in _handles)
            if (handle.IsValueCreated)
                handle.Value.Dispose();
    }
}
