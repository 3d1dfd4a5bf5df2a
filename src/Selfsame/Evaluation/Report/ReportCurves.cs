using System.Text.Json;
using System.Text.Json.Serialization;

namespace Selfsame.Evaluation.Report;

/// <summary>Puts the metrics of a run onto charts: what belongs together shares one, evaluation comes first.</summary>
internal static class ReportCurves
{
    /// <summary>Stretches a chart is cut into; of each, every series keeps its lowest and highest point, so that spikes stay visible.</summary>
    private const int Stretches = 400;

    private enum Group
    {
        Evaluation,
        Loss,
        Rate,
        GradientNorm,
        Speed,
        Other,
    }

    internal static IReadOnlyList<Chart> Of(ReportData data)
    {
        var evaluated = data.Result?.Evaluation.Keys.ToHashSet() ?? [];
        var names = new List<string>();
        var known = new HashSet<string>();
        foreach (var entry in data.Entries)
        {
            foreach (var metric in entry.Metrics)
            {
                if (known.Add(metric.Name))
                    names.Add(metric.Name);
            }
        }

        return [.. names.Select(name => (Name: name, Group: GroupOf(name, evaluated)))
            .GroupBy(metric => metric.Group is Group.Evaluation or Group.Other ? (metric.Group, metric.Name) : (metric.Group, ""))
            .OrderBy(chart => chart.Key.Group)
            .Select(chart => Draw(data, chart.Key.Group, [.. chart.Select(metric => metric.Name)]))];
    }

    /// <summary>The same metrics of several runs in one chart each,</summary>
    /// <param name="runs">Runs with their names.</param>
    internal static IReadOnlyList<Chart> Overlaid(IReadOnlyList<(string Name, ReportData Data)> runs)
    {
        var evaluated = runs.SelectMany(run => run.Data.Result?.Evaluation.Keys ?? []).ToHashSet();
        var names = runs.SelectMany(run => run.Data.Entries).SelectMany(entry => entry.Metrics).Select(metric => metric.Name).Distinct();
        return [.. names.Select(name => (Name: name, Group: GroupOf(name, evaluated))).OrderBy(metric => metric.Group).Select(metric => Overlay(runs, metric.Name, metric.Group))];
    }

    private static Chart Overlay(IReadOnlyList<(string Name, ReportData Data)> runs, string name, Group group)
    {
        var rows = new SortedDictionary<long, double?[]>();
        var notFinite = 0;
        for (var r = 0; r < runs.Count; r++)
        {
            foreach (var entry in runs[r].Data.Entries)
            {
                foreach (var metric in entry.Metrics)
                {
                    if (metric.Name == name)
                        notFinite += Put(rows, runs.Count, entry.Step, r, metric.Value);
                }
            }
        }

        var (steps, values) = Thin([.. rows.Keys], [.. rows.Values], runs.Count);
        return new() { Title = name, Evaluation = group == Group.Evaluation, Names = [.. runs.Select(run => run.Name)], Steps = steps, Values = values, NotFinite = notFinite, Lines = [] };
    }

    /// <returns>1 when the value is not finite and is left out, else 0.</returns>
    private static int Put(SortedDictionary<long, double?[]> rows, int width, long step, int column, double value)
    {
        if (!rows.TryGetValue(step, out var row))
            rows[step] = row = new double?[width];
        row[column] = double.IsFinite(value) ? value : null;
        return double.IsFinite(value) ? 0 : 1;
    }

    internal static string ToJson(IReadOnlyList<Chart> charts) => JsonSerializer.Serialize(charts, ChartJson.Default.IReadOnlyListChart);

