using System.Text.Json;
using Selfsame.Cli.Display;
using Selfsame.Cli.Verbs;
using Selfsame.Tests.Cli;
using Selfsame.Training;
using Selfsame.Training.Planning;

namespace Selfsame.Tests.Training;

public sealed class RunPlannerTests
{
    [Fact]
    public async Task A_plan_says_what_would_run_and_writes_nothing()
    {
        using var folder = new TemporaryFolder();
        var recipe = TinyRun.Load(TinyRun.SelfFlow, TinyRun.Pictures(folder["pictures"], 24), "batch=12", "ema.schedule=linear");

        var plan = await RunPlanner.PlanAsync(new PretrainingOptions { Recipe = recipe, Folder = folder["run"] }, default);

        Assert.False(Directory.Exists(folder["run"]));
        Assert.Equal(new PlannedValue("batch", "12", "flag", "--set batch=12"), plan.Recipe.Single(v => v.Key == "batch"));
        Assert.Equal(new PlannedValue("seed", "3", "recipe", "tiny.yaml(2)"), plan.Recipe.Single(v => v.Key == "seed"));
        Assert.Equal(new PlannedValue("guard.window", "100", "default", null), plan.Recipe.Single(v => v.Key == "guard.window"));
        Assert.Equal(recipe.Origins.Keys.Order(StringComparer.Ordinal), plan.Recipe.Select(v => v.Key).Order(StringComparer.Ordinal));
        Assert.Equal([12L, 3, 16, 16], plan.Batch.Single(t => t.Name == "image").Shape);
        Assert.Equal([12L], plan.Batch.Single(t => t.Name == "labels").Shape);
        Assert.Equal([12L, 16, 16], plan.Stages.Single(s => s.Name == "student.blocks.0 to 1").Shape);  // (samples, 4 x 4 patches, width)
        Assert.Equal(new PlannedLength(60, 720, 30, 5, 0), plan.Length);
        Assert.Equal((24, 24), (plan.Data.Samples, plan.Data.Train));

        // Student and teacher are of equal size, and only the teacher is not trained.
        var parts = plan.Parts.ToDictionary(p => p.Name);
        Assert.Equal(parts["student"].Parameters, parts["teacher"].Parameters);
        Assert.Equal((0, parts["projector"].Parameters), (parts["teacher"].Trained, parts["projector"].Trained));
        Assert.Equal(plan.TrainedParameters, plan.Parts.Sum(p => p.Trained));
        Assert.Equal(plan.TotalParameters, plan.Parts.Sum(p => p.Parameters));
        // fp32; the arena rounds each parameter up to a cache line.
        Assert.InRange(plan.Memory.Gradients, plan.TrainedParameters * 4, plan.TrainedParameters * 5);
        Assert.Equal(2 * plan.Memory.Gradients, plan.Memory.Optimizer);
        Assert.Equal(12, plan.Memory.MicroBatch);
        Assert.True(plan.Memory.Measured);
        Assert.Equal(3, plan.Time!.StepSeconds.Count);
        Assert.Equal(60, plan.Rate.Count);
        Assert.Equal((1e-3 / 6, 1e-3), (plan.Rate[0], plan.Rate[^1]));
        Assert.Equal((0.9, 60), (plan.TeacherMomentum[0], plan.TeacherMomentum.Count));
        Assert.Empty(plan.Warnings);
    }

    [Fact]
    public async Task What_is_likely_not_meant_is_said()
    {
        using var folder = new TemporaryFolder();
        var recipe = TinyRun.Load(
            TinyRun.SelfFlow, TinyRun.Pictures(folder["pictures"], 6), "batch=16", "duration={ steps: 4 }", "schedule.warmup={ steps: 9 }", "ema.warmup={ steps: 4 }", "checkpoint.best=knn_accuracy");

        var plan = await RunPlanner.PlanAsync(new PretrainingOptions { Recipe = recipe, Folder = folder["run"] }, default);

        Assert.Equal(
            [
                "batch is 16, and there are 6 samples to train on: some come more than once in a step. Lower --batch, or take more data",
                "schedule.warmup takes 9 steps, and the run has 4: the rate never reaches its peak. Shorten the warm-up, or train longer",
                "ema.warmup takes 4 steps, and the run has 4: the teacher hardly averages. Shorten it, or train longer",
                "log.every is 10 steps, and the run has 4: only its end is written. Lower log.every",
                "checkpoint.best is knn_accuracy, and nothing is evaluated during the run, so no checkpoint is chosen. Set evaluate.every",
            ],
            plan.Warnings);
    }

