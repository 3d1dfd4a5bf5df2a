using System.Buffers;
using Selfsame.Evaluation.Report;
using Selfsame.Training;
using Selfsame.Training.Progress;
using Spectre.Console;

namespace Selfsame.Cli.Display;

/// <summary>The end of a run on the screen: the trained model beside its baselines, a verdict, and what to try next.</summary>
internal static class ResultTable
{
    private static readonly SearchValues<char> Special = SearchValues.Create(" '\"$&;()<>|*?\\`!#~");

    /// <summary>Writes it.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="result">The outcome.</param>
    /// <param name="folder">The run folder as the user would type it.</param>
    internal static void Write(IAnsiConsole console, RunResult result, string folder)
    {
        var verdict = RunVerdict.Of(result);
        if (result.Evaluation.Count > 0)
            console.Write(Metrics(result));
        console.Write(new Paragraph(verdict.Title, new Style(Colour(verdict.Kind), decoration: Decoration.Bold)).Append($": {verdict.Text}\n"));
        if (result.Diagnosis is { IsBad: false } health)
            console.Write(new Text($"{health}\n"));
        console.Write(new Text("\n"));
        console.Write(new Text("What to try next\n", new Style(decoration: Decoration.Bold)));
        foreach (var (why, command) in NextSteps(verdict.Kind, folder, result.Evaluation.ContainsKey("swd"), result.Evaluation.ContainsKey("majority_share")))
            console.Write(new Text(command is null ? $"  {why}\n" : $"  {why}\n    {command}\n"));
    }

    /// <summary>What to try next: a reason, and a command where there is one.</summary>
    /// <param name="verdict">How the run went.</param>
    /// <param name="folder">The run folder as the user would type it.</param>
    /// <param name="generates">Whether the method makes samples.</param>
    /// <param name="labelled">Whether the data has classes to tell apart.</param>
    internal static IReadOnlyList<(string Why, string? Command)> NextSteps(VerdictKind verdict, string folder, bool generates = false, bool labelled = true)
    {
        var report = ("Look at the curves and samples in a browser:", (string?)Quoted(Path.Combine(folder, "report.html")));
        var weights = Quoted(Path.Combine(folder, "checkpoints"));
        folder = Quoted(folder);
        return verdict switch
        {
            VerdictKind.Learned =>
            [
                report,
                .. generates ? [("Make new samples:", $"./selfsame generate {folder}")] : Array.Empty<(string, string?)>(),
                ("Turn your own files into vectors:", $"./selfsame embed {folder} --data FOLDER --out vectors.npz"),
                .. labelled ? [("See which classes it tells apart:", $"./selfsame probe {folder} --label COLUMN")] : Array.Empty<(string, string?)>(),
                ("Measure it by other protocols:", $"./selfsame evaluate {folder} --set evaluate.features.pooling=mean"),
                ("Take the weights elsewhere; they are safetensors under the official names:", weights),
            ],
            VerdictKind.Partly =>
            [
                report,
                ("It learned, but the raw input is hard to beat on this data. Train longer: the same command with more --steps goes on from the last checkpoint.", null),
                ("Measure other layers:", $"./selfsame evaluate {folder} --set evaluate.features.layers=[2,4]"),
            ],
            VerdictKind.NotLearned =>
            [
                report,
                ("If the loss still falls, train longer (--steps). If it is flat from the start, lower the rate or check the data:", "./selfsame data show NAME"),
                ("If the loss fell while the metrics did not rise, the representation may have collapsed: see the spread of the features in the report.", null),
            ],
            VerdictKind.Collapsed or VerdictKind.AtChance =>
            [
                report,
                ("Try what is said above on a short run (--steps 200); a run that goes wrong says so while it trains.", null),
            ],
            VerdictKind.Diverged =>
            [
                ("Halve the rate or lengthen the warm-up; the gradient norm in the report shows when it went wrong.", report.Item2),
                ("If it ran in bf16, see whether fp32 is stable: --precision fp32", null),
            ],
            _ =>
            [
                report,
                ("Measure what was learned, against random weights and the raw input:", $"./selfsame evaluate {folder}"),
            ],
        };
    }

    private static Table Metrics(RunResult result)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(Column("metric").LeftAligned());
        foreach (var name in (ReadOnlySpan<string>)["trained", RunResult.RandomInit, RunResult.RawInput])
            table.AddColumn(Column(name).RightAligned().NoWrap());
        var named = result.Protocols is { Count: > 0 };
        if (named)
            table.AddColumn(Column("protocol").LeftAligned());
        foreach (var metric in MetricComparison.Of(result))
        {
            List<Text> cells =
            [
                new Text(metric.Name),
                Value(metric, "trained", metric.Trained),
                Value(metric, RunResult.RandomInit, metric.RandomInit),
                Value(metric, RunResult.RawInput, metric.RawInput),
            ];
            if (named)
                cells.Add(new Text(result.Protocols!.GetValueOrDefault(metric.Name, "-")));
            table.AddRow(cells);
        }
        return table;
    }

    private static TableColumn Column(string name) => new(new Text(name, new Style(decoration: Decoration.Bold)));

    // The star is there for terminals without colours.
    private static Text Value(MetricComparison metric, string name, double? value) => value switch
    {
        null => new Text("-"),
        { } number when metric.Winner == name => new Text("* " + HumanText.Value(number), new Style(Color.Green, decoration: Decoration.Bold)),
        { } number => new Text(HumanText.Value(number)),
    };

    private static Color Colour(VerdictKind kind) => kind switch
    {
        VerdictKind.Learned => Color.Green,
        VerdictKind.Unknown => Color.Default,
        VerdictKind.Partly => Color.Yellow,
        _ => Color.Red,
    };

    private static string Quoted(string path) => path.AsSpan().IndexOfAny(Special) < 0 ? path : "'" + path.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