    private static Group GroupOf(string name, HashSet<string> evaluated)
    {
        if (evaluated.Contains(name) || name.StartsWith("evaluation/", StringComparison.Ordinal))
            return Group.Evaluation;
        if (name is "gradient_norm" or "grad_norm")
            return Group.GradientNorm;
        if (name is "samples_per_second" or "tokens_per_second")
            return Group.Speed;
        if (name is "rate" or "learning_rate" or "lr" || name.StartsWith("rate/", StringComparison.Ordinal))
            return Group.Rate;
        return name == "loss" || name.StartsWith("loss/", StringComparison.Ordinal) || name.EndsWith("_loss", StringComparison.Ordinal) ? Group.Loss : Group.Other;
    }

    private static Chart Draw(ReportData data, Group group, List<string> names)
    {
        var column = names.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
        var rows = new SortedDictionary<long, double?[]>();
        var notFinite = 0;
        foreach (var entry in data.Entries)
        {
            foreach (var metric in entry.Metrics)
            {
                if (column.TryGetValue(metric.Name, out var i))
                    notFinite += Put(rows, names.Count, entry.Step, i, metric.Value);
            }
        }

        var (steps, values) = Thin([.. rows.Keys], [.. rows.Values], names.Count);
        return new()
        {
            Title = group switch
            {
                Group.Loss => "Loss",
                Group.Rate => "Learning rate",
                Group.GradientNorm => "Gradient norm",
                Group.Speed => "Speed, per second",
                _ => names[0],
            },
            Evaluation = group == Group.Evaluation,
            Names = names,
            Steps = steps,
            Values = values,
            NotFinite = notFinite,
            Lines = group == Group.Evaluation ? BaselinesOf(data, names[0]) : [],
        };
    }

    private static (IReadOnlyList<double> Steps, IReadOnlyList<double?[]> Values) Thin(long[] steps, double?[][] rows, int series)
    {
        var kept = new SortedSet<int>();
        if (steps.Length <= 2 * Stretches)
        {
            kept.UnionWith(Enumerable.Range(0, steps.Length));
        }
        else
        {
            kept.UnionWith([0, steps.Length - 1]);
            for (var stretch = 0; stretch < Stretches; stretch++)
            {
                var (from, to) = ((int)((long)steps.Length * stretch / Stretches), (int)((long)steps.Length * (stretch + 1) / Stretches));
                for (var s = 0; s < series; s++)
                {
                    int low = -1, high = -1;
                    for (var i = from; i < to; i++)
                    {
                        if (rows[i][s] is not { } value)
                            continue;
                        low = low < 0 || value < rows[low][s] ? i : low;
                        high = high < 0 || value > rows[high][s] ? i : high;
                    }
                    if (low >= 0)
                        kept.UnionWith([low, high]);
                }
            }
        }
        return ([.. kept.Select(i => (double)steps[i])], [.. Enumerable.Range(0, series).Select(s => kept.Select(i => rows[i][s]).ToArray())]);
    }

    private static List<ChartLine> BaselinesOf(ReportData data, string name)
    {
        List<ChartLine> lines = [];
        foreach (var (baseline, values) in data.Result?.Baselines ?? new Dictionary<string, IReadOnlyDictionary<string, double>>())
        {
            if (values.TryGetValue(name, out var value) && double.IsFinite(value))
                lines.Add(new(ReportBuilder.BaselineTitle(baseline), value));
        }
        return lines;
    }
}

/// <summary>One chart: values by step, one list per series, and level lines.</summary>
internal sealed record Chart
{
    public required string Title { get; init; }

    public required bool Evaluation { get; init; }

    /// <summary>What the chart runs over; null for steps.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Axis { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Steps, or what <see cref="Axis"/> says.</summary>
    public required IReadOnlyList<double> Steps { get; init; }

    public required IReadOnlyList<double?[]> Values { get; init; }

    public required int NotFinite { get; init; }

    public required IReadOnlyList<ChartLine> Lines { get; init; }
}

/// <summary>A level line across a chart.</summary>
internal sealed record ChartLine(string Name, double Value);

// The default encoder writes <, > and & as \u escapes, so that the text can stand inside a script element.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<Chart>))]
internal sealed partial class ChartJson : JsonSerializerContext;
