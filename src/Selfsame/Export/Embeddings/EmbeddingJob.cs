using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Evaluation;
using Selfsame.Objectives;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Export.Embeddings;

/// <summary>Turns the samples of a data set into vectors in a file. Memory does not grow with the samples, and a start after a stop at any instant goes on.</summary>
/// <remarks>Batches begin at the same samples in every session, so that an interrupted embedding ends, on a CPU, with the same bytes as one that was not.</remarks>
public static class EmbeddingJob
{
    private static readonly TimeSpan CommitInterval = TimeSpan.FromSeconds(2);

    /// <summary>Embeds samples.</summary>
    /// <param name="encoder">Makes the features.</param>
    /// <param name="data">Where samples come from.</param>
    /// <param name="samples">Which, in this order; one that can't be read is left out and listed.</param>
    /// <param name="request">What is written.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellation">Stops between batches; the same call goes on.</param>
    /// <exception cref="EmbeddingException">The output is there already, its format is not known, or an unfinished embedding of another request lies beside it.</exception>
    /// <exception cref="DataSourceException">No sample could be read.</exception>
    public static EmbeddingResult Run(FrozenEncoder encoder, DataSet data, int[] samples, EmbeddingRequest request, Action<EmbeddingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Batch, 1, nameof(request));
        var format = EmbeddingFormat.For(request.Output);
        if (request.PerToken && !format.TakesTokens)
            throw new EmbeddingException($"{request.Output} holds one vector a line and no tokens; write npy, npz, jsonl or safetensors");
        if (!request.Overwrite && File.Exists(request.Output))
            throw new EmbeddingException($"{request.Output} is there already; give another name, or --overwrite");
        if (samples.Length == 0)
            throw new DataSourceException($"{data.Name} has no sample in the part asked for");
        var vectors = Vectors(encoder, request);
        using var quarantine = new Quarantine(request.Output + ".quarantine.jsonl", maxBad: 1);
        quarantine.CountIndex(data);
        using var store = EmbeddingStore.Open(request.Output + ".unfinished", Identity(encoder, data, samples, request));
        var resumed = store.State.Position;
        Fill(encoder, data, samples, request, vectors, store, quarantine, progress, cancellation);
        if (store.State.Rows == 0)
            throw new DataSourceException($"none of the {samples.Length} samples of '{data.Name}' could be read; {request.Output}.quarantine.jsonl says why");
        var skipped = (int)(store.State.Position - store.State.Rows) + data.Problems.Count;
        var names = format.Write(request.Output, store, request.DType, Metadata(encoder, request));
        var result = new EmbeddingResult(request.Output, store.State.Rows, store.State.Shape, skipped, resumed, names, skipped > 0 ? request.Output + ".quarantine.jsonl" : null);
        store.Delete();
        return result;
    }

    private static void Fill(
        FrozenEncoder encoder, DataSet data, int[] samples, EmbeddingRequest request, Func<Batch, Tensor> vectors, EmbeddingStore store, Quarantine quarantine, Action<EmbeddingProgress>? progress, CancellationToken cancellation)
    {
        if (store.State.Position >= samples.Length)
            return;
        var settings = new BatchLoaderSettings { BatchSize = request.Batch, Sequential = true, Start = store.State.Position, Workers = request.Workers };
        using var loader = new BatchLoader(data, samples, encoder.Transform, settings, quarantine);
        using var lanes = new BatchLanes(host => Rows(encoder, host, vectors, request.DType), TorchRuntime.Threads);
        var committed = Stopwatch.GetTimestamp();
        var more = true;
        try
        {
            while (true)
            {
                while (more && lanes.Wants)
                    more = Begin(loader, lanes, cancellation);

                if (lanes.Take() is not var (host, rows))
                    break;
                using (host)
                using (rows)
                    store.Add(rows.ByteSpan(), Names(data, host), rows.Shape[1..], host.NextPosition);
                if (Stopwatch.GetElapsedTime(committed) > CommitInterval)
                {
                    store.Commit();
                    committed = Stopwatch.GetTimestamp();
                }

                progress?.Invoke(new EmbeddingProgress(store.State.Position, samples.Length, quarantine.Bad));
            }

            cancellation.ThrowIfCancellationRequested();
            store.Pass(samples.Length);
        }
        finally
        {
            store.Commit();
        }
    }

    // False at the end of the samples, or where the run was stopped: what was begun is still kept.
    private static bool Begin(BatchLoader loader, BatchLanes lanes, CancellationToken cancellation)
    {
        try
        {
            cancellation.ThrowIfCancellationRequested();
            if (loader.Next(cancellation) is not { } batch)
                return false;
            lanes.Add(batch);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static Tensor Rows(FrozenEncoder encoder, HostBatch host, Func<Batch, Tensor> vectors, DType type)
    {
        using var precision = encoder.Precision.Enter();
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        return Scope.Release(vectors(encoder.Shape.Batch(host)).To(type).Contiguous());
    }

    private static EmbeddingName[] Names(DataSet data, HostBatch host)
    {
        var names = new EmbeddingName[host.Count];
        for (var k = 0; k < names.Length; k++)
            names[k] = new EmbeddingName(data.Key(host.Indices[k]), data.SplitOf(host.Indices[k]).ToString().ToLowerInvariant());
        return names;
    }

    private static Func<Batch, Tensor> Vectors(FrozenEncoder encoder, EmbeddingRequest request)
    {
        var extractor = encoder.Extractor(request.Averaged);
        IReadOnlyList<int> layers = request.Layers.Count > 0 ? request.Layers : encoder.Features.Layers;
        if (layers.Count == 0)
            layers = [extractor.Layers];
        if (layers.FirstOrDefault(layer => layer < 1 || layer > extractor.Layers, 1) is var wrong && (wrong < 1 || wrong > extractor.Layers))
            throw new EmbeddingException($"--layer is {wrong}; the encoder has blocks 1 to {extractor.Layers}");
        if (!request.PerToken)
            return FeatureReader.Pooled(extractor, layers, request.Pooling ?? encoder.Features.Pooling);
        return batch =>
        {
            var tokens = extractor.Extract(batch, layers.Max());
            var parts = layers.Select(layer => tokens[layer - 1].To(DType.Float32)).ToArray();
            return parts.Length == 1 ? parts[0] : Ops.Cat(parts, 2);
        };
    }

    private static Dictionary<string, string> Metadata(FrozenEncoder encoder, EmbeddingRequest request) => new()
    {
        ["format"] = "selfsame-embeddings/1",
        ["encoder_sha256"] = encoder.Identity,
        ["layers"] = string.Join(',', request.Layers.Count > 0 ? request.Layers : encoder.Features.Layers),
        ["pooling"] = request.PerToken ? "none" : (request.Pooling ?? encoder.Features.Pooling).ToString(),
    };

    // Everything that decides the bytes of the rows.
    private static string Identity(FrozenEncoder encoder, DataSet data, int[] samples, EmbeddingRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData("\n"u8);
        }

        Add(encoder.Identity);
        Add(FormattableString.Invariant($"{string.Join(',', request.Layers)} {request.Pooling} {request.PerToken} {request.Batch} {request.Averaged} {request.DType} {encoder.Shape} {encoder.Precision.Low}"));
        foreach (var sample in samples)
            Add(data.Key(sample));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
