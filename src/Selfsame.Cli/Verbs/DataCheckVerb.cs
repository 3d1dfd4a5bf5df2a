using System.CommandLine;
using Selfsame.Data;
using Selfsame.Data.Checking;
using Selfsame.Data.Exclusions;
using Selfsame.Evaluation;
using Selfsame.Training;
using Selfsame.Cli.Display;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame data check SOURCE</c>: what is in a data set, what is broken, what is there twice.</summary>
internal static class DataCheckVerb
{
    private const string PageName = "data-check.html";

    /// <summary>Makes the verb.</summary>
    /// <param name="json">The option <c>--json</c> of the verbs about data.</param>
    public static Command Create(Option<bool> json)
    {
        var source = new Argument<string>("SOURCE") { Description = "A folder, manifest (.jsonl, .csv), shards (name-{000..012}.tar) or a data set of the catalogue." };
        var page = new Option<string?>("--out") { Description = $"Also write a page to look at, DIR/{PageName}.", HelpName = "DIR" };
        var write = new Option<string?>("--write-exclusions") { Description = "Write what should be left out, for data dedup or data.exclude.", HelpName = "FILE" };
        var reasons = new Option<string[]>("--exclude")
        {
            Description = "What goes into that file: exact, near, leak, broken, empty. Default: exact near leak.", HelpName = "KIND", AllowMultipleArgumentsPerToken = true,
        };
        var near = new Option<double?>("--near") { Description = "Distance up to which pictures are near duplicates, 0 to 1. Default 0.22.", HelpName = "D" };
        var run = new Option<string?>("--run") { Description = "Compare features of the model in this run folder instead of the pictures.", HelpName = "RUN" };
        var cosine = new Option<double>("--cosine") { Description = "With --run: cosine of features from which samples are near duplicates.", DefaultValueFactory = _ => 0.95, HelpName = "C" };
        var workers = new Option<int>("--workers") { Description = "Threads; 0 is one a core." };
        var verb = new Verb("check", "Find broken, empty and duplicate samples, and copies of training samples in test.",
            new("data check photos/", "counts, sizes, classes, duplicates, leaks"),
            new("data check photos/ --out check/", "and a page to look at"),
            new("data check photos/ --write-exclusions copies.jsonl", "and a list of what to leave out"))
        {
            source, page, write, reasons, near, run, cosine, workers,
        };
        verb.SetAction(async (parse, cancel) =>
        {
            var chosen = Reasons(parse.GetValue(reasons));
            var options = new DataCheckOptions { NearDistance = Within(parse.GetValue(near), "--near"), FeatureCosine = Within(parse.GetValue(cosine), "--cosine")!.Value, Workers = parse.GetValue(workers) };
            using var data = await OpenAsync(parse, parse.GetValue(source)!, parse.GetValue(json), ignoreExclusions: false, cancel);
            var report = await CheckAsync(parse, data, options, parse.GetValue(run), parse.GetValue(json), cancel);
            if (parse.GetValue(page) is { } folder)
                DataCheckPage.Write(Path.Combine(folder, PageName), report, data);
            if (parse.GetValue(write) is { } file)
                ExclusionList.Write(file, ExclusionList.From(report, chosen));
            if (parse.GetValue(json))
            {
                parse.WriteJson(report, DataCheckJson.Default.DataCheckReport);
                return ExitCodes.Done;
            }
            DataCheckText.Write(parse.Console(), report);
            if (parse.GetValue(page) is { } shown)
                await parse.Output.WriteLineAsync($"page: {Path.Combine(shown, PageName)}");
            if (parse.GetValue(write) is { } list)
                await parse.Output.WriteLineAsync($"exclusions: {list} (apply with: selfsame data dedup {parse.GetValue(source)} --exclusions {list} --apply)");
            return ExitCodes.Done;
        });
        return verb;
    }

    /// <summary>Opens data, telling on the error stream what is fetched.</summary>
    /// <exception cref="DataSourceException">It cannot be had.</exception>
    internal static Task<DataSet> OpenAsync(ParseResult parse, string source, bool json, bool ignoreExclusions, CancellationToken cancel) => DataSource.OpenAsync(source, new DataOptions
    {
        IgnorePlacedExclusions = ignoreExclusions,
        Progress = json ? null : new DataVerb.ProgressLines(parse.Error),
    }, cancel);

    /// <summary>Checks data under a progress display.</summary>
    internal static async Task<DataCheckReport> CheckAsync(ParseResult parse, DataSet data, DataCheckOptions options, string? run, bool json, CancellationToken cancel)
    {
        using var features = run is null ? null : await FeaturesAsync(run, data, cancel);
        options = options with { Features = features };
        return json
            ? await Task.Run(() => DataChecker.Run(data, options, cancel), cancel)
            : await CheckDisplay.ShowAsync(parse.ErrorConsole(), parse.Error, progress => DataChecker.Run(data, options with { Progress = progress }, cancel), cancel);
    }

    private static async Task<FeatureTable> FeaturesAsync(string path, DataSet data, CancellationToken cancel)
    {
        using var run = await TrainedRun.OpenAsync(path, [], new DataOptions(), cancel);
        var settings = (run.Recipe.Evaluate ?? new()).Features;
        var extractor = run.Objective.Features(settings.Averaged);
        IReadOnlyList<int> layers = settings.Layers.Count > 0 ? settings.Layers : run.Objective.FeatureLayers;
        using (run.Precision.Enter())
            return new FeatureReader(data, run.Data.PlainInputs).Read([.. Enumerable.Range(0, data.Count)], FeatureReader.Pooled(extractor, layers, settings.Pooling), cancel);
    }

    private static double? Within(double? value, string option) => value is null or (>= 0 and < 1)
        ? value
        : throw new UsageException(FormattableString.Invariant($"{option} is {value}; it lies from 0 to below 1."));

    private static List<string>? Reasons(string[]? kinds) => kinds is not { Length: > 0 } ? null : [.. kinds.Select(kind => kind switch
    {
        "exact" => ExclusionReasons.Exact,
        "near" => ExclusionReasons.Near,
        "leak" => ExclusionReasons.Leak,
        "broken" => ExclusionReasons.Broken,
        "empty" => ExclusionReasons.Empty,
        _ => throw new UsageException($"--exclude is '{kind}'; there are exact, near, leak, broken, empty."),
    })];
}
