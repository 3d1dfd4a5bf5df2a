using System.Globalization;
using Selfsame.Tests.Engine;
using Selfsame.Training.Progress;
using Xunit.Abstractions;

namespace Selfsame.Tests.Training;

[Collection(nameof(TensorCount)), Trait("Category", "Long")]
public sealed class SteadyMemoryTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_thousand_steps_leave_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        var recipe = TinyRun.Load(TinyRun.SelfFlow, TinyRun.Pictures(folder["pictures"], 30), "duration.steps=1000", "log.every.steps=50", "checkpoint.every.steps=100");
        var readings = new List<(long Step, long Tensors, long Heap, long Resident)>();
        var watcher = new Watcher(e =>
        {
            if (e is TrainingEvent.StepDone step)
                readings.Add((step.Step, TensorCount.Settled(), GC.GetTotalMemory(forceFullCollection: true), Resident()));
        });

        await TinyRun.RunAsync(recipe, folder["run"], watcher);

        foreach (var (step, tensors, heap, resident) in readings)
            output.WriteLine($"step {step}: {tensors} tensors, {heap >> 10} KiB managed, {resident >> 20} MiB resident");
        var (first, last) = (readings[0], readings[^1]);
        Assert.Equal((50, 1000), (first.Step, last.Step));
        Assert.All(readings, reading => Assert.Equal(first.Tensors, reading.Tensors));
        Assert.InRange(last.Heap, 0, first.Heap * 1.05);
        Assert.InRange(last.Resident, 0, first.Resident * 1.05);
    }

    private static long Resident() =>
        long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
