using Selfsame.Cli;
using Selfsame.Cli.Bench;
using Selfsame.Cli.Verbs;
using Selfsame.Tests.Cli;

namespace Selfsame.Tests.Bench;

/// <summary>What <c>bench start</c> and <c>bench profile</c> make of their measurements.</summary>
public sealed class StartAndProfileTests
{
    [Fact]
    public void A_start_is_compared_round_by_round() =>
        Assert.Equal(new StartResult("start", 2, 6, 0.5), StartBenchmark.Of([1, 2, 3], [2, 8, 6]));

    [Fact]
    public void A_start_alone_has_no_ratio() => Assert.Equal(new StartResult("start", 2, null, null), StartBenchmark.Of([1, 2, 3], []));

    [Fact]
    public void Shares_of_a_profile_add_up_to_the_step()
    {
        var rows = ProfileBenchmark.Rows("m", [new("aten::mm", 20, 0.6, 12e9), new("aten::add", 10, 0.1, 0)], seconds: 1, steps: 2);

        Assert.Equal(["aten::mm", ProfileBenchmark.Rest, "aten::add"], rows.Select(row => row.Operator));
        Assert.Equal(1, rows.Sum(row => row.Share), 9);
        Assert.Equal((10, 300, 20), (rows[0].Calls, rows[0].Milliseconds, rows[0].GflopsPerSecond));
        Assert.Null(rows[1].GflopsPerSecond);
    }

    [Fact]
    public async Task A_process_is_timed_to_its_end_and_its_failure_told()
    {
        var (seconds, line) = await WholeProcess.RunAsync("/bin/sh", ["-c", "sleep 0.05; echo torch 1; echo more"], TimeProvider.System, default);

        Assert.Equal("torch 1", line);
        Assert.InRange(seconds, 0.05, 30);
        var error = await Assert.ThrowsAsync<PeerException>(() => WholeProcess.RunAsync("/bin/sh", ["-c", "echo bad luck >&2; exit 3"], TimeProvider.System, default));
        Assert.EndsWith("ended with 3: bad luck", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("embed", "--pictures")]
    [InlineData("start", "--rounds")]
    [InlineData("scale", "--rounds")]
    [InlineData("profile", "--rounds")]
    public async Task Counts_are_at_least_one(string verb, string option)
    {
        var run = await CliRun.OfAsync([BenchVerb.Create], ["bench", verb, option, "0"]);

        Assert.Equal(ExitCodes.BadUsage, run.ExitCode);
        Assert.StartsWith($"error: {option} is 0; it is at least 1", run.Error, StringComparison.Ordinal);
    }
}
