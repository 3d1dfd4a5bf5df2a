using Selfsame.Training;

namespace Selfsame.Evaluation.Report;

/// <summary>Finished runs side by side: metrics with their differences, and the settings that differ.</summary>
public sealed record RunComparison
{
    /// <summary>The runs, in the order given.</summary>
    public required IReadOnlyList<ComparedRun> Runs { get; init; }

    /// <summary>True when the recipes differ in the seed alone, so that the spread over runs is that of chance.</summary>
    public required bool OnlySeedDiffers { get; init; }

    /// <summary>Every metric that any run has.</summary>
    public required IReadOnlyList<ComparedMetric> Metrics { get; init; }

    /// <summary>Settings that are not the same in all runs.</summary>
    public required IReadOnlyList<ComparedSetting> Settings { get; init; }

    internal IReadOnlyList<ReportData> Data { get; private init; } = [];

    /// <summary>Reads runs.</summary>
    /// <param name="paths">Run folders, at least two.</param>
    /// <exception cref="ComparisonException">A folder is not there, holds no run or an unfinished one, or is given twice.</exception>
    public static RunComparison Of(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Count < 2)
            throw new ComparisonException("a comparison needs at least two run folders, for instance: selfsame compare runs/a runs/b");
        var folders = paths.Select(Open).ToArray();
        if (folders.GroupBy(folder => folder.Path).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ComparisonException($"{twice.Key} is given twice");
        var data = folders.Select(folder => new ReportData(folder)).ToArray();
        for (var i = 0; i < data.Length; i++)
        {
            if (data[i].Result is null)
                throw new ComparisonException(data[i].Problems is [var problem, ..] ? problem : $"{paths[i]} is not finished: it has no result.json yet. The command it was started with goes on with it; then compare again");
        }

        var settings = SettingsOf(data);
        return new RunComparison
        {
            Runs = [.. data.Select((run, i) => ComparedRun.Of(Names(folders)[i], run.Result!, folders[i].Path))],
            OnlySeedDiffers = settings.Count > 0 && settings.All(setting => setting.Key is "seed" or "name") && settings.Any(setting => setting.Key == "seed"),
            Metrics = MetricsOf([.. data.Select(run => run.Result!)]),
            Settings = settings,
            Data = data,
        };
    }

    private static RunFolder Open(string path)
    {
        if (!Directory.Exists(path))
            throw new ComparisonException($"{path} is not there; give the folder of a run, such as runs/quickstart");
        var folder = new RunFolder(Path.TrimEndingDirectorySeparator(path));
        return File.Exists(folder.RecipePath) || File.Exists(folder.ResultPath) ? folder : throw new ComparisonException($"{path} is not a run folder: it has no recipe.yaml");
    }

    // The folder's own name, with as many folders above it as it takes to tell all apart.
    private static string[] Names(IReadOnlyList<RunFolder> folders)
    {
        var parts = folders.Select(folder => folder.Path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)).ToArray();
        for (var depth = 1; ; depth++)
        {
            var names = Array.ConvertAll(parts, part => string.Join('/', part[Math.Max(0, part.Length - depth)..]));
            if (names.Distinct().Count() == names.Length || depth >= parts.Max(part => part.Length))
                return names;
        }
    }

    private static List<ComparedMetric> MetricsOf(IReadOnlyList<RunResult> results)
    {
        var metrics = new List<ComparedMetric>();
        foreach (var name in results.SelectMany(result => result.Evaluation.Keys).Distinct())
        {
            double?[] values = [.. results.Select(result => result.Evaluation.TryGetValue(name, out var value) ? value : (double?)null)];
            var baselines = results.SelectMany(result => result.Baselines.Where(baseline => baseline.Value.ContainsKey(name)).Select(baseline => baseline.Key)).Distinct()
                .ToDictionary(baseline => baseline, baseline => (IReadOnlyList<double?>)[.. results.Select(result => result.Baselines.TryGetValue(baseline, out var known) && known.TryGetValue(name, out var value) ? value : (double?)null)]);
            metrics.Add(ComparedMetric.Of(name, MetricComparison.DirectionOf(name, results[0].Better), values, baselines));
        }

        return metrics;
    }

    private static List<ComparedSetting> SettingsOf(IReadOnlyList<ReportData> data)
    {
        var rows = data.Select(run => run.Settings.ToDictionary(row => row.Key, row => row.Value)).ToArray();
        var settings = new List<ComparedSetting>();
        foreach (var key in data.SelectMany(run => run.Settings.Select(row => row.Key)).Distinct())
        {
            string?[] values = [.. rows.Select(row => row.GetValueOrDefault(key))];
            if (values.Distinct().Count() > 1)
                settings.Add(new ComparedSetting(key, values));
        }

        return settings;
    }
}