    [Fact]
    public async Task The_command_prints_it_for_people_and_programs()
    {
        using var folder = new TemporaryFolder();
        var recipe = folder.Add("tiny.yaml", System.Text.Encoding.UTF8.GetBytes(TinyRun.Mae));
        string[] arguments = ["pretrain", recipe, "--data", TinyRun.Pictures(folder["pictures"], 12), "--out", folder["run"], "--dry-run"];

        var text = await CliRun.OfAsync([PretrainVerb.Create], arguments);
        Assert.Equal(0, text.ExitCode);
        foreach (var part in (string[])["Recipe\n", "Parameters\n", "peak while training: ", "Learning rate: ", "Nothing was written.", "encoder.blocks.0 to 1"])
            Assert.Contains(part, text.Output, StringComparison.Ordinal);

        var json = await CliRun.OfAsync([PretrainVerb.Create], [.. arguments, "--json"]);
        using var plan = JsonDocument.Parse(json.Output);
        Assert.Equal("mae", plan.RootElement.GetProperty("system").GetString());
        Assert.Equal(20, plan.RootElement.GetProperty("length").GetProperty("steps").GetInt64());
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public async Task The_predicted_peak_is_that_of_the_run()
    {
        using var folder = new TemporaryFolder();
        var recipe = folder.Add("tiny.yaml", System.Text.Encoding.UTF8.GetBytes(TinyRun.Mae));
        string[] arguments =
        [
            "pretrain", recipe, "--data", TinyRun.Pictures(folder["pictures"], 64, 64), "--out", folder["run"], "--steps", "6", "--batch", "64", "--json",
            "--set", "encoder.width=128", "--set", "objective.decoder.width=128", "--set", "data.views.0.size=64",
        ];

        using var plan = JsonDocument.Parse(await Output([.. arguments, "--dry-run"]));
        await Output(arguments);

        var predicted = plan.RootElement.GetProperty("memory").GetProperty("training_peak").GetInt64();
        var real = new RunFolder(folder["run"]).ReadResult()!.PeakMemoryBytes!.Value;
        Assert.InRange(predicted / (double)real, 0.85, 1.15);

        static async Task<string> Output(string[] arguments)
        {
            using var process = TinyRun.Start([], arguments, out var output);
            Assert.Equal("", string.Concat((await process.StandardError.ReadToEndAsync()).Split('\n').Where(line => line.StartsWith("error", StringComparison.Ordinal))));
            await process.WaitForExitAsync();
            return output.ToString();
        }
    }

    [Fact]
    public void A_chart_fills_from_below() =>
        Assert.Equal(["      ▄█", "  ▄█████"], BlockChart.Lines([0, 0, 0.25, 0.5, 0.5, 0.5, 0.75, 1], 2));

    [Theory]
    [InlineData("MemTotal:  100 kB\nMemAvailable:    7 kB\n", 7 * 1024)]
    [InlineData("nothing", long.MaxValue)]
    public void Free_memory_is_read(string meminfo, long bytes) => Assert.Equal(bytes, MachineMemory.System(meminfo));

    [Fact]
    public void The_limits_of_a_container_hold_at_every_level()
    {
        using var folder = new TemporaryFolder();
        void File(string name, string text) => folder.Add(name, System.Text.Encoding.ASCII.GetBytes(text));
        File("memory.max", "max\n");
        File("memory.current", "5000\n");
        File("a/memory.max", "4000\n");
        File("a/memory.current", "3000\n");
        File("a/memory.stat", "anon 2000\ninactive_file 500\n");
        File("a/b/memory.max", "9000\n");
        File("a/b/memory.current", "1000\n");

        Assert.Equal(1500, MachineMemory.Container(folder.Path, "0::/a/b\n"));
        Assert.Equal(long.MaxValue, MachineMemory.Container(folder.Path, "0::/elsewhere\n"));
        Assert.Equal(1000, MachineMemory.AddressSpace("Max cpu time   unlimited\nMax address space         2048  unlimited  bytes\n", "VmSize:\t 1 kB\nVmHWM:\t1 kB\n") + -24);
        Assert.Equal(long.MaxValue, MachineMemory.AddressSpace("Max address space         unlimited  unlimited  bytes\n", "VmSize: 1 kB\n"));
    }
}
