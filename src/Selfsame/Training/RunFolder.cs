using System.Globalization;
using System.Text.Json;

namespace Selfsame.Training;

/// <summary>The folder of one training run: where each thing it writes lies.</summary>
public sealed class RunFolder
{
    private const string StepPrefix = "step-";

    /// <summary>Names a folder; touches nothing.</summary>
    /// <param name="path">The folder, existing or not.</param>
    public RunFolder(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = System.IO.Path.GetFullPath(path);
    }

    /// <summary>The folder, as an absolute path.</summary>
    public string Path { get; }

    /// <summary>The resolved recipe: every setting with its value.</summary>
    public string RecipePath => At("recipe.yaml");

    /// <summary>Where each setting came from, a flat JSON object of setting and origin; only there when something was overridden.</summary>
    public string OriginsPath => At("origins.json");

    /// <summary>What was measured during training, see <see cref="Logging.MetricsLog"/>.</summary>
    public string MetricsPath => At("metrics.jsonl");

    /// <summary>The folder with TensorBoard's event files.</summary>
    public string EventsPath => At("tensorboard");

    /// <summary>The folder of checkpoints.</summary>
    public string CheckpointsPath => At("checkpoints");

    /// <summary>The folder of samples.</summary>
    public string SamplesPath => At("samples");

    /// <summary>The folder of figures, see <see cref="Evaluation.Gallery.RunFigures"/>.</summary>
    public string FiguresPath => At("figures");

    /// <summary>The outcome, see <see cref="RunResult"/>; not there before the run is finished.</summary>
    public string ResultPath => At("result.json");

    /// <summary>The report for people, see <see cref="Evaluation.Report.ReportBuilder"/>.</summary>
    public string ReportPath => At("report.html");

    /// <summary>What could not be decoded, one JSON object a line.</summary>
    public string QuarantinePath => At("quarantine.jsonl");

    /// <summary>The tokenizer of the run's texts, a <c>tokenizer.json</c>; not there when text is cut into bytes.</summary>
    public string TokenizerPath => At("tokenizer.json");

    /// <summary>Folder of the checkpoint after a number of steps.</summary>
    /// <param name="step">Steps done, at least 0.</param>
    public string Checkpoint(long step) => System.IO.Path.Combine(CheckpointsPath, StepName(step));

    /// <summary>File of a picture made during training.</summary>
    /// <param name="name">What it shows, such as <c>rebuilt</c>: a plain name without path separators.</param>
    /// <param name="step">Steps done, at least 0.</param>
    /// <exception cref="ArgumentException">The name would leave the folder.</exception>
    public string Sample(string name, long step)
    {
        if (name is "" or "." or ".." || name.AsSpan().IndexOfAny(System.IO.Path.GetInvalidFileNameChars()) >= 0 || name.Contains('\\', StringComparison.Ordinal))
            throw new ArgumentException($"\"{name}\" can't name a sample: use a plain file name without path separators.", nameof(name));
        return System.IO.Path.Combine(SamplesPath, name, StepName(step) + ".png");
    }

    /// <summary>Films, sounds and texts made by the trained model, for the report.</summary>
    public string MadePath => At("made");

    /// <summary>Makes the folder where missing.</summary>
    public void Create() => Directory.CreateDirectory(Path);

    /// <summary>Makes the folder where missing, keeps other processes from training in it, and clears away what a killed one left half written.</summary>
    /// <param name="time">Clock for the note about the owner; null: the system's.</param>
    /// <exception cref="RunFolderInUseException">Another process, or this one, is training there.</exception>
    public RunLock Lock(TimeProvider? time = null)
    {
        Create();
        var taken = RunLock.Take(Path, time);
        AtomicFile.Sweep(Path);
        return taken;
    }

    /// <summary>Steps of the checkpoints in the folder, ascending. A checkpoint still being written has another name and isn't counted.</summary>
    public IReadOnlyList<long> CheckpointSteps() => Directory.Exists(CheckpointsPath)
        ? [.. Directory.EnumerateDirectories(CheckpointsPath).Select(StepOf).Where(step => step >= 0).Order()]
        : [];

    /// <summary>Pictures made during training: name and step, with the file, by name and then by step.</summary>
    public IReadOnlyList<RunSample> Samples() => Directory.Exists(SamplesPath)
        ? [.. Directory.EnumerateFiles(SamplesPath, StepPrefix + "*.png", SearchOption.AllDirectories)
            .Select(file => new RunSample(System.IO.Path.GetRelativePath(SamplesPath, System.IO.Path.GetDirectoryName(file)!), StepOf(file), file))
            .Where(sample => sample.Step >= 0)
            .OrderBy(sample => sample.Name, StringComparer.Ordinal).ThenBy(sample => sample.Step)]
        : [];

    /// <summary>Writes <see cref="ResultPath"/>.</summary>
    public void WriteResult(RunResult result) => AtomicFile.Write(ResultPath, result.ToJson());

    /// <summary>Reads <see cref="ResultPath"/>; null when the run has none yet.</summary>
    /// <exception cref="InvalidDataException">The file isn't a result.</exception>
    public RunResult? ReadResult()
    {
        if (!File.Exists(ResultPath))
            return null;
        try
        {
            return RunResult.FromJson(File.ReadAllText(ResultPath));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{ResultPath} is not the result of a run: {e.Message} Finish the run again to rewrite it.", e);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Path;

    private string At(string name) => System.IO.Path.Combine(Path, name);

    private static string StepName(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return string.Create(CultureInfo.InvariantCulture, $"{StepPrefix}{step}");
    }

    private static long StepOf(string path)
    {
        var name = System.IO.Path.GetFileName(path.AsSpan());
        if (name.EndsWith(".png", StringComparison.Ordinal))
            name = name[..^4];
        return name.StartsWith(StepPrefix, StringComparison.Ordinal)
            && long.TryParse(name[StepPrefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : -1;
    }
}

/// <summary>A picture made during training.</summary>
/// <param name="Name">What it shows, such as <c>rebuilt</c>.</param>
/// <param name="Step">Steps done when it was made.</param>
/// <param name="Path">The PNG file.</param>
public sealed record RunSample(string Name, long Step, string Path);