/// <summary>One of the runs.</summary>
public sealed record ComparedRun
{
    /// <summary>Short name, different from the others'.</summary>
    public required string Name { get; init; }

    /// <summary>The run folder.</summary>
    public required string Path { get; init; }

    /// <summary>The method.</summary>
    public required string System { get; init; }

    /// <summary>Seed of every draw.</summary>
    public required long Seed { get; init; }

    /// <summary>Optimizer steps done.</summary>
    public required long Steps { get; init; }

    /// <summary>Time spent training, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Samples a second while training.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>Training loss at the end.</summary>
    public required double FinalLoss { get; init; }

    /// <summary>Processor and number of cores.</summary>
    public required string Machine { get; init; }

    /// <summary>Commit of Selfsame; null when it isn't known.</summary>
    public string? Commit { get; init; }

    internal static ComparedRun Of(string name, RunResult result, string path) => new()
    {
        Name = name, Path = path, System = result.System, Seed = result.Seed, Steps = result.Steps, Seconds = result.Seconds,
        SamplesPerSecond = result.SamplesPerSecond, FinalLoss = result.FinalLoss, Machine = result.Machine, Commit = result.Commit,
    };
}

/// <summary>One metric over all runs.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Better"><c>higher</c>, <c>lower</c> or <c>none</c>.</param>
/// <param name="Values">Its value in each run; null where a run has none.</param>
/// <param name="Differences">Value minus that of the first run.</param>
/// <param name="Mean">Mean over the runs that have it.</param>
/// <param name="Deviation">Standard deviation over those (divided by their number − 1); null for fewer than two.</param>
/// <param name="Baselines">By <c>random_init</c> and <c>raw_input</c>, the same metric without training in each run.</param>
public sealed record ComparedMetric(
    string Name, string Better, IReadOnlyList<double?> Values, IReadOnlyList<double?> Differences, double? Mean, double? Deviation, IReadOnlyDictionary<string, IReadOnlyList<double?>> Baselines)
{
    internal static ComparedMetric Of(string name, MetricDirection direction, IReadOnlyList<double?> values, IReadOnlyDictionary<string, IReadOnlyList<double?>> baselines)
    {
        var known = values.OfType<double>().ToArray();
        double? mean = known.Length > 0 ? known.Average() : null;
        double? deviation = known.Length > 1 ? Math.Sqrt(known.Sum(value => (value - mean!.Value) * (value - mean.Value)) / (known.Length - 1)) : null;
        return new(name, direction.ToString().ToLowerInvariant(), values, [.. values.Select(value => value - values[0])], mean, deviation, baselines);
    }
}

/// <summary>A setting that is not the same in all runs.</summary>
/// <param name="Key">Full key.</param>
/// <param name="Values">Its value in each run; null where the run's recipe has no such key.</param>
public sealed record ComparedSetting(string Key, IReadOnlyList<string?> Values);

/// <summary>Runs can't be compared.</summary>
/// <param name="message">Why, and what to do.</param>
public sealed class ComparisonException(string message) : Exception(message);
