using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Selfsame.Evaluation;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame results-table</c>: puts the numbers of <c>results/*.json</c> into the README, so that nobody types them.</summary>
internal static class ResultsTable
{
    /// <summary>Line before the table in the README.</summary>
    internal const string Begin = "<!-- results:begin -->";

    /// <summary>Line after the table in the README.</summary>
    internal const string End = "<!-- results:end -->";

    private const string Header =
        "| System | Metric | Trained | Random init | Raw input | Steps | Minutes | Samples/s | Machine | Seed | Commit |\n" +
        "|---|---|--:|--:|--:|--:|--:|--:|---|--:|---|\n";

    /// <summary>Makes the verb. It is for those who work on the project, so the help leaves it out.</summary>
    public static Command Create()
    {
        var results = new Option<DirectoryInfo>("--results") { Description = "Folder of result files", DefaultValueFactory = _ => new("results") };
        var readme = new Option<FileInfo>("--readme") { Description = "File to write into", DefaultValueFactory = _ => new("README.md") };
        var check = new Option<bool>("--check") { Description = "Write nothing; exit code 1 if the table is out of date" };
        var verb = new Verb("results-table", "Write the table of results into the README", new Example("results-table", "after new results came in"))
        {
            results, readme, check,
        };
        verb.Hidden = true;
        verb.SetAction(async (parse, cancellation) =>
        {
            var file = parse.GetRequiredValue(readme);
            var rows = await ReadAsync(parse.GetRequiredValue(results), cancellation).ConfigureAwait(false);
            var before = await File.ReadAllTextAsync(file.FullName, cancellation).ConfigureAwait(false);
            var after = Replace(before, rows, file.Name);
            if (parse.GetValue(check))
            {
                if (before == after)
                    return ExitCodes.Done;
                await parse.Error.WriteLineAsync($"error: the table in {file.Name} is out of date. Run: selfsame results-table").ConfigureAwait(false);
                return ExitCodes.Failed;
            }

            if (before != after)
                await File.WriteAllTextAsync(file.FullName, after, cancellation).ConfigureAwait(false);
            await parse.Output.WriteLineAsync($"{file.Name}: {rows.Count} results").ConfigureAwait(false);
            return ExitCodes.Done;
        });
        return verb;
    }

    /// <summary>Puts the table between the markers.</summary>
    /// <param name="document">Text with both markers, each on a line of its own.</param>
    /// <param name="results">In the order of the table.</param>
    /// <param name="name">What an error calls the document.</param>
    /// <exception cref="InvalidDataException">A marker is missing, or they are in the wrong order.</exception>
    internal static string Replace(string document, IReadOnlyList<ResultRow> results, string name)
    {
        var begin = document.IndexOf(Begin, StringComparison.Ordinal);
        var end = document.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            throw new InvalidDataException($"{name} needs the lines {Begin} and {End}, in this order; the table goes between them.");
        return string.Concat(document.AsSpan(0, begin + Begin.Length), "\n", Render(results), document.AsSpan(end));
    }

    private static string Render(IReadOnlyList<ResultRow> results)
    {
        var table = new StringBuilder(Header);
        // Runs that differ in nothing but the seed are one line, where the first of them stands.
        foreach (var same in results.Select((row, place) => (row, place)).GroupBy(r => (r.row.RecipeId ?? FormattableString.Invariant($"{r.place}"), r.row.Steps, r.row.Metric, r.row.Protocol), r => r.row))
        {
            var runs = same.OrderBy(row => row.Seed).ToArray();
            var result = runs[0];
            var system = result.Recipe is null ? result.System : $"[{result.System}]({result.Recipe})";
            table.Append(CultureInfo.InvariantCulture,
                $"| {system} | {result.Metric}{(result.Protocol is { } protocol ? $" ({protocol})" : "")} | {Scores(runs, row => row.Trained)} | {Scores(runs, row => row.RandomInit)} | {Scores(runs, row => row.RawInput)} ");
            table.Append(CultureInfo.InvariantCulture,
                $"| {result.Steps} | {runs.Average(row => row.Seconds) / 60:F1} | {runs.Average(row => row.SamplesPerSecond):F0} | {result.Machine} | {string.Join(", ", runs.Select(row => row.Seed))} | {result.Commit ?? "–"} |\n");
        }

        return results.Count == 0 ? "" : table.ToString();
    }

    // Mean and sample standard deviation over seeds.
    private static string Scores(ResultRow[] runs, Func<ResultRow, double?> value)
    {
        var known = runs.Select(value).OfType<double>().ToArray();
        if (known.Length < runs.Length || known.Length < 2)
            return Score(known.Length == runs.Length ? known[0] : null);
        var (mean, deviation, _) = Metrics.OverSeeds(known);
        return $"{Score(mean)} ± {Score(deviation)}";
    }

    private static string Score(double? value) => value?.ToString("0.0###", CultureInfo.InvariantCulture) ?? "–";

    private static async Task<IReadOnlyList<ResultRow>> ReadAsync(DirectoryInfo folder, CancellationToken cancellation)
    {
        if (!folder.Exists)
            throw new UsageException($"--results is '{folder}', which is not a folder.");

        var rows = new List<ResultRow>();
        foreach (var file in folder.EnumerateFiles("*.json").OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            try
            {
                rows.AddRange(ResultRow.ParseAll(await File.ReadAllBytesAsync(file.FullName, cancellation).ConfigureAwait(false)));
            }
            catch (Exception exception) when (exception is JsonException or InvalidDataException)
            {
                throw new InvalidDataException($"{file.FullName}: {exception.Message}", exception);
            }
        }

        return rows;
    }
}
