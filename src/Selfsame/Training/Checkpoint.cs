using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Selfsame.Torch;
using Selfsame.Torch.Safetensors;

namespace Selfsame.Training;

/// <summary>Where a run stands, beside its tensors.</summary>
public sealed record CheckpointState
{
    /// <summary>Format of this file.</summary>
    public string Format { get; init; } = "selfsame-checkpoint/1";

    /// <summary>Optimizer steps done. With the seed this is all that random draws and the order of samples depend on.</summary>
    public required long Step { get; init; }

    /// <summary>Samples seen.</summary>
    public required long Samples { get; init; }

    /// <summary>Where the loader goes on.</summary>
    public required long Position { get; init; }

    /// <summary>Time spent training, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Seed of the run.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Steps that the optimizer has counted; skipped steps are not among them.</summary>
    public required long OptimizerSteps { get; init; }

    /// <summary>Steps skipped because of a loss that was not finite or far too large.</summary>
    public long Skipped { get; init; }

    /// <summary>Last losses, for the guard against spikes, oldest first.</summary>
    public IReadOnlyList<double> RecentLosses { get; init; } = [];

    /// <summary>Samples that passed through the model at once, where the batch was split; null: all of it. For the record, as the result does not depend on it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MicroBatch { get; init; }

    /// <summary>Training loss of the last log interval.</summary>
    public double Loss { get; init; }

    /// <summary>When the run was first started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Evaluation of the untrained network and of the raw input, once made.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Baselines { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, double>>();

    /// <summary>Best value so far of the metric that chooses the best checkpoint; null before the first.</summary>
    public double? BestValue { get; init; }

    /// <summary>Step of the checkpoint with that value.</summary>
    public long? BestStep { get; init; }

    /// <summary>The weights that the run started from; null for random ones.</summary>
    public WeightOrigin? StartedFrom { get; init; }

    /// <summary>SHA-256 of each tensor file.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>SHA-256 of this state, written with an empty text here.</summary>
    public string Sha256 { get; init; } = "";
}

/// <summary>Checkpoints of a run: a folder each, written aside, flushed and renamed, so that it is whole or not there; hash-checked on load.</summary>
public static class Checkpoint
{
    private const string StateFile = "state.json", UnfinishedMark = ".partial", DamagedMark = ".damaged";

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="state">Where the run stands.</param>
    /// <param name="files">Tensors by file name.</param>
    /// <param name="keep">Latest checkpoints to keep.</param>
    /// <param name="keepAlso">A checkpoint never deleted, for instance the best; null for none.</param>
    /// <returns>The checkpoint's folder.</returns>
    public static string Save(RunFolder folder, CheckpointState state, IReadOnlyDictionary<string, IReadOnlyList<(string Name, Tensor Value)>> files, int keep, long? keepAlso = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(files);
        var final = folder.Checkpoint(state.Step);
        if (Directory.Exists(final))
            return final;
        var aside = final + UnfinishedMark;
        if (Directory.Exists(aside))
            Directory.Delete(aside, recursive: true);
        Directory.CreateDirectory(aside);
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, tensors) in files)
            hashes[name] = TensorFile.Save(Path.Combine(aside, name), tensors);
        state = state with { Files = hashes };
        AtomicFile.Write(Path.Combine(aside, StateFile), Text(state with { Sha256 = Hash(state) }));
        AtomicFile.PublishFolder(aside, final);
        foreach (var old in folder.CheckpointSteps().OrderDescending().Skip(keep).Where(step => step != keepAlso))
            Directory.Delete(folder.Checkpoint(old), recursive: true);
        return final;
    }

    /// <summary>The newest checkpoint that is whole; damaged ones are passed over and reported.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="report">Told of each damaged checkpoint.</param>
    /// <returns>State and folder, or null when there is none.</returns>
    public static (CheckpointState State, string Path)? Latest(RunFolder folder, Action<string> report)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(report);
        foreach (var step in folder.CheckpointSteps().OrderDescending())
        {
            var path = folder.Checkpoint(step);
            try
            {
                return (Read(path), path);
            }
            catch (CheckpointException problem)
            {
                report(problem.Message);
            }
        }

        return null;
    }

    /// <summary>Clears the way for a run that goes on: checkpoints beyond it are damaged and get another name, half-written ones are deleted.</summary>
    /// <param name="folder">The run folder, locked.</param>
    /// <param name="step">Step of the checkpoint that the run goes on from; 0 when it starts anew.</param>
    public static void SetAside(RunFolder folder, long step)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!Directory.Exists(folder.CheckpointsPath))
            return;
        foreach (var unfinished in Directory.EnumerateDirectories(folder.CheckpointsPath, "*" + UnfinishedMark).ToArray())
            Directory.Delete(unfinished, recursive: true);
        foreach (var damaged in folder.CheckpointSteps().Where(s => s > step).Select(folder.Checkpoint))
        {
            if (Directory.Exists(damaged + DamagedMark))
                Directory.Delete(damaged + DamagedMark, recursive: true);
            Directory.Move(damaged, damaged + DamagedMark);
        }
    }

    /// <summary>Reads and checks one checkpoint's state and the hashes of its files.</summary>
    /// <exception cref="CheckpointException">A file is missing or differs from its hash.</exception>
    public static CheckpointState Read(string path)
    {
        var stateFile = Path.Combine(path, StateFile);
        CheckpointState state;
        try
        {
            state = JsonSerializer.Deserialize(File.ReadAllText(stateFile), CheckpointJson.Default.CheckpointState)
                ?? throw new CheckpointException($"{stateFile} is empty; delete {path} to go on from an older checkpoint");
        }
        catch (Exception problem) when (problem is JsonException or IOException)
        {
            throw new CheckpointException($"{stateFile} can't be read ({problem.Message}); delete {path} to go on from an older checkpoint", problem);
        }

        if (state.Sha256 != Hash(state))
            throw new CheckpointException($"{stateFile} is damaged: its SHA-256 is not the one it holds; delete {path} to go on from an older checkpoint");
        foreach (var (name, hash) in state.Files)
        {
            var file = Path.Combine(path, name);
            if (!File.Exists(file))
                throw new CheckpointException($"{file} is missing; delete {path} to go on from an older checkpoint");
            using var stream = File.OpenRead(file);
            if (Convert.ToHexStringLower(SHA256.HashData(stream)) != hash)
                throw new CheckpointException($"{file} is damaged: its SHA-256 is not the one in {StateFile}; delete {path} to go on from an older checkpoint");
        }

        return state;
    }

    /// <summary>Fills tensors from one file of a checkpoint.</summary>
    /// <exception cref="CheckpointException">The file does not fit.</exception>
    public static void Load(string path, string file, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        try
        {
            TensorFile.Load(Path.Combine(path, file), tensors);
        }
        catch (SafetensorsException problem)
        {
            throw new CheckpointException(problem.Message, problem);
        }
    }

    private static string Text(CheckpointState state) => JsonSerializer.Serialize(state, CheckpointJson.Default.CheckpointState) + "\n";

    private static string Hash(CheckpointState state) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text(state with { Sha256 = "" }))));
}

/// <summary>How checkpoint state is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    NewLine = "\n",
    WriteIndented = true)]
[JsonSerializable(typeof(CheckpointState))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
