using System.Collections;
using System.CommandLine;
using Selfsame.Cli.Display;
using Selfsame.Cli.Sweeps;
using Selfsame.Data;
using Selfsame.Recipes;
using Selfsame.Training;
using Selfsame.Training.Planning;
using Selfsame.Training.Progress;
using Selfsame.Training.Sweeps;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary>What <c>pretrain</c> does with a parsed command line: run, plan, or sweep.</summary>
/// <param name="parse">The command line.</param>
/// <param name="recipe">The recipe's file.</param>
/// <param name="overrides">Values from flags.</param>
/// <param name="folder">Value of <c>--out</c>; null for the usual folder.</param>
/// <param name="json">Print for a program.</param>
internal sealed class PretrainCommand(ParseResult parse, string recipe, IReadOnlyList<Override> overrides, string? folder, bool json)
{
    private readonly IAnsiConsole _console = parse.Console();

    /// <summary>Trains.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var loaded = Load([]);
        var at = folder ?? Folder(loaded.Recipe);
        var result = await TrainAsync(loaded, at, cancellation).ConfigureAwait(false);
        if (json)
            return ExitCodes.Done;
        ResultTable.Write(_console, result, at);
        if (result.PeakMemoryBytes is { } peak)
            _console.WriteLine($"Peak memory: {HumanText.Bytes(peak)}{(result.TrainingPeakMemoryBytes is { } training ? $", {HumanText.Bytes(training)} of it while training" : "")}");
        return ExitCodes.Done;
    }

    /// <summary>Says what would run.</summary>
    public async Task<int> PlanAsync(CancellationToken cancellation)
    {
        var loaded = Load([]);
        var plan = await RunPlanner.PlanAsync(Options(loaded, folder ?? Folder(loaded.Recipe)), cancellation).ConfigureAwait(false);
        if (json)
            parse.WriteJson(plan, VerbJson.Default.RunPlan);
        else
            PlanView.Write(_console, plan);
        return ExitCodes.Done;
    }

    /// <summary>Runs every combination of some settings.</summary>
    public async Task<int> SweepAsync(SweepOptions options, bool planOnly, CancellationToken cancellation)
    {
        IReadOnlyList<SweepRun> runs;
        try
        {
            runs = SweepGrid.Runs(options.Axes(parse), options.Seeds(parse), Load);
        }
        catch (FormatException problem)
        {
            throw new UsageException(problem.Message);
        }

        var at = folder ?? Folder(runs[0].Recipe.Recipe) + "-sweep";
        if (planOnly)
        {
            SweepView.Plan(_console, runs, at);
            return ExitCodes.Done;
        }

        var sweep = new Sweep(at, runs, options.Rank(parse))
        {
            Budget = options.Budget(parse),
            OnRun = (number, run, state) => parse.Error.WriteLine(FormattableString.Invariant($"run {number} of {runs.Count}: {run.Label} seed={run.Seed} {state}")),
        };
        var report = await sweep.RunAsync((run, path) => TrainAsync(run.Recipe, path, cancellation), cancellation).ConfigureAwait(false);
        if (json)
            parse.WriteJson(report, VerbJson.Default.SweepReport);
        else
            SweepView.Write(_console, report, at);
        return report.Runs.Any(run => run.State == "failed") ? ExitCodes.Failed : ExitCodes.Done;
    }

    private async Task<RunResult> TrainAsync(LoadedRecipe loaded, string at, CancellationToken cancellation)
    {
        using var display = ProgressDisplay.Create(_console, parse.Output, json, TimeProvider.System);
        return await Pretraining.RunAsync(Options(loaded, at) with { Observer = display }, cancellation).ConfigureAwait(false);
    }

    private LoadedRecipe Load(IReadOnlyList<Override> more)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal);
        return new RecipeLoader(SystemTable.BuiltIn).Load(recipe, [.. overrides, .. more], environment);
    }

    private string Folder(Recipe loaded) => Path.Combine("runs", loaded.Name ?? Path.GetFileNameWithoutExtension(recipe));

    private PretrainingOptions Options(LoadedRecipe loaded, string at) => new()
    {
        Recipe = loaded,
        Folder = at,
        RecipeFile = Shown(recipe),
        Command = Environment.CommandLine.Contains("selfsame-cli", StringComparison.Ordinal) ? "./selfsame " + string.Join(' ', Environment.GetCommandLineArgs().Skip(1)) : Environment.CommandLine,
        Data = new DataOptions { Progress = new DataLines(parse.Error) },
        OnPhase = text => parse.Error.WriteLine($"{text} …"),
    };

    // A recipe that came with the program is named from its recipes folder on, wherever that is.
    private static string Shown(string path)
    {
        var parent = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Path.GetFileName(parent) == "recipes" ? $"recipes/{Path.GetFileName(path)}" : path;
    }
}
