using Selfsame.Claims;
using Selfsame.Recipes;
using Selfsame.Tests.Training;
using Selfsame.Training;

namespace Selfsame.Tests.Claims;

public sealed class ClaimTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Arms_share_everything_but_what_they_set_and_finished_runs_are_kept()
    {
        var claim = Write("""
            claim: two noise levels help
            paper: https://arxiv.org/abs/2603.06507
            scale: a test
            recipe: tiny.yaml
            set: { duration.steps: 4 }
            seeds: [3, 5]
            arms:
              flow: { title: plain, set: { objective.dual_noise: false, objective.gamma: 0 } }
              both: { title: both }
            predictions: [{ better: both, than: flow, metric: rankme }]
            """);
        var runs = new List<string>();
        var runner = new ClaimRunner(claim, _folder["runs"]) { OnRun = (arm, seed, number, total) => runs.Add(FormattableString.Invariant($"{arm} {seed} {number}/{total}")) };
        var first = await runner.RunAsync(CancellationToken.None);
        Assert.Equal(["flow 3 1/4", "both 3 2/4", "flow 5 3/4", "both 5 4/4"], runs);
        Assert.Equal(4, first.Steps);
        Assert.Equal([3UL, 5UL], first.Seeds);
        var values = first.Arms["both"].Metrics["rankme"].Values;
        Assert.NotEqual(values[0], values[1]);
        Assert.NotEqual(first.Arms["flow"].Metrics["rankme"].Values[0], values[0]);
        Assert.Equal(values[0] - first.Arms["flow"].Metrics["rankme"].Values[0], first.Predictions[0].Comparison.Differences[0], 12);

        var file = new RunFolder(Path.Combine(_folder["runs"], "both", "seed-3")).ResultPath;
        var made = File.GetLastWriteTimeUtc(file);
        var again = await runner.RunAsync(CancellationToken.None);
        Assert.Equal(made, File.GetLastWriteTimeUtc(file));
        Assert.Equal(first.ToJson(), again.ToJson());
        Assert.Equal(first.ToJson(), ClaimResult.FromJson(first.ToJson()).ToJson());
    }

    [Fact]
    public void A_wrong_claim_names_everything_that_is_wrong()
    {
        var error = Assert.Throws<RecipeException>(() => Write("""
            claim: x
            paper: y
            scale: z
            recipe: tiny.yaml
            seeds: [1, 1]
            arms: { one: { title: only } }
            predictions: [{ better: one, than: two, metric: rankme }]
            """));
        Assert.Equal(
            ["arms has 1; a claim compares at least two", "predictions[0].than is two, which is not an arm. Arms: one", "seeds names a seed twice; the same seed gives the same run"],
            error.Faults.Select(fault => $"{fault.Key} {fault.Text}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_arm_with_a_wrong_key_is_refused_before_the_first_run()
    {
        var error = Assert.Throws<RecipeException>(() => Write("""
            claim: x
            paper: y
            scale: z
            recipe: tiny.yaml
            arms:
              one: { title: one }
              two: { title: two, set: { objective.gama: 0 } }
            predictions: [{ better: one, than: two, metric: rankme }]
            """));
        Assert.Contains("objective.gama", error.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean gamma?", error.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Shipped))]
    public void Every_shipped_claim_can_be_read(string path) => Assert.NotEmpty(ClaimFile.Read(Path.Combine(Root, path)).Settings.Predictions);

    public static TheoryData<string> Shipped => [.. Directory.EnumerateFiles(Path.Combine(Root, "recipes/claims"), "*.yaml").Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    private static string Root => Path.GetDirectoryName(Path.GetDirectoryName(Selfsame.Tests.Parity.ParityFiles.Root))!;

    private ClaimFile Write(string text)
    {
        var pictures = TinyRun.Pictures(_folder["pictures"], 24);
        File.WriteAllText(_folder["tiny.yaml"], TinyRun.SelfFlow.Replace("missing", pictures, StringComparison.Ordinal)
            .Replace("evaluate: null", "evaluate: { knn: null, probe: null, retrieval: null }", StringComparison.Ordinal));
        File.WriteAllText(_folder["claim.yaml"], text);
        return ClaimFile.Read(_folder["claim.yaml"]);
    }
}
