using Selfsame.Cli;
using Selfsame.Cli.Verbs;

namespace Selfsame.Tests.Cli;

public sealed class ResultsTableTests : IDisposable
{
    private const string MaeResult =
        """
        {
          "system": "mae", "recipe": "recipes/mae.yaml", "steps": 500, "seconds": 93.4, "samples_per_second": 1370.7, "final_loss": 0.41,
          "evaluation": { "knn_accuracy": 0.75, "majority_share": 0.62 },
          "baselines": { "random_init": { "knn_accuracy": 0.5123 }, "raw_input": { "knn_accuracy": 0.25 } },
          "machine": "2 cores | AVX-512", "seed": 7, "commit": "0123456789abcdef"
        }
        """;

    private const string BertResult =
        """
        {
          "system": "bert", "steps": 1, "seconds": 0.6, "samples_per_second": 12, "evaluation": { "perplexity": "NaN" },
          "machine": "2 cores", "seed": 0, "commit": null
        }
        """;

    private const string Before = "# Title\n<!-- results:begin -->\nold numbers\n<!-- results:end -->\nThe end.\n";

    private const string After =
        """
        # Title
        <!-- results:begin -->
        | System | Metric | Trained | Chance | Random init | Raw input | Steps | Minutes | Samples/s | Machine | Seed | Commit |
        |---|---|--:|--:|--:|--:|--:|--:|--:|---|--:|---|
        | bert | perplexity | NaN | – | – | – | 1 | 0.0 | 12 | 2 cores | 0 | – |
        | [mae](recipes/mae.yaml) | knn_accuracy | 0.75 | 0.62 | 0.5123 | 0.25 | 500 | 1.6 | 1371 | 2 cores \| AVX-512 | 7 | 0123456 |
        <!-- results:end -->
        The end.

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("selfsame").FullName;

    private string Readme => Path.Combine(_folder, "README.md");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_table_goes_between_the_markers_and_stays()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "mae.json"), MaeResult);
        await File.WriteAllTextAsync(Path.Combine(_folder, "bert.json"), BertResult);
        await File.WriteAllTextAsync(Readme, Before);

        Assert.Equal(ExitCodes.Failed, (await RunAsync("--check")).ExitCode);
        Assert.Equal(Before, await File.ReadAllTextAsync(Readme));

        Assert.Equal(new CliRun(ExitCodes.Done, "README.md: 2 results\n", ""), await RunAsync());
        Assert.Equal(After.ReplaceLineEndings("\n"), await File.ReadAllTextAsync(Readme));

        Assert.Equal(ExitCodes.Done, (await RunAsync()).ExitCode);
        Assert.Equal(After.ReplaceLineEndings("\n"), await File.ReadAllTextAsync(Readme));
        Assert.Equal(new CliRun(ExitCodes.Done, "", ""), await RunAsync("--check"));
    }

    [Fact]
    public async Task Runs_that_differ_in_the_seed_alone_are_one_line_with_mean_and_deviation()
    {
        foreach (var (seed, accuracy) in new[] { (3, "0.5"), (1, "0.7"), (2, "0.6") })
        {
            var json = MaeResult.Replace("0.75,", accuracy + ",", StringComparison.Ordinal)
                .Replace("\"seed\": 7", $"\"seed\": {seed}, \"recipe_id\": \"00ff\", \"protocols\": {{ \"knn_accuracy\": \"knn/dino-1\" }}", StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(_folder, $"{seed}.json"), json);
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "other.json"), MaeResult);
        await File.WriteAllTextAsync(Readme, Before);
        await RunAsync();
        var lines = (await File.ReadAllLinesAsync(Readme)).Where(line => line.Contains("knn_accuracy", StringComparison.Ordinal)).ToArray();
        Assert.Equal(
            ["| [mae](recipes/mae.yaml) | knn_accuracy (knn/dino-1) | 0.6 ± 0.1 | 0.62 ± 0.0 | 0.5123 ± 0.0 | 0.25 ± 0.0 | 500 | 1.6 | 1371 | 2 cores \\| AVX-512 | 1, 2, 3 | 0123456 |",
            "| [mae](recipes/mae.yaml) | knn_accuracy | 0.75 | 0.62 | 0.5123 | 0.25 | 500 | 1.6 | 1371 | 2 cores \\| AVX-512 | 7 | 0123456 |"],
            lines);
    }

    [Fact]
    public async Task What_is_detail_stands_in_the_page_alone()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "mae.json"), MaeResult.Replace("\"knn_accuracy\": 0.5123", "\"knn_accuracy\": 0.5123, \"majority_share\": 0.62", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Readme, Before);
        var page = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "docs")).FullName, "results.md");

        Assert.Equal(ExitCodes.Done, (await RunAsync()).ExitCode);

        Assert.DoesNotContain("majority_share", await File.ReadAllTextAsync(Readme), StringComparison.Ordinal);
        Assert.Contains("majority_share", await File.ReadAllTextAsync(page), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, (await RunAsync("--check")).ExitCode);
        File.Delete(page);
        Assert.Equal("error: the table in results.md is out of date. Run: selfsame results-table\n", (await RunAsync("--check")).Error);
    }

    [Fact]
    public void Without_results_the_place_is_empty()
    {
        Assert.Equal("a\n<!-- results:begin -->\n<!-- results:end -->\n", ResultsTable.Replace("a\n<!-- results:begin --><!-- results:end -->\n", [], "x"));
    }

    [Theory]
    [InlineData("no markers")]
    [InlineData("<!-- results:end --> <!-- results:begin -->")]
    public void Missing_markers_are_named(string document)
    {
        var exception = Assert.Throws<InvalidDataException>(() => ResultsTable.Replace(document, [], "README.md"));

        Assert.Equal("README.md needs the lines <!-- results:begin --> and <!-- results:end -->, in this order; the table goes between them.", exception.Message);
    }

    [Fact]
    public async Task A_result_without_a_value_is_named()
    {
        var file = Path.Combine(_folder, "bert.json");
        await File.WriteAllTextAsync(file, BertResult.Replace("\"seed\": 0, ", "", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Readme, Before);

        Assert.Equal(new CliRun(ExitCodes.Failed, "", $"error: {file}: 'seed' must be a JSON number.\n"), await RunAsync());
        Assert.Equal(Before, await File.ReadAllTextAsync(Readme));
    }

    [Fact]
    public async Task A_result_without_an_evaluation_is_named()
    {
        var file = Path.Combine(_folder, "bert.json");
        await File.WriteAllTextAsync(file, BertResult.Replace("\"perplexity\": \"NaN\"", "", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Readme, Before);

        Assert.Equal($"error: {file}: 'evaluation' is empty. Run the recipe without --no-evaluate.\n", (await RunAsync()).Error);
    }

    private Task<CliRun> RunAsync(params string[] more) => CliRun.OfAsync(["results-table", "--results", _folder, "--readme", Readme, .. more]);
}
