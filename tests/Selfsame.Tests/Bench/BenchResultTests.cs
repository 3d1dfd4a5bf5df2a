using System.Text.Json;
using Selfsame.Cli;
using Selfsame.Cli.Bench;
using Selfsame.Cli.Verbs;
using Selfsame.Tests.Cli;

namespace Selfsame.Tests.Bench;

public sealed class BenchResultTests
{
    [Fact]
    public void Figures_are_medians_and_the_ratio_is_taken_round_by_round()
    {
        // 12 samples a round: ours 6, 12, 4 and the peer's 6, 4, 3 samples a second.
        var measured = BenchMeasurement.Of("x", "fp32", samples: 12, steps: 3, ours: [2, 1, 3], peer: [2, 3, 4], "torch 1", stepFlops: 8, new(32, 64, 1));

        Assert.Equal(new BenchResult("x", "fp32", 6, 4, 4.0 / 3, 0.375, 0.375, 0.1875), measured.Result);
        Assert.Equal([6, 12, 4], measured.OursRounds);
        Assert.Equal([6, 4, 3], measured.PeerRounds);
    }

    [Theory]
    [InlineData(new double[] { 3 }, 3)]
    [InlineData(new double[] { 5, 1, 2 }, 2)]
    [InlineData(new double[] { 4, 1, 2, 9 }, 3)]
    public void The_median_is_in_the_middle(double[] values, double median) => Assert.Equal(median, BenchMeasurement.Median(values));

    [Fact]
    public void Json_is_an_array_of_eleven_members()
    {
        IReadOnlyList<BenchResult> results = [new("a", "bf16", 24.5, 12.25, 2, 0.5, 0.75, 0.5), new("b", "fp32", 3, null, null, 0.25, 0.25, 0.5)];

        var json = JsonSerializer.Serialize(results, VerbJson.Default.IReadOnlyListBenchResult);

        using var parsed = JsonDocument.Parse(json);
        Assert.All(parsed.RootElement.EnumerateArray(), result =>
            Assert.Equal(["name", "precision", "ours", "peer", "ratio", "share_of_limit", "share_of_float32", "share_of_bfloat16", "memory", "peer_memory", "memory_ratio"], result.EnumerateObject().Select(member => member.Name)));
        Assert.Equal(0.5, parsed.RootElement[0].GetProperty("share_of_limit").GetDouble());
        Assert.Equal(JsonValueKind.Null, parsed.RootElement[1].GetProperty("ratio").ValueKind);
    }

    [Fact]
    public async Task An_unknown_model_is_refused()
    {
        var run = await CliRun.OfAsync([BenchVerb.Create], ["bench", "train", "--only", "lstm"]);

        Assert.Equal(ExitCodes.BadUsage, run.ExitCode);
        Assert.StartsWith("error: --only is 'lstm'; there are: self-flow-small, mae-small, data2vec-small, clip-small, resnet18, bert-small, gpt-small", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_rounds_are_refused()
    {
        var run = await CliRun.OfAsync([BenchVerb.Create], ["bench", "train", "--rounds", "0"]);

        Assert.Equal(ExitCodes.BadUsage, run.ExitCode);
        Assert.StartsWith("error: --rounds is 0; it is at least 1", run.Error, StringComparison.Ordinal);
    }
}
