using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Selfsame.Evaluation.Report;
using Selfsame.Training;
using Selfsame.Training.Logging;

namespace Selfsame.Tests.Outputs;

public partial class ReportTests
{
    private static readonly byte[] Png = Convert.FromHexString("89504E470D0A1A0A0000000D49484452000000020000000108060000000000");

    [Fact]
    public void Holds_every_section_and_number()
    {
        using var folder = new TemporaryFolder();
        var html = File.ReadAllText(ReportBuilder.Build(Fill(folder)));

        foreach (var id in (string[])["summary", "metrics", "curves", "samples", "settings", "environment", "quarantine", "command"])
            Assert.Contains($" id=\"{id}\">", html, StringComparison.Ordinal);
        Assert.Contains("<div class=\"verdict learned\"><strong>Learned</strong><span>knn_accuracy is 0.7100, against 0.4200 for random weights and 0.5500 for the raw input (higher is better).</span></div>", html, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">knn_<wbr>accuracy<small>higher is better</small></th><td class=\"best\"><b>0.7100</b></td><td>0.4200</td><td>0.5500</td>", html, StringComparison.Ordinal);
        Assert.Contains("<i class=\"random\" style=\"width:59.2%\"></i>", html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"https://arxiv.org/abs/2111.06377\" rel=\"noreferrer\">https://arxiv.org/abs/2111.06377</a>", html, StringComparison.Ordinal);
        Assert.Contains($"src=\"data:image/png;base64,{Convert.ToBase64String(Png)}\"><figcaption>step 1,000</figcaption>", html, StringComparison.Ordinal);
        Assert.Contains("<pre>system: mae\nbatch: 256\n</pre>", html, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\"><code>batch</code></th><td><code>256</code></td><td class=\"flag\">flag: --batch 256</td>", html, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\"><code>system</code></th><td><code>mae</code></td><td class=\"default\">default</td>", html, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">cut short</th><td class=\"number\">2</td><td><code>a.png, b.png</code></td>", html, StringComparison.Ordinal);
        Assert.Contains("<pre class=\"command\">selfsame pretrain recipes/mae.yaml</pre>", html, StringComparison.Ordinal);
        Assert.Contains("""{"title":"knn_accuracy","evaluation":true,"names":["knn_accuracy"],"steps":[20,5000],"values":[[0.7,0.71]],"notFinite":0,"lines":[{"name":"random weights","value":0.42},{"name":"raw input","value":0.55}]}""", html, StringComparison.Ordinal);
        Assert.Contains("""{"title":"Loss","evaluation":false,"names":["loss"],"steps":[10,20],"values":[[0.5,null]],"notFinite":1,"lines":[]}""", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Loads_nothing_and_runs_its_own_script_alone()
    {
        using var folder = new TemporaryFolder();
        var html = ReportBuilder.Html(Fill(folder));

        Assert.Equal(["https://arxiv.org/abs/2111.06377"], Addresses().Matches(html).Select(match => match.Groups[1].Value).Where(address => !address.StartsWith("data:", StringComparison.Ordinal)));
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);

        var script = Scripts().Match(html).Groups[1].Value;
        Assert.Contains("v1.6.32", script, StringComparison.Ordinal);
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        Assert.Contains($"default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; script-src 'sha256-{hash}'\">", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_hostile_texts_as_texts()
    {
        const string hostile = "</script></pre><script>alert(1)</script><img src=x onerror=alert(2)>\"'&";
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.Path);
        run.WriteResult(RunFolderTests.Example() with
        {
            System = hostile,
            Paper = "https://x\"onclick=alert(3) javascript:alert(4)",
            Command = hostile,
            Machine = hostile,
            Commit = hostile,
            Evaluation = new Dictionary<string, double> { [hostile] = 1 },
            Baselines = new Dictionary<string, IReadOnlyDictionary<string, double>> { [hostile] = new Dictionary<string, double> { [hostile] = 1 } },
            Environment = new() { Os = hostile, Cpu = hostile, Cores = 1, MemoryBytes = 1, Dotnet = hostile, CpuFeatures = [hostile], Libraries = new Dictionary<string, string> { [hostile] = hostile } },
        });
        using (var log = MetricsLog.Open(run.MetricsPath))
            log.Write(1, 1, [new(hostile, 1), new(hostile + "_loss", 1)]);
        File.WriteAllText(run.RecipePath, hostile);
        File.WriteAllText(run.OriginsPath, "{\"a\":\"" + hostile.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"}");
        File.WriteAllText(run.QuarantinePath, hostile + "\n");
        var samples = Path.Combine(run.SamplesPath, "<img src=x onerror=alert(5)>\"");
        Directory.CreateDirectory(samples);
        File.WriteAllBytes(Path.Combine(samples, "step-1.png"), Png);

        var html = ReportBuilder.Html(run);
        var outside = Scripts().Replace(html, "", 1); // all but the report's own program
        Assert.DoesNotContain("<script>", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("\"onclick", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"javascript", outside, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(html, "</script>"));  // the curves' data and the program
        Assert.Contains("<h1>&lt;/script&gt;&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;&quot;&#39;&amp;</h1>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_folder_and_damaged_files_still_give_a_report()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.Path);
        Assert.Contains("<strong>Not finished</strong><span>Nothing was logged yet.</span>", ReportBuilder.Html(run), StringComparison.Ordinal);

        File.WriteAllText(run.ResultPath, "{");
        File.WriteAllText(run.OriginsPath, "[]");
        File.WriteAllText(run.MetricsPath, "no json\n");
        File.WriteAllText(run.QuarantinePath, "{\"sample\":\"a.png\",\"rea");
        var html = ReportBuilder.Html(run);
        Assert.Equal(3, Regex.Count(html, "<strong>Left out</strong>"));
        Assert.Contains("line cut or damaged", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        var error = Assert.Throws<DirectoryNotFoundException>(() => ReportBuilder.Html(new RunFolder("/nowhere/run")));
        Assert.Equal("/nowhere/run is not there; a report needs the folder of a run.", error.Message);
    }

    [Fact]
    public void Stays_small_however_much_was_made()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.Path);
        using (var log = MetricsLog.Open(run.MetricsPath))
        {
            for (var step = 1; step <= 20_000; step++)
                log.Write(step, step, [new("loss", step == 12_345 ? 99.5 : 1.0 / 3), new("gradient_norm", 2.0 / 3), new("rate", 1.0 / step)]);
        }
        Directory.CreateDirectory(Path.Combine(run.SamplesPath, "rebuilt"));
        var large = new byte[2 << 20];
        Png.CopyTo(large, 0);
        for (var step = 1; step <= 5; step++)
            File.WriteAllBytes(run.Sample("rebuilt", step), large);

        var html = ReportBuilder.Html(run);
        Assert.InRange(Encoding.UTF8.GetByteCount(html), 8_000_000, 10_000_000);
        Assert.Contains("not PNG files: 2.", html, StringComparison.Ordinal);
        Assert.Contains("99.5", html, StringComparison.Ordinal); // the one spike is among the points kept
    }

    [Theory]
    [InlineData("knn_accuracy", MetricDirection.Higher)]
    [InlineData("rebuild_mse", MetricDirection.Lower)]
    [InlineData("evaluation/loss", MetricDirection.Lower)]
    [InlineData("frechet_distance", MetricDirection.Lower)]
    [InlineData("majority_share", MetricDirection.None)]
    [InlineData("maelstrom", MetricDirection.Higher)]
    [InlineData("lossless_share", MetricDirection.Higher)]
    public void Direction_by_name(string name, MetricDirection expected) => Assert.Equal(expected, MetricComparison.DirectionOf(name));

    [Theory]
    [InlineData(0.7, 0.4, 0.5, VerdictKind.Learned, "trained")]
    [InlineData(0.45, 0.4, 0.5, VerdictKind.Partly, "raw_input")]
    [InlineData(0.4, 0.4, 0.3, VerdictKind.NotLearned, null)]
    [InlineData(0.3, 0.4, 0.2, VerdictKind.NotLearned, "random_init")]
    [InlineData(double.NaN, 0.4, 0.5, VerdictKind.NotLearned, "raw_input")]
    public void Verdicts(double trained, double random, double raw, VerdictKind expected, string? winner)
    {
        var result = RunFolderTests.Example() with
        {
            FinalLoss = 1,
            Evaluation = new Dictionary<string, double> { ["majority_share"] = 0.9, ["accuracy"] = trained },
            Baselines = new Dictionary<string, IReadOnlyDictionary<string, double>>
            {
                [RunResult.RandomInit] = new Dictionary<string, double> { ["majority_share"] = 0.9, ["accuracy"] = random },
                [RunResult.RawInput] = new Dictionary<string, double> { ["accuracy"] = raw },
            },
        };
        Assert.Equal(expected, RunVerdict.Of(result).Kind);
        Assert.Equal([null, winner], MetricComparison.Of(result).Select(metric => metric.Winner));
        Assert.Equal(VerdictKind.Diverged, RunVerdict.Of(result with { FinalLoss = double.NaN }).Kind);
        Assert.Equal(VerdictKind.Unknown, RunVerdict.Of(result with { Baselines = new Dictionary<string, IReadOnlyDictionary<string, double>>() }).Kind);
    }

    private static RunFolder Fill(TemporaryFolder folder)
    {
        var run = new RunFolder(folder.Path);
        run.WriteResult(RunFolderTests.Example() with { FinalLoss = 0.25, Paper = "He et al. 2021, https://arxiv.org/abs/2111.06377" });
        using (var log = MetricsLog.Open(run.MetricsPath))
        {
            log.Write(10, 10, [new("loss", 0.5)]);
            log.Write(20, 20, [new("loss", double.NaN)]);
            log.Write(20, 20, [new("knn_accuracy", 0.7)]);
        }
        File.WriteAllText(run.RecipePath, "system: mae\nbatch: 256\n");
        File.WriteAllText(run.OriginsPath, """{"batch":"--batch 256"}""");
        File.WriteAllText(run.QuarantinePath, """
            {"sample":"a.png","reason":"cut short"}
            {"sample":"b.png","reason":"cut short"}

            """);
        Directory.CreateDirectory(Path.GetDirectoryName(run.Sample("rebuilt", 1000))!);
        File.WriteAllBytes(run.Sample("rebuilt", 1000), Png);
        return run;
    }

    [GeneratedRegex("(?:href|src)=\"([^\"]*)\"")]
    private static partial Regex Addresses();

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Scripts();
}
