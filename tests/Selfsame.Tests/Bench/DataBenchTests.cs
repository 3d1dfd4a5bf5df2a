using System.Text.Json;
using Selfsame.Cli;
using Selfsame.Cli.Bench;
using Selfsame.Cli.Verbs;
using Selfsame.Tests.Cli;

namespace Selfsame.Tests.Bench;

/// <summary>What <c>bench data</c> makes of its rounds.</summary>
public class DataBenchTests
{
    [Fact]
    public void Ratios_are_those_of_pairs_of_rounds()
    {
        var measured = DataBenchMeasurement.Of("pictures", 64, ours: [1, 2, 4], peer: [2, 2, 16], "torch 1");

        Assert.Equal(new DataBenchResult("pictures", 32, 32, 2, 1, 4), measured.Result);
        Assert.Equal([64.0, 32, 16], measured.OursRounds);
    }

    [Fact]
    public void Without_a_peer_there_is_no_ratio()
    {
        IReadOnlyList<DataBenchResult> results = [DataBenchMeasurement.Of("sound", 10, [2], [], null).Result];
        using var parsed = JsonDocument.Parse(JsonSerializer.Serialize(results, VerbJson.Default.IReadOnlyListDataBenchResult));

        Assert.Equal(["name", "ours", "peer", "ratio", "smallest_ratio", "largest_ratio"], parsed.RootElement[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(5, parsed.RootElement[0].GetProperty("ours").GetDouble());
        Assert.Equal(JsonValueKind.Null, parsed.RootElement[0].GetProperty("ratio").ValueKind);
    }

    [Fact]
    public async Task An_unknown_kind_of_data_is_refused()
    {
        var run = await CliRun.OfAsync([BenchVerb.Create], ["bench", "data", "--only", "text"]);

        Assert.Equal(ExitCodes.BadUsage, run.ExitCode);
        Assert.StartsWith("error: --only is 'text'; there are: pictures, sound, films, films-torchvision", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_work_moves_the_clock()
    {
        var clock = ProcessorTime.Own;
        var start = clock.GetTimestamp();
        var x = 1.0;
        while (clock.GetElapsedTime(start) < TimeSpan.FromMilliseconds(20))
            x = Math.Sqrt(x + 1);

        Assert.InRange(x, 1, 2);
        Assert.True(ProcessorTime.Own.GetTimestamp() <= Environment.CpuUsage.TotalTime.Ticks, "more than the processor time of this process");
    }
}
