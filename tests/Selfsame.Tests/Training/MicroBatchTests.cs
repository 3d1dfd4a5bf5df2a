using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Tests.Parity;
using Selfsame.Torch;
using Selfsame.Training;
using Selfsame.Training.Logging;
using Selfsame.Training.Planning;

namespace Selfsame.Tests.Training;

public sealed class MicroBatchTests
{
    private const int Samples = 6;

    public static TheoryData<string> ImageSystems => [.. SystemTable.BuiltIn.Entries.Where(e => e.Modalities.Contains("image")).Select(e => e.Key)];

    [Theory]
    [MemberData(nameof(ImageSystems))]
    public void A_split_batch_gives_the_gradient_of_the_whole_one(string system)
    {
        using var scope = Scope.Enter();
        var file = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(ParityFiles.Root))!, SystemTable.BuiltIn.Find(system)!.Recipe);
        string[] sets = [$"batch={Samples}", "precision=fp32", "encoder.drop_path=0.3"];
        var recipe = Load(file, system == "self-flow" ? sets[..2] : sets);
        if (recipe.Data.Views.Count == 0)
            return;  // its recipe reads several modalities
        var side = recipe.Data.Views[0].Size;
        using var model = new TrainingModel(recipe, new(recipe.Encoder, (side, side), 3, recipe.Objective.LabelColumn is null ? 0 : 2), Device.Cpu, low: false);
        if (!model.Objective.IsMeanOverSamples)
            return;
        var batch = new Batch(Enumerable.Range(0, recipe.Data.Views.Count).Select(v => KeyValuePair.Create(v == 0 ? "image" : $"image.{v}", new SeededStep(3, 0).Normal($"view {v}", Samples, 3, side, side))))
        {
            Labels = recipe.Objective.LabelColumn is null ? null : Tensor.From<long>([.. Enumerable.Range(0, Samples).Select(k => k % 2L)]),
        };

        var whole = Gradient(recipe, model, batch, Samples);

        foreach (var part in new[] { 1, 2, 3, 4 })
            Assert.InRange(Distance(whole, Gradient(recipe, model, batch, part)), 0, 1e-5);
        Assert.InRange(Distance(whole, Gradient(recipe with { Seed = recipe.Seed + 1 }, model, batch, Samples)), 1e-2, 10);  // other draws would show
    }

    [Fact]
    public void Labels_are_dropped_alike_in_parts()
    {
        using var scope = Scope.Enter();
        var recipe = TinyRun.Load(TinyRun.SelfFlow, "unused", "objective.label_drop=0.5").Recipe;
        using var model = new TrainingModel(recipe, new(recipe.Encoder, (16, 16), 3, 2), Device.Cpu, low: false);
        var batch = new Batch(new SeededStep(3, 0).Normal("x", 8, 3, 16, 16), Tensor.From<long>([0, 1, 0, 1, 1, 1, 0, 0]));

        Assert.InRange(Distance(Gradient(recipe, model, batch, 8), Gradient(recipe, model, batch, 2)), 0, 1e-5);
    }

    [Fact]
    public void A_part_draws_its_rows_of_the_whole()
    {
        using var scope = Scope.Enter();
        var whole = new SeededStep(5, 2);
        var part = new SeededStep(5, 2, new BatchPart(2, 3, 8));

        Assert.Equal(whole.Uniform("u", 8, 4).Narrow(0, 2, 3).ToArray<float>(), part.Uniform("u", 3, 4).ToArray<float>());
        Assert.Equal(whole.Normal("d", 2, 5, 8).Narrow(2, 2, 3).ToArray<float>(), part.Along(2).Normal("d", 2, 5, 3).ToArray<float>());
        Assert.Equal(whole.Uniform("m", 6).ToArray<float>(), part.ForAll.Uniform("m", 6).ToArray<float>());
        Assert.Equal(whole.Uniform("m", 4).ToArray<float>(), part.Uniform("m", 4).ToArray<float>());  // no number of samples
        Assert.Equal(whole.Draws("mask", 3).Uniform("u"), part.Draws("mask", 1).Uniform("u"));
        Assert.NotEqual(whole.Draws("mask", 1).Uniform("u"), part.Draws("mask", 1).Uniform("u"));
        // Two views of the samples, one after the other.
        var views = whole.Normal("v", 16, 2).ToArray<float>();
        Assert.Equal([.. views[4..10], .. views[20..26]], part.Normal("v", 6, 2).ToArray<float>());
        var levels = new Selfsame.Corruption.UniformNoiseLevels(1);
        Assert.Equal(whole.NoiseLevels("t", levels, 8).ToArray<float>()[2..5], part.NoiseLevels("t", levels, 3).ToArray<float>());
    }

    [Fact]
    public async Task Runs_in_parts_end_where_the_whole_ends()
    {
        using var folder = new TemporaryFolder();
        var pictures = TinyRun.Pictures(folder["pictures"], 24);
        foreach (var (name, micro) in new[] { ("whole", "null"), ("parts", "2") })
            await TinyRun.RunAsync(TinyRun.Load(TinyRun.Mae, pictures, $"micro_batch={micro}"), folder[name]);

        var (whole, parts) = (Losses(folder["whole"]), Losses(folder["parts"]));
        Assert.Equal(2, whole.Count);
        for (var k = 0; k < whole.Count; k++)
            Assert.Equal(whole[k], parts[k], whole[k] * 1e-4);
        Assert.Null(new RunFolder(folder["whole"]).ReadResult()!.MicroBatch);
        Assert.Equal(2, new RunFolder(folder["parts"]).ReadResult()!.MicroBatch);
    }

    [Fact]
    public async Task A_run_that_runs_out_of_memory_goes_on_in_smaller_parts()
    {
        using var folder = new TemporaryFolder();
        var pictures = TinyRun.Pictures(folder["pictures"], 24);
        var recipe = folder.Add("mae.yaml", System.Text.Encoding.UTF8.GetBytes(TinyRun.Mae));
        string[] arguments = ["pretrain", recipe, "--data", pictures, "--set", "batch=256", "--steps", "10", "--json", "--set", "encoder.width=64", "--set", "objective.decoder.width=64"];
        var free = await RunAsync([.. arguments, "--out", folder["free"]], null);
        Assert.Equal(0, free.ExitCode);
        Assert.DoesNotContain("memory ran out", free.Output, StringComparison.Ordinal);
        var limit = 24L << 20;

        // The recipe insists on the whole batch, so that nothing is planned and the step itself fails.
        var tight = await RunAsync([.. arguments, "--set", "micro_batch=256", "--out", folder["tight"]], limit);

        Assert.True(tight.ExitCode == 0, tight.Error);
        Assert.Contains("memory ran out at 256 samples at once: from step 1 on the batch of 256 passes in parts of 128, with the same result", tight.Output, StringComparison.Ordinal);
        var result = new RunFolder(folder["tight"]).ReadResult()!;
        Assert.InRange(result.MicroBatch!.Value, 1, 128);
        Assert.StartsWith("memory ran out at 256", result.Warnings![0], StringComparison.Ordinal);
        Assert.InRange(result.PeakMemoryBytes!.Value, 50L << 20, 4L << 30);
        Assert.Equal(result.MicroBatch.Value, MetricsLog.Read(new RunFolder(folder["tight"]).MetricsPath).Last().Metrics.Single(m => m.Name == "micro_batch").Value);
        Assert.Equal(Losses(folder["free"])[0], Losses(folder["tight"])[0], Losses(folder["free"])[0] * 1e-3);

        // Left to itself, the run plans ahead and never fails.
        var planned = await RunAsync([.. arguments, "--out", folder["planned"]], limit);

        Assert.True(planned.ExitCode == 0, planned.Error);
        Assert.Contains("are free: it passes in parts of ", planned.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("memory ran out", planned.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Not_even_one_sample_fits()
    {
        using var folder = new TemporaryFolder();
        var pictures = TinyRun.Pictures(folder["pictures"], 24);
        var recipe = folder.Add("mae.yaml", System.Text.Encoding.UTF8.GetBytes(TinyRun.Mae));

        var run = await RunAsync(["pretrain", recipe, "--data", pictures, "--steps", "2", "--set", "encoder.width=64", "--out", folder["run"]], (1 << 20) + (1 << 19));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("out of memory", run.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, 256)]
    [InlineData(0.9, 2)]
    [InlineData(0.5, 1)]
    [InlineData(30, 64)]
    public void The_largest_part_that_fits_divides_the_batch(double megabytes, int part) =>
        Assert.Equal(part, new StepMemory(Fixed: 100_000, PerSample: 300_000).LargestPart(256, megabytes * 1e6));

    [Fact]
    public void Two_measurements_make_a_line()
    {
        Assert.Equal(new StepMemory(100, 10), StepMemory.Through((2, 120), (4, 140)));
        Assert.Equal(300, StepMemory.Through((2, 120), (4, 140)).For(20));
        Assert.Equal(new StepMemory(50, 0), StepMemory.Through((2, 50), (4, 40)));
    }

    [Fact]
    public void The_allocator_counts_what_tensors_take()
    {
        // Other tests make and free tensors meanwhile; among a few tries one is undisturbed.
        var seen = new List<long>();
        for (var attempt = 0; attempt < 20; attempt++)
        {
            using var scope = Scope.Enter();
            var before = TorchMemory.Live;
            using var big = Ops.Zeros([64 << 20]);
            seen.Add((TorchMemory.Live - before) >> 20);
            if (seen[^1] is >= 255 and <= 300)
                return;
        }

        Assert.Fail($"256 MiB were counted as {string.Join(", ", seen)} MiB");
    }

    private static double Distance(float[] a, float[] b)
    {
        var (difference, length) = (0.0, 0.0);
        for (var k = 0; k < a.Length; k++)
            (difference, length) = (difference + Math.Pow(a[k] - b[k], 2), length + Math.Pow(a[k], 2));
        return Math.Sqrt(difference / length);
    }

    private static float[] Gradient(Recipe recipe, TrainingModel model, Batch batch, int part)
    {
        using var scope = Scope.Enter();
        var step = new TrainingStep(recipe, model, new ComputePrecision(false, Device.Cpu));
        step.Begin(0);
        var total = recipe.Batch;
        for (var first = 0; first < total; first += part)
        {
            var count = Math.Min(part, total - first);
            var result = step.Compute(batch.Rows(first, count), 7, new BatchPart(first, count, total));
            TrainingStep.Backward(result, (result.Weight ?? count) / total);
        }

        return model.Arena.Gradients!.ToArray<float>();
    }

    private static Recipe Load(string file, string[] sets) => new RecipeLoader(SystemTable.BuiltIn).Load(file, [.. sets.Select(Override.Set)], TinyRun.NoEnvironment).Recipe;

    private static List<double> Losses(string run) => [.. MetricsLog.Read(new RunFolder(run).MetricsPath).Select(entry => entry.Metrics.Single(m => m.Name == "loss").Value)];

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] arguments, long? limit)
    {
        using var process = TinyRun.Start(limit is { } bytes ? new() { ["SELFSAME_MEMORY_LIMIT"] = bytes.ToString(System.Globalization.CultureInfo.InvariantCulture) } : [], arguments, out var output);
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output.ToString(), error);
    }
}
