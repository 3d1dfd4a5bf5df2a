using System.CommandLine;
using Selfsame.Evaluation.Report;
using Selfsame.Training.Progress;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame compare RUN RUN…</c>: finished runs side by side, as a page, a table or JSON.</summary>
internal static class CompareVerb
{
    private const string UsualPage = "compare.html";
    private const int SettingsNamed = 8;

    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var runs = new Argument<string[]>("RUN") { Description = "Run folders, two or more.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--out") { Description = $"HTML file to write; {UsualPage} unless --json is given.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print the comparison as JSON." };
        var verb = new Verb("compare", "Set finished runs side by side: metrics, settings, curves, samples",
            new("compare runs/mae runs/self-flow", "two methods, as compare.html"),
            new("compare runs/seed-* --out seeds.html", "one recipe under several seeds: mean and deviation"),
            new("compare runs/a runs/b --json", "for a program"))
        {
            runs, output, json,
        };
        verb.SetAction(parse => Run(parse, parse.GetValue(runs)!, parse.GetValue(output), parse.GetValue(json)));
        return verb;
    }

    private static int Run(ParseResult parse, string[] paths, string? output, bool json)
    {
        RunComparison comparison;
        try
        {
            comparison = RunComparison.Of(paths);
        }
        catch (ComparisonException problem)
        {
            throw new UsageException(problem.Message + ".");
        }

        if (!json)
            output ??= UsualPage;
        if (output is not null)
            AtomicFile.Write(output, ComparisonPage.Html(comparison));
        if (json)
        {
            parse.WriteJson(comparison, VerbJson.Default.RunComparison);
            return ExitCodes.Done;
        }

        Print(parse, comparison);
        parse.Output.WriteLine(output);
        return ExitCodes.Done;
    }

    private static void Print(ParseResult parse, RunComparison comparison)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("metric");
        if (comparison.OnlySeedDiffers)
            table.AddColumn(new TableColumn("mean ± deviation").RightAligned());
        foreach (var run in comparison.Runs)
            table.AddColumn(new TableColumn(Markup.Escape(run.Name)).RightAligned());
        foreach (var metric in comparison.Metrics)
        {
            List<Text> cells = [new(metric.Name)];
            if (comparison.OnlySeedDiffers)
                cells.Add(new Text($"{Shown(metric.Mean)} ± {Shown(metric.Deviation)}"));
            cells.AddRange(metric.Values.Select(value => new Text(Shown(value))));
            table.AddRow(cells);
        }

        parse.Console().Write(table);
        if (comparison.OnlySeedDiffers || comparison.Settings.Count == 0)
            return;
        var more = comparison.Settings.Count > SettingsNamed ? $" and {comparison.Settings.Count - SettingsNamed} more" : "";
        parse.Error.WriteLine($"settings that differ: {string.Join(", ", comparison.Settings.Take(SettingsNamed).Select(setting => setting.Key))}{more}");
    }

    private static string Shown(double? value) => value is { } number ? HumanText.Value(number) : "-";
}
