using Selfsame.Training.Progress;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Selfsame.Cli.Display;

/// <summary>What the live view of a run shows at one moment. Immutable, so that the drawing thread needs no lock.</summary>
internal sealed record LiveView
{
    private const int MetricsShown = 12;

    internal TrainingEvent.Started? Started { get; init; }

    internal TrainingEvent.StepDone? Step { get; init; }

    internal TrainingEvent.Evaluated? Evaluated { get; init; }

    internal TrainingEvent.CheckpointSaved? Saved { get; init; }

    internal long Skipped { get; init; }

    /// <summary>The view after an event.</summary>
    internal LiveView After(TrainingEvent e) => e switch
    {
        TrainingEvent.Started started => this with { Started = started },
        TrainingEvent.StepDone step => this with { Step = step },
        TrainingEvent.Evaluated evaluated => this with { Evaluated = evaluated },
        TrainingEvent.CheckpointSaved saved => this with { Saved = saved },
        TrainingEvent.Skipped skipped => this with { Skipped = skipped.Count },
        _ => this,
    };

    /// <summary>The view as something Spectre.Console can draw. Names and paths are shown as they are, never read as markup.</summary>
    internal IRenderable Render()
    {
        var (step, total) = (Step?.Step ?? Started?.Step ?? 0, Step?.Total ?? Started?.Total ?? 0);
        List<IRenderable> rows =
        [
            new Text($"{Started?.System ?? "run"}  {Started?.Folder}", new Style(decoration: Decoration.Bold)).Ellipsis(),
            new StepBar(total > 0 ? (double)step / total : 0),
            Facts(step, total),
        ];
        if (Evaluated is { } evaluated)
            rows.Add(EvaluationTable(evaluated));
        if (Saved is { } saved)
            rows.Add(new Text($"last checkpoint: step {HumanText.Count(saved.Step)}", new Style(Color.Grey)).Ellipsis());
        if (Skipped > 0)
            rows.Add(new Text($"skipped samples: {HumanText.Count(Skipped)}, see quarantine.jsonl", new Style(Color.Yellow)).Ellipsis());
        return new Rows(rows);
    }

    private FactLine Facts(long step, long total)
    {
        List<string> facts = [$"{HumanText.Count(step)} / {HumanText.Count(total)}"];
        if (Step is { } done)
        {
            facts.AddRange([
                $"loss {HumanText.Value(done.Loss)}",
                $"{HumanText.Rate(done.SamplesPerSecond)} samples/s",
                $"data wait {HumanText.Percent(done.DataWaitShare)}"]);
            if (done.Eta is { } eta)
                facts.Add($"ETA {HumanText.Duration(eta)}");
        }
        return new FactLine(facts);
    }

    private static Table EvaluationTable(TrainingEvent.Evaluated evaluated)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn(new Text($"evaluation at step {HumanText.Count(evaluated.Step)}")));
        table.AddColumn(new TableColumn(new Text("value")).RightAligned().NoWrap());
        foreach (var metric in evaluated.Metrics.Take(MetricsShown))
            table.AddRow(new Text(metric.Name).Ellipsis(), new Text(HumanText.Value(metric.Value)));
        if (evaluated.Metrics.Count > MetricsShown)
            table.AddRow(new Text($"and {evaluated.Metrics.Count - MetricsShown} more"), Text.Empty);
        return table;
    }
}
