using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Evaluation;

/// <summary>Features that compare generated pictures with real ones: those of a small classifier of the data set, trained once and kept in the cache.</summary>
/// <remarks>
/// No network trained on photographs fits every kind of picture, and none may be fetched, so the judge learns the data set's own classes on
/// its training part: 300 steps of 64 pictures, AdamW, one cycle up to 2e-3. Figures compare between runs on the same data set and labels only.
/// </remarks>
public sealed class SampleFeatures : IDisposable
{
    /// <summary>Protocol of the Fréchet distance on these features.</summary>
    public const string FrechetProtocol = "frechet/small-convnet-1";

    /// <summary>Protocol of the kernel distance on these features.</summary>
    public const string KernelProtocol = "kid/small-convnet-1";

    private const int Steps = 300, Batch = 64, WarmUp = 30;
    private const double Rate = 2e-3;

    private readonly JudgeNetwork _network;

    private SampleFeatures(JudgeNetwork network, double accuracy) => (_network, ValidationAccuracy) = (network, accuracy);

    /// <summary>Accuracy of the classifier on the validation part: what its features are worth. NaN when there is no validation part.</summary>
    public double ValidationAccuracy { get; }

    /// <summary>Features of pictures.</summary>
    /// <param name="pictures">(N, C, H, W), 0..255.</param>
    /// <returns>(N, 128).</returns>
    public Tensor Of(Tensor pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        return scope.MoveOut(Ops.Cat([.. pictures.Split(256, 0).Select(_network.Features)], 0));
    }

    /// <summary>Frees the network.</summary>
    public void Dispose() => _network.Dispose();

    /// <summary>Takes the network from the cache, or trains it.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="label">Column of its classes.</param>
    /// <param name="transform">How pictures are prepared; nothing random.</param>
    /// <param name="shape">What the transform puts out.</param>
    /// <param name="range">Mean and deviation that the transform normalises with.</param>
    /// <param name="cacheFolder">Where it is kept.</param>
    /// <param name="seed">Seed of weights and order.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="DataSourceException">The column tells no classes apart, or the training part is empty.</exception>
    public static SampleFeatures Open(
        DataSet data, string label, ISampleTransform transform, BatchShape shape, (double Mean, double Deviation) range, string cacheFolder, ulong seed = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(shape);
        var labels = data.Labels(label);
        if (labels.Names.Count < 2 || Labelled(data, labels, DataSplit.Train).Length == 0)
            throw new DataSourceException($"evaluate.samples.frechet needs classes to train its judge on; column {label} of {data.Name} has {labels.Names.Count} in {Labelled(data, labels, DataSplit.Train).Length} training samples. Set it to false.");
        var file = Path.Combine(cacheFolder, "judges", $"{Key(data, labels, shape, seed)}.safetensors");
        var network = new JudgeNetwork(shape.Channels, labels.Names.Count);
        try
        {
            network.Initialize(seed);
            var weights = network.Parameters().Select(p => (p.FullName, p.Value)).ToArray();
            var record = Path.ChangeExtension(file, ".json");
            double accuracy;
            if (File.Exists(file) && File.Exists(record))
            {
                TensorFile.Load(file, weights);
                accuracy = JsonSerializer.Deserialize(File.ReadAllText(record), JudgeJson.Default.JudgeRecord)!.ValidationAccuracy;
            }
            else
            {
                var picturesOf = Pictures(shape, range);
                Train(network, data, labels, transform, picturesOf, seed, cancellation);
                accuracy = Accuracy(network, data, labels, transform, picturesOf, cancellation);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                TensorFile.Save(file, weights);
                // The record comes last: a judge without one is made again.
                AtomicFile.Write(record, JsonSerializer.Serialize(new JudgeRecord(FrechetProtocol, data.Name, label, labels.Names.Count, accuracy, seed), JudgeJson.Default.JudgeRecord) + "\n");
            }

            network.Train(false);
            return new(network, accuracy);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static Func<HostBatch, Tensor> Pictures(BatchShape shape, (double Mean, double Deviation) range) =>
        host => ((shape.Batch(host)[Modality.Image] * range.Deviation) + range.Mean) * 255.0;

    private static void Train(JudgeNetwork network, DataSet data, LabelSet labels, ISampleTransform transform, Func<HostBatch, Tensor> pictures, ulong seed, CancellationToken cancellation)
    {
        network.Train();
        using var arena = new ParameterArena(network);
        using var optimizer = new AdamWSettings().Build(arena);
        using var batches = new BatchLoader(data, Labelled(data, labels, DataSplit.Train), transform, new BatchLoaderSettings { BatchSize = Batch, Seed = seed });
        for (var step = 0; step < Steps; step++)
        {
            using var host = batches.Next(cancellation)!;
            using var scope = Scope.Enter();
            optimizer.Rate = Rate * Math.Min(1, (step + 1.0) / WarmUp) * 0.5 * (1 + Math.Cos(Math.PI * step / Steps));
            arena.ClearGradients();
            network.Classify(pictures(host)).CrossEntropy(Tensor.From<long>(Array.ConvertAll(host.Indices.ToArray(), index => (long)labels[index]))).Backward();
            optimizer.Step();
        }
    }

    private static double Accuracy(JudgeNetwork network, DataSet data, LabelSet labels, ISampleTransform transform, Func<HostBatch, Tensor> pictures, CancellationToken cancellation)
    {
        var samples = Labelled(data, labels, DataSplit.Validation);
        if (samples.Length == 0)
            return double.NaN;
        network.Train(false);
        using var guard = GradMode.Off();
        using var batches = new BatchLoader(data, samples, transform, new BatchLoaderSettings { BatchSize = Math.Min(256, samples.Length), Sequential = true });
        var (right, seen) = (0, 0);
        while (batches.Next(cancellation) is { } host)
        {
            using (host)
            {
                using var scope = Scope.Enter();
                var predicted = network.Classify(pictures(host)).Argmax(1).ToArray<long>();
                for (var k = 0; k < predicted.Length; k++)
                    right += predicted[k] == labels[host.Indices[k]] ? 1 : 0;
                seen += predicted.Length;
            }
        }

        return (double)right / seen;
    }

    private static int[] Labelled(DataSet data, LabelSet labels, DataSplit split) => Array.FindAll(data.Split(split), index => labels[index] >= 0);

    private static string Key(DataSet data, LabelSet labels, BatchShape shape, ulong seed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(string.Create(CultureInfo.InvariantCulture, $"{FrechetProtocol}\n{labels.Column}\n{shape.Channels} {shape.Height} {shape.Width}\n{seed}\n"));
        for (var index = 0; index < data.Count; index++)
            Add(string.Create(CultureInfo.InvariantCulture, $"{data.Key(index)}\t{data.SplitOf(index)}\t{labels[index]}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];

        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text));
    }
}

/// <summary>What is kept beside a judge's weights.</summary>
internal sealed record JudgeRecord(string Protocol, string Data, string Label, int Classes, double ValidationAccuracy, ulong Seed);

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(JudgeRecord))]
internal sealed partial class JudgeJson : JsonSerializerContext;
