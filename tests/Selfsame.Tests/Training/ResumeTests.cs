using Selfsame.Cli;
using Selfsame.Cli.Verbs;
using Selfsame.Tests.Cli;
using Selfsame.Training;
using Selfsame.Training.Progress;

namespace Selfsame.Tests.Training;

public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _pictures;

    public ResumeTests() => _pictures = TinyRun.Pictures(_folder["pictures"], 30);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("optimizer.safetensors")]
    [InlineData("teacher.safetensors")]
    [InlineData("state.json")]
    public async Task A_damaged_checkpoint_is_passed_over_and_the_run_ends_with_the_same_bits(string file)
    {
        var recipe = TinyRun.Load(TinyRun.SelfFlow, _pictures);
        await TinyRun.RunAsync(recipe, _folder["whole"]);
        var run = new RunFolder(_folder["run"]);
        await StopAfter(40);
        var path = Path.Combine(run.Checkpoint(40), file);
        var bytes = File.ReadAllBytes(path);
        // In the middle of the numbers; in the text the last digit of "samples", which leaves it well formed.
        var place = file == "state.json" ? System.Text.Encoding.UTF8.GetString(bytes).IndexOf("320,", StringComparison.Ordinal) + 2 : bytes.Length * 3 / 4;
        bytes[place] ^= 1;
        File.WriteAllBytes(path, bytes);

        var watcher = new Watcher();
        var result = await TinyRun.RunAsync(recipe, run.Path, watcher);

        Assert.Equal(60, result.Steps);
        Assert.Equal(20, watcher.Events.OfType<TrainingEvent.Started>().Single().Step);
        var reason = file == "state.json" ? "its SHA-256 is not the one it holds" : "its SHA-256 is not the one in state.json";
        Assert.Equal($"{path} is damaged: {reason}; delete {run.Checkpoint(40)} to go on from an older checkpoint", Assert.Single(watcher.Warnings));
        TinyRun.AssertSameTensors(_folder["whole"], run.Path);
        Assert.Equal(40, Checkpoint.Read(run.Checkpoint(40)).Step);  // written anew
        Assert.True(Directory.Exists(run.Checkpoint(40) + ".damaged"));

        async Task StopAfter(long step)
        {
            using var stop = new CancellationTokenSource();
            var stopper = new Watcher(e =>
            {
                if (e is TrainingEvent.CheckpointSaved saved && saved.Step == step)
                    stop.Cancel();
            });
            await Assert.ThrowsAsync<OperationCanceledException>(() => TinyRun.RunAsync(recipe, run.Path, stopper, stop.Token));
            Assert.Equal(RunOutcome.Interrupted, stopper.Events.OfType<TrainingEvent.Finished>().Single().Outcome);
        }
    }

    [Fact]
    public async Task Without_a_whole_checkpoint_the_run_starts_anew()
    {
        var recipe = TinyRun.Load(TinyRun.Mae, _pictures, "checkpoint.keep=1");
        await TinyRun.RunAsync(recipe, _folder["run"]);
        var run = new RunFolder(_folder["run"]);
        File.Copy(Path.Combine(run.Checkpoint(20), "model.safetensors"), _folder["first"]);
        File.Delete(Path.Combine(run.Checkpoint(20), "optimizer.safetensors"));
        File.Delete(run.ResultPath);

        var watcher = new Watcher();
        await TinyRun.RunAsync(recipe, run.Path, watcher);

        Assert.Equal(0, watcher.Events.OfType<TrainingEvent.Started>().Single().Step);
        Assert.Contains("optimizer.safetensors is missing; delete", Assert.Single(watcher.Warnings), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(_folder["first"]), TinyRun.Tensors(run.Path)["model.safetensors"]);
    }

    [Fact]
    public async Task More_steps_go_on_and_end_where_one_long_run_ends()
    {
        var (half, whole) = (TinyRun.Load(TinyRun.SelfFlow, _pictures, "duration.steps=20"), TinyRun.Load(TinyRun.SelfFlow, _pictures, "duration.steps=40"));
        await TinyRun.RunAsync(whole, _folder["whole"]);
        await TinyRun.RunAsync(half, _folder["run"]);
        var run = new RunFolder(_folder["run"]);

        var refused = await Assert.ThrowsAsync<TrainingStoppedException>(() => TinyRun.RunAsync(half, run.Path));
        Assert.Equal($"{run.Path} holds a finished run (20 steps). Raise --steps to go on with it, or give another --out.", refused.Message);

        using var stop = new CancellationTokenSource();
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TinyRun.RunAsync(whole, run.Path, cancellation: stop.Token));
        Assert.Null(run.ReadResult());  // interrupted on its way to more steps: not finished any more

        var result = await TinyRun.RunAsync(whole, run.Path);
        Assert.Equal((40, 320), (result.Steps, result.Samples));
        Assert.Equal(40, run.ReadResult()!.Steps);
        TinyRun.AssertSameTensors(_folder["whole"], run.Path);
    }

    [Fact]
    public async Task The_command_refuses_a_finished_folder_and_another_recipe()
    {
        var recipe = _folder.Add("tiny.yaml", System.Text.Encoding.UTF8.GetBytes(TinyRun.Mae));
        string[] arguments = ["pretrain", recipe, "--data", _pictures, "--steps", "3", "--out", _folder["run"]];
        var first = await Pretrain(arguments);
        Assert.Equal((ExitCodes.Done, ""), (first.ExitCode, first.ExitCode == 0 ? "" : first.Error));

        var again = await Pretrain(arguments);
        Assert.Equal(ExitCodes.Failed, again.ExitCode);
        Assert.Equal($"error: {_folder["run"]} holds a finished run (3 steps). Raise --steps to go on with it, or give another --out.\n", again.Error);

        var other = await Pretrain([.. arguments, "--seed", "8"]);
        Assert.Equal(ExitCodes.Failed, other.ExitCode);
        Assert.Equal($"error: {_folder["run"]} holds a run of another recipe (see {_folder["run"]}/recipe.yaml). Give another --out, or delete the folder.\n", other.Error);

        static Task<CliRun> Pretrain(string[] arguments) => CliRun.OfAsync([PretrainVerb.Create], arguments);
    }

    [Fact]
    public async Task A_run_by_the_clock_ends_in_time_and_writes_a_result()
    {
        var result = await TinyRun.RunAsync(TinyRun.Load(TinyRun.Mae.Replace("{ steps: 20 }", "{ time: 3s }", StringComparison.Ordinal), _pictures), _folder["run"]);

        Assert.InRange(result.Seconds, 3, 6);
        Assert.True(result.Steps > 0);
        Assert.Equal(result.Steps, new RunFolder(_folder["run"]).ReadResult()!.Steps);
        Assert.Equal(result.Steps, new RunFolder(_folder["run"]).CheckpointSteps()[^1]);
    }
}
