using System.Globalization;
using System.Text;
using Selfsame.Training.Progress;

namespace Selfsame.Claims;

/// <summary>The answers to all claims as a Markdown page, made from the kept results.</summary>
public static class ClaimsPage
{
    /// <summary>The page of all answers kept in a folder, by name.</summary>
    /// <param name="folder">Such as <c>results/claims</c>; without it there are none.</param>
    /// <exception cref="System.Text.Json.JsonException">A file holds something else.</exception>
    public static string OfFolder(string folder) => Write(Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(path => ClaimResult.FromJson(File.ReadAllText(path)))]
        : []);

    /// <summary>The page.</summary>
    /// <param name="results">Answers, in the order of the page.</param>
    public static string Write(IReadOnlyList<ClaimResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var page = new StringBuilder("# Claims, tested in miniature\n\nGenerated from `results/claims/*.json` by `selfsame claims --page`; nothing here is typed by hand. `selfsame claims KEY` repeats one.\n\n")
            .Append("Arms share data, steps and seeds. A prediction *holds* when the 95 % t interval of the paired differences over the seeds leaves zero out on the right side, is *contradicted* when it does on the\nwrong side, and is *undecided* otherwise. A small test can refute little: read the scale first.\n");
        foreach (var result in results)
            Section(page, result);
        return page.ToString();
    }

    private static void Section(StringBuilder page, ClaimResult result)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {result.Key}: {result.Verdict}\n\n**Claim** ([paper]({result.Paper})): {result.Claim}\n\n**Scale here:** {result.Scale}\n\n");
        var metrics = result.Predictions.Select(prediction => prediction.Metric).Distinct().ToArray();
        page.Append("| Arm | ").AppendJoin(" | ", metrics).Append(" |\n|---|").Append(string.Concat(metrics.Select(_ => "--:|"))).Append('\n');
        foreach (var arm in result.Arms.Values)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {arm.Title} |");
            foreach (var metric in metrics)
                page.Append(arm.Metrics.TryGetValue(metric, out var value) ? $" {HumanText.Value(value.Mean)} ± {HumanText.Value(value.Deviation)} |" : " – |");
            page.Append('\n');
        }

        page.Append("\n| Prediction | Better by | 95 % interval | Answer |\n|---|--:|---|---|\n");
        foreach (var (better, than, metric, comparison) in result.Predictions)
        {
            page.Append(CultureInfo.InvariantCulture,
                $"| {better} beats {than} on {metric} | {HumanText.Value(comparison.Mean)} | {HumanText.Value(comparison.Low)} to {HumanText.Value(comparison.High)} | {Words(comparison.Outcome)} |\n");
        }

        page.Append(CultureInfo.InvariantCulture,
            $"\n{result.Seeds.Count} seeds, {result.Steps} steps, {result.Seconds / 60:F0} minutes of training in all on {string.Join(", ", result.Machines)}; commit {string.Join(", ", result.Commits.Select(commit => commit[..Math.Min(7, commit.Length)]))}. Repeat: `{result.Command}`\n");
    }

    /// <summary>An outcome as a person says it.</summary>
    public static string Words(ClaimOutcome outcome) => outcome switch
    {
        ClaimOutcome.Holds => "holds",
        ClaimOutcome.Contradicted => "contradicted",
        _ => "undecided",
    };
}
