using System.CommandLine;
using Selfsame.Data;
using Selfsame.Evaluation.Gallery;
using Selfsame.Evaluation.Report;
using Selfsame.Recipes;
using Selfsame.Training;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame evaluate RUN</c>: measures the newest checkpoint of a run again, by the recipe's protocols or others.</summary>
internal static class EvaluateVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "Run folder." };
        var set = new Option<string[]>("--set") { Description = "Change what is measured: --set evaluate.features.pooling=mean", HelpName = "key=value", Arity = ArgumentArity.ZeroOrMore };
        var baselines = new Option<bool>("--baselines") { Description = "Measure the raw input as well." };
        var json = new Option<bool>("--json") { Description = "Print a JSON object {metric: value}." };
        var verb = new Verb("evaluate", "Measure a trained model: k-NN, linear probe, retrieval, samples",
            new("evaluate runs/quickstart", "as the recipe says"),
            new("evaluate runs/quickstart --set evaluate.features.layers=[2,4,6]", "other layers, side by side"),
            new("evaluate runs/quickstart --json", "for a program"))
        {
            run, set, baselines, json,
        };
        verb.SetAction((parse, cancellation) => Run(parse, parse.GetValue(run)!, [.. (parse.GetValue(set) ?? []).Select(Override.Set)], parse.GetValue(baselines), parse.GetValue(json), cancellation));
        return verb;
    }

    private static async Task<int> Run(ParseResult parse, string path, IReadOnlyList<Override> overrides, bool baselines, bool json, CancellationToken cancellation)
    {
        using var run = await TrainedRun.OpenAsync(path, overrides, new DataOptions(), cancellation);
        var evaluator = run.Evaluator();
        IReadOnlyList<Training.Logging.Metric> metrics;
        Dictionary<string, double> raw = [];
        using (run.Precision.Enter())
            metrics = evaluator.Evaluate(run.Objective, samples: true, cancellation);
        if (overrides.Count == 0)
            Report(parse, run, cancellation);
        if (baselines)
            raw = evaluator.EvaluateRawInput(cancellation).ToDictionary(m => m.Name, m => m.Value);
        if (json)
        {
            parse.WriteJson(metrics.ToDictionary(m => m.Name, m => m.Value), VerbJson.Default.DictionaryStringDouble);
            return ExitCodes.Done;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns(baselines ? ["metric", $"step {run.State.Step}", "raw_input", "protocol"] : ["metric", $"step {run.State.Step}", "protocol"]);
        foreach (var (name, value, protocol) in metrics)
        {
            var cells = new List<Text> { new(name), new(Training.Progress.HumanText.Value(value)) };
            if (baselines)
                cells.Add(new Text(raw.TryGetValue(name, out var other) ? Training.Progress.HumanText.Value(other) : "-"));
            cells.Add(new Text(protocol ?? "-"));
            table.AddRow(cells);
        }

        parse.Console().Write(table);
        return ExitCodes.Done;
    }

    // Measured as the recipe says, the figures are those of the run: the same again where the weights are.
    private static void Report(ParseResult parse, TrainedRun run, CancellationToken cancellation)
    {
        using (run.Precision.Enter())
            RunFigures.Draw(run.Folder, FigureSource.Of(run.Data, run.Recipe), run.Objective, run.State.Step, cancellation);
        parse.Error.WriteLine(ReportBuilder.Build(run.Folder));
    }
}
