using System.CommandLine;
using Selfsame.Cli;

namespace Selfsame.Tests.Cli;

public sealed class CommandRunnerTests
{
    private enum Device { Cpu, Cuda }

    [Theory]
    [InlineData("lst", "error: 'lst' is not a verb. Did you mean 'list'?\nSee: selfsame --help\n")]
    [InlineData("frobnicate", "error: 'frobnicate' is not a verb. There are: list, doctor.\nSee: selfsame --help\n")]
    [InlineData("list --jsn 3", "error: '--jsn' is not an option of selfsame list. Did you mean '--json'?\nSee: selfsame list --help\n")]
    [InlineData("list --hepl", "error: '--hepl' is not an option of selfsame list. Did you mean '--help'?\nSee: selfsame list --help\n")]
    [InlineData("list more", "error: WHAT is 'more'; there are: systems, protocols.\n")]
    [InlineData("list @/such.rsp", "error: Response file not found '/such.rsp'.\nSee: selfsame list --help\n")]
    public async Task A_wrong_command_line_is_explained(string line, string error)
    {
        Assert.Equal(new CliRun(ExitCodes.BadUsage, "", error), await CliRun.OfAsync(line.Split(' ')));
    }

    [Theory]
    [InlineData("train --steps many", "error: --steps is 'many'; it takes a whole number.\n")]
    [InlineData("train --rate 1,5", "error: --rate is '1,5'; it takes a number, with a point and no comma.\n")]
    [InlineData("train --rate fast", "error: --rate is 'fast'; it takes a number.\n")]
    [InlineData("train --device tpu", "error: --device is 'tpu'; it takes one of cpu, cuda.\n")]
    public async Task A_wrong_value_is_explained(string line, string error)
    {
        var run = await CliRun.OfAsync([Train], line.Split(' '));

        Assert.Equal(new CliRun(ExitCodes.BadUsage, "", error + "See: selfsame train --help\n"), run);

        static Command Train() => new("train")
        {
            new Option<int>("--steps"), new Option<double?>("--rate"), new Option<Device>("--device"),
        };
    }

    [Theory]
    [InlineData("embed runs/a --data x --out y.npy", true)]
    [InlineData("pretrain", true)]
    [InlineData("pretrain --help", false)]
    [InlineData("list systems", false)]
    [InlineData("", false)]
    public void Only_verbs_that_compute_load_the_native_library_ahead(string line, bool loads) =>
        Assert.Equal(loads, VerbTable.Computes(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public async Task A_group_without_a_verb_lists_its_verbs()
    {
        var run = await CliRun.OfAsync([() => new Command("data") { new Command("list"), new Command("get") }], ["data"]);

        Assert.Equal(new CliRun(ExitCodes.BadUsage, "", "error: selfsame data needs one of: list, get.\nSee: selfsame data --help\n"), run);
    }

    [Fact]
    public async Task A_response_file_holds_arguments()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "doctor\n--hlp\n");
            var run = await CliRun.OfAsync("@" + file);
            Assert.Equal("error: '--hlp' is not an option of selfsame doctor. Did you mean '--help'?\nSee: selfsame doctor --help\n", run.Error);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_failure_is_one_line_without_a_trace()
    {
        var run = await FailAsync(new IOException("no space left in runs/mae; free some or give --out"));

        Assert.Equal(new CliRun(ExitCodes.Failed, "", "error: no space left in runs/mae; free some or give --out\n"), run);
    }

    [Fact]
    public async Task A_failure_behind_a_type_initializer_is_named_by_its_cause()
    {
        var run = await FailAsync(new TypeInitializationException("Native", new AggregateException(new DllNotFoundException("libselfsame.so is missing"))));

        Assert.Equal(new CliRun(ExitCodes.Failed, "", "error: libselfsame.so is missing\n"), run);
    }

    [Fact]
    public async Task A_usage_error_found_later_is_bad_usage_too()
    {
        Assert.Equal(new CliRun(ExitCodes.BadUsage, "", "error: no recipe mea\n"), await FailAsync(new UsageException("no recipe mea")));
    }

    [Fact]
    public async Task A_bug_is_called_one()
    {
        var run = await FailAsync(new KeyNotFoundException("no key blocks.0"));

        Assert.Equal("error: KeyNotFoundException: no key blocks.0 This is a bug in selfsame; SELFSAME_TRACE=1 shows where.\n", run.Error);
    }

    [Fact]
    public async Task The_trace_comes_when_asked_for()
    {
        var run = await FailAsync(new IOException("disk"), trace: true);

        Assert.StartsWith("error: disk\nSystem.IO.IOException: disk\n   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_with_130()
    {
        using var stop = new CancellationTokenSource();
        var running = CliRun.OfAsync([Wait], ["wait"], cancellation: stop.Token);
        Assert.False(running.IsCompleted);

        await stop.CancelAsync();

        Assert.Equal(new CliRun(ExitCodes.Cancelled, "", "cancelled\n"), await running);

        static Command Wait()
        {
            var verb = new Command("wait");
            verb.SetAction((_, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
            return verb;
        }
    }

    [Fact]
    public async Task A_cancellation_nobody_asked_for_is_a_failure()
    {
        Assert.Equal(ExitCodes.Failed, (await FailAsync(new TaskCanceledException("the download timed out"))).ExitCode);
    }

    [Theory]
    [InlineData("pretran", "pretrain")]
    [InlineData("pertrain", "pretrain")]
    [InlineData("evalute", "evaluate")]
    [InlineData("ls", "list", null)]
    public void The_nearest_name_is_found(string typed, string known, string? nearest = "") =>
        Assert.Equal(nearest == "" ? known : nearest, NearestName.Find(typed, [known, "serve"]));

    private static Task<CliRun> FailAsync(Exception exception, bool trace = false)
    {
        return CliRun.OfAsync([Fail], ["fail"], trace);

        Command Fail()
        {
            var verb = new Command("fail");
            verb.SetAction(int (_) => throw exception);
            return verb;
        }
    }
}
