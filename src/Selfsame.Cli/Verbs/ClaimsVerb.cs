using System.CommandLine;
using System.Globalization;
using Selfsame.Claims;
using Selfsame.Cli.Display;
using Selfsame.Data;
using Selfsame.Recipes;
using Selfsame.Training.Progress;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame claims [KEY]</c>: tests a paper's headline claim in miniature: all arms, several seeds, a verdict.</summary>
internal static class ClaimsVerb
{
    private const string Folder = "recipes/claims";

    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var key = new Argument<string?>("KEY") { Description = $"A claim of {Folder}, or a file; none lists them.", Arity = ArgumentArity.ZeroOrOne };
        var folder = new Option<string?>("--out") { Description = "Folder of the runs; runs/claims/KEY when none is given. Finished runs in it are kept, an unfinished one goes on.", HelpName = "DIR" };
        var save = new Option<string?>("--save") { Description = "Also keep the answer in this folder, as KEY.json.", HelpName = "DIR" };
        var set = new Option<string[]>("--set") { Description = "Change a value of the recipe for all arms: --set duration.steps=50", HelpName = "key=value", Arity = ArgumentArity.ZeroOrMore };
        var json = new Option<bool>("--json") { Description = "Print the answer as JSON." };
        // For those who work on the project; the help leaves it out.
        var page = new Option<string?>("--page") { Description = "Write the page of the answers kept in results/claims to this file.", HelpName = "FILE", Hidden = true };
        var verb = new Verb("claims", "Test the headline claim of a paper in miniature: all arms, several seeds, a verdict",
            new("claims", "the claims there are"),
            new("claims self-flow", "train all its arms and judge"),
            new("claims self-flow --json", "for a program"))
        {
            key, folder, save, set, json, page,
        };
        verb.SetAction((parse, cancellation) => parse.GetValue(key) is { } wanted
            ? Run(parse, wanted, parse.GetValue(folder), parse.GetValue(save), [.. (parse.GetValue(set) ?? []).Select(Override.Set)], parse.GetValue(json), cancellation)
            : Task.FromResult(parse.GetValue(page) is { } file ? WritePage(file) : List(parse)));
        return verb;
    }

    private static int WritePage(string file)
    {
        AtomicFile.Write(file, ClaimsPage.OfFolder(Path.Combine("results", "claims")));
        return ExitCodes.Done;
    }

    private static int List(ParseResult parse)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("claim", "what it says");
        foreach (var path in Files())
        {
            var claim = ClaimFile.Read(path);
            table.AddRow(new Text(claim.Key), new Text(claim.Settings.Claim));
        }

        parse.Console().Write(table);
        return ExitCodes.Done;
    }

    private static async Task<int> Run(ParseResult parse, string wanted, string? folder, string? save, IReadOnlyList<Override> overrides, bool json, CancellationToken cancellation)
    {
        var claim = ClaimFile.Read(Find(wanted));
        folder ??= Path.Combine("runs", "claims", claim.Key);
        using var display = ProgressDisplay.Create(parse.ErrorConsole(), parse.Error, json: false, TimeProvider.System);
        var runner = new ClaimRunner(claim, folder)
        {
            Observer = display,
            Data = new DataOptions(),
            OnRun = (arm, seed, number, total) => parse.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Run {number} of {total}: {arm}, seed {seed}")),
            Overrides = overrides,
            Command = $"./selfsame claims {wanted}{string.Concat(overrides.Select(o => " " + o.Written))}",
        };
        var result = await runner.RunAsync(cancellation);
        AtomicFile.Write(Path.Combine(folder, "claim.json"), result.ToJson());
        if (save is not null)
            AtomicFile.Write(Path.Combine(save, claim.Key + ".json"), result.ToJson());
        if (json)
            parse.Output.Write(result.ToJson());
        else
            Write(parse.Console(), result);
        return ExitCodes.Done;
    }

    private static void Write(IAnsiConsole console, ClaimResult result)
    {
        var metrics = result.Predictions.Select(p => p.Metric).Distinct().ToArray();
        var arms = new Table().Border(TableBorder.Simple).AddColumns(["arm", .. metrics]);
        foreach (var arm in result.Arms.Values)
            arms.AddRow([new Text(arm.Title), .. metrics.Select(m => new Text(arm.Metrics.TryGetValue(m, out var metric) ? $"{HumanText.Value(metric.Mean)} ± {HumanText.Value(metric.Deviation)}" : "-"))]);
        console.Write(arms);

        var answers = new Table().Border(TableBorder.Simple).AddColumns("prediction", "better by", "95 % interval", "answer");
        foreach (var (better, than, metric, comparison) in result.Predictions)
        {
            answers.AddRow(
                new Text($"{better} beats {than} on {metric}"), new Text(HumanText.Value(comparison.Mean)),
                new Text($"{HumanText.Value(comparison.Low)} to {HumanText.Value(comparison.High)}"), new Text(ClaimsPage.Words(comparison.Outcome)));
        }

        console.Write(answers);
        console.Write(new Text(string.Create(CultureInfo.InvariantCulture, $"{result.Key}: {result.Verdict} ({result.Seeds.Count} seeds, {result.Steps} steps).\n"), new Style(decoration: Decoration.Bold)));
    }

    private static string Find(string wanted)
    {
        if (File.Exists(wanted))
            return wanted;
        var files = Files();
        return files.FirstOrDefault(file => Path.GetFileNameWithoutExtension(file) == wanted)
            ?? throw new UsageException($"there is no claim {wanted}. Give a file, or one of: {string.Join(", ", files.Select(Path.GetFileNameWithoutExtension))}.");
    }

    // Here, or beside the program.
    private static string[] Files()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (Below(folder) is { } here)
                return here;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Below(folder) is { } beside)
                return beside;
        }

        return [];

        static string[]? Below(DirectoryInfo folder)
        {
            var claims = Path.Combine(folder.FullName, Folder);
            return Directory.Exists(claims) ? [.. Directory.EnumerateFiles(claims, "*.yaml").Order(StringComparer.Ordinal)] : null;
        }
    }
}
