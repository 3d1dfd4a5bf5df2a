using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Evaluation;

/// <summary>Vectors of many samples, with the sample each row belongs to.</summary>
/// <param name="Values">(N, D), float32, on the host.</param>
/// <param name="Indices">Index in the data set of each row.</param>
public sealed record FeatureTable(Tensor Values, int[] Indices) : IDisposable
{
    /// <summary>Frees the vectors.</summary>
    public void Dispose() => Values.Dispose();
}

/// <summary>Reads samples in order and turns them into vectors.</summary>
/// <param name="data">Where samples come from.</param>
/// <param name="inputs">What is done to each; nothing random.</param>
/// <param name="batch">Samples at a time; 0 for as many as keep memory small, up to 256.</param>
/// <param name="workers">Threads that decode; 0 for one a core.</param>
public sealed class FeatureReader(DataSet data, SampleInputs inputs, int batch = 0, int workers = 0)
{
    // A batch's numbers; a network's activations are some hundred times that.
    private const long BatchFloats = 1 << 21;
    private const int LeastBatch = 8, MostBatch = 256;

    /// <summary>Reads pictures alone.</summary>
    /// <param name="data">Where samples come from.</param>
    /// <param name="transform">What is done to each.</param>
    /// <param name="shape">What the transform puts out.</param>
    /// <param name="batch">Samples at a time; 0 for as many as keep memory small, up to 256.</param>
    /// <param name="workers">Threads that decode; 0 for one a core.</param>
    public FeatureReader(DataSet data, ISampleTransform transform, BatchShape shape, int batch = 0, int workers = 0)
        : this(data, SampleInputs.OfPictures(transform, shape), batch, workers)
    {
    }

    /// <summary>Seed of a transform that draws. Default 0.</summary>
    public ulong Seed { get; init; }

    private int BatchSize => batch > 0 ? batch : (int)Math.Clamp(BatchFloats / Math.Max(1, inputs.FloatsPerSample), LeastBatch, MostBatch);

    /// <summary>Vectors of some samples.</summary>
    /// <param name="samples">Which, in this order; samples that can't be read are left out.</param>
    /// <param name="vectors">Turns a batch into (B, D).</param>
    /// <param name="cancellation">Stops between batches.</param>
    public FeatureTable Read(int[] samples, Func<Batch, Tensor> vectors, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(vectors);
        var indices = new List<int>(samples.Length);
        Tensor? all = null;
        using var loader = new BatchLoader(data, samples, inputs.Fields, new BatchLoaderSettings { BatchSize = Math.Min(BatchSize, samples.Length), Sequential = true, Workers = workers, Seed = Seed });
        while (loader.Next(cancellation) is { } host)
        {
            using (host)
            {
                if (host.Count == 0)
                    continue;
                using var scope = Scope.Enter();
                using var guard = GradMode.Off();
                var rows = vectors(inputs.Batch(host));
                all ??= Scope.Release(Ops.Empty([samples.Length, rows.Size(1)]));
                all.Narrow(0, indices.Count, host.Count).CopyFrom(rows);
                foreach (var index in host.Indices)
                    indices.Add(index);
            }
        }

        if (all is null)
            throw new DataSourceException("none of the samples to evaluate could be read");
        if (indices.Count == samples.Length)
            return new FeatureTable(all, [.. indices]);
        using (all)
            return new FeatureTable(Scope.Release(all.Narrow(0, 0, indices.Count).Clone()), [.. indices]);
    }

    /// <summary>Puts the chosen layers' pooled tokens side by side.</summary>
    /// <param name="extractor">The model.</param>
    /// <param name="layers">Blocks from 1; empty takes the last.</param>
    /// <param name="pooling">How tokens become one vector.</param>
    /// <returns>A function of a batch, for <see cref="Read"/>.</returns>
    public static Func<Batch, Tensor> Pooled(IFeatureExtractor extractor, IReadOnlyList<int> layers, Pooling pooling)
    {
        ArgumentNullException.ThrowIfNull(extractor);
        ArgumentNullException.ThrowIfNull(layers);
        int[] wanted = layers.Count == 0 ? [extractor.Layers] : [.. layers];
        if (wanted.FirstOrDefault(layer => layer > extractor.Layers) is > 0 and var beyond)
            throw new ArgumentException($"evaluate.features.layers has {beyond}; the encoder has {extractor.Layers} blocks", nameof(layers));
        if (extractor.Prefix > 0 && pooling is (Pooling.Auto or Pooling.ClassToken) && wanted is [var only] && only == extractor.Layers)
            return batch => Pool(extractor.PrefixTokens(batch).To(DType.Float32), extractor, Pooling.ClassToken);
        return batch =>
        {
            var tokens = extractor.Tokens(batch, wanted.Max());
            var parts = Array.ConvertAll(wanted, layer => Pool(tokens.Layers[layer - 1].To(DType.Float32), extractor, pooling, tokens.Mask));
            return parts.Length == 1 ? parts[0] : Ops.Cat(parts, 1);
        };
    }

    /// <summary>Tokens of one layer to one vector a sample.</summary>
    /// <param name="tokens">(B, prefix + N, D).</param>
    /// <param name="extractor">Knows prefix and grid.</param>
    /// <param name="pooling">How.</param>
    /// <param name="mask">Which tokens are real, (B, prefix + N), bool; null where all are. Only these are pooled.</param>
    public static Tensor Pool(Tensor tokens, IFeatureExtractor extractor, Pooling pooling, Tensor? mask = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(extractor);
        if (pooling == Pooling.Auto)
            pooling = extractor.Prefix > 0 ? Pooling.ClassToken : Pooling.Mean;
        if (pooling == Pooling.ClassToken)
            return extractor.Prefix > 0 ? tokens.Select(1, 0) : throw new ArgumentException("evaluate.features.pooling is class_token; the encoder has no class token. Use mean.", nameof(pooling));
        var grid = tokens.Narrow(1, extractor.Prefix, tokens.Size(1) - extractor.Prefix);
        var real = mask?.Narrow(1, extractor.Prefix, mask.Size(1) - extractor.Prefix);
        if (pooling is Pooling.Quarters or Pooling.Sixteenths && extractor.Grid.Rows == 0)
            throw new ArgumentException($"evaluate.features.pooling is {pooling}; the tokens of this model are no grid. Use mean or max.", nameof(pooling));
        return pooling switch
        {
            Pooling.Mean when real is not null => MeanOf(grid, real),
            Pooling.Max when real is not null => grid.MaskedFill(real.LogicalNot().Unsqueeze(-1), float.MinValue).Amax([1]),
            Pooling.Mean => grid.Mean(1, keepDim: false),
            Pooling.Max => grid.Amax([1]),
            Pooling.Quarters => Regions(grid, extractor.Grid, 2),
            Pooling.Sixteenths => Regions(grid, extractor.Grid, 4),
            _ => throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "known: Auto, ClassToken, Mean, Max, Quarters, Sixteenths"),
        };
    }

    private static Tensor MeanOf(Tensor tokens, Tensor real)
    {
        var weights = real.To(tokens.DType).Unsqueeze(-1);
        return (tokens * weights).Sum(1, keepDim: false) / weights.Sum(1, keepDim: false).ClampMin(1);
    }

    private static Tensor Regions(Tensor grid, (int Rows, int Columns) size, int side)
    {
        var (batch, width) = (grid.Size(0), grid.Size(2));
        var picture = grid.Reshape([batch, size.Rows, size.Columns, width]).Permute([0, 3, 1, 2]);
        return picture.AdaptiveAvgPool2d([side, side]).Reshape([batch, width * side * side]);
    }
}
