using System.Globalization;
using Selfsame.Training.Sweeps;
using Spectre.Console;

namespace Selfsame.Cli.Sweeps;

/// <summary>A sweep on the screen.</summary>
internal static class SweepView
{
    /// <summary>The ranked table, and where the rest lies.</summary>
    public static void Write(IAnsiConsole console, SweepReport report, string folder)
    {
        var names = report.Runs.SelectMany(run => run.Settings.Keys).Distinct(StringComparer.Ordinal).ToList();
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("#").RightAligned());
        foreach (var name in names)
            table.AddColumn(new TableColumn(new Text(name)).RightAligned());
        table.AddColumn(new TableColumn(new Text(report.Metric)).RightAligned());
        table.AddColumn(new TableColumn("seeds").RightAligned());
        table.AddColumn(new TableColumn("failed").RightAligned());
        foreach (var row in report.Rows)
        {
            table.AddRow([
                new Text(row.Rank?.ToString(CultureInfo.InvariantCulture) ?? ""), .. names.Select(name => new Text(row.Settings[name])), new Text(SweepReport.Text(row)),
                new Text(row.Done.ToString(CultureInfo.InvariantCulture)), new Text(row.Failed.ToString(CultureInfo.InvariantCulture)),
            ]);
        }

        console.Write(table);
        foreach (var run in report.Runs.Where(run => run.State == "failed"))
            console.Write(new Text($"failed: {run.Folder}: {run.Error}\n", new Style(Color.Red)));
        if (report.Runs.Count(run => run.State == "waiting") is > 0 and var waiting)
            console.WriteLine(FormattableString.Invariant($"{waiting} runs were not started; the same command goes on with them."));
        console.WriteLine($"Ranked by {report.Metric}, {report.Better} is better. All of it: {Path.Combine(folder, "sweep.html")}, sweep.md and sweep.json beside it");
    }

    /// <summary>What a sweep would run.</summary>
    public static void Plan(IAnsiConsole console, IReadOnlyList<SweepRun> runs, string folder)
    {
        foreach (var run in runs)
            console.WriteLine(FormattableString.Invariant($"{Path.Combine(folder, run.Folder)}: {run.Label} seed={run.Seed}"));
        console.WriteLine(FormattableString.Invariant($"{runs.Count} runs. Nothing was written. What one of them takes: the same without --sweep."));
    }
}
