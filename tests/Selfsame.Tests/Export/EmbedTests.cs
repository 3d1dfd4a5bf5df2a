using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Selfsame.Cli.Verbs;
using Selfsame.Models.Checkpoints;
using Selfsame.Tests.Cli;
using Selfsame.Tests.Training;
using Selfsame.Torch;
using Selfsame.Torch.Safetensors;
using Selfsame.Training;

namespace Selfsame.Tests.Export;

/// <summary>One tiny trained run that all tests read.</summary>
public sealed class EmbeddedRun : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Run => _folder["run"];

    public string Pictures => _folder["pictures"];

    public async Task InitializeAsync()
    {
        foreach (var (part, count) in new[] { ("train", 24), ("val", 8), ("test", 10) })
            TinyRun.Pictures(Path.Combine(Pictures, part), count);
        await TinyRun.RunAsync(TinyRun.Load(TinyRun.Mae, Pictures, "duration.steps=3"), Run);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();
}

public sealed class EmbedTests(EmbeddedRun trained) : IClassFixture<EmbeddedRun>, IDisposable
{
    private const int Kill = 9;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Task<CliRun> Cli(params string[] args) => CliRun.OfAsync([EmbedVerb.Create, ProbeVerb.Create], args);

    [Fact]
    public async Task Every_format_holds_the_same_vectors_and_names()
    {
        // Left out everywhere: with other batches the last bits of the vectors may differ.
        var broken = Path.Combine(trained.Pictures, "train", "blocks", "broken, \"quoted\".png");
        File.WriteAllText(broken, "no picture");
        try
        {
            await CompareFormats();
        }
        finally
        {
            File.Delete(broken);
        }
    }

    private async Task CompareFormats()
    {
        var first = await Cli("embed", trained.Run, "--out", _folder["a.jsonl"], "--split", "train", "--batch", "5");
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Equal($"{_folder["a.jsonl"]}: 24 x 16\n{_folder["a.jsonl"]}.quarantine.jsonl: 1 samples that could not be used\n", first.Output);
        var lines = File.ReadLines(_folder["a.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var vectors = lines.SelectMany(line => line.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle())).ToArray();
        var names = lines.Select(line => line.GetProperty("name").GetString()!).ToArray();
        Assert.Equal(24, names.Distinct().Count());
        Assert.All(lines, line => Assert.Equal("train", line.GetProperty("split").GetString()));
        Assert.All(names, name => Assert.True(File.Exists(Path.Combine(trained.Pictures, name)), name));

        foreach (var ending in new[] { "csv", "safetensors", "npy", "npz" })
        {
            var run = await Cli("embed", trained.Run, "--out", _folder["a." + ending], "--split", "train", "--batch", "5");
            Assert.True(run.ExitCode == 0, run.Error);
        }

        var rows = File.ReadLines(_folder["a.csv"]).Skip(1).Select(line => line.Split(',')).ToArray();
        Assert.Equal(names, rows.Select(row => row[0]));
        Assert.Equal(vectors, rows.SelectMany(row => row[2..].Select(cell => float.Parse(cell, CultureInfo.InvariantCulture))));
        using (var file = SafetensorsFile.Open(_folder["a.safetensors"]))
        {
            Assert.Equal([24, 16], file.Entry("embeddings").Shape);
            Assert.Equal(vectors, file.ReadFloats("embeddings"));
            Assert.Equal("a.safetensors.names.jsonl", file.Metadata["names"]);
        }

        var npy = File.ReadAllBytes(_folder["a.npy"]);
        Assert.Equal(0, (BitConverter.ToUInt16(npy, 8) + 10) % 64);
        Assert.Equal(vectors, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(npy.AsSpan(npy.Length - (vectors.Length * 4))).ToArray());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, "*.unfinished"));
    }

    [SkippableNumpy]
    public async Task Numpy_reads_what_was_written()
    {
        await Cli("embed", trained.Run, "--out", _folder["v.npz"], "--split", "test");
        await Cli("embed", trained.Run, "--out", _folder["v.npy"], "--split", "test");
        await Cli("embed", trained.Run, "--out", _folder["t.npy"], "--split", "test", "--per-token", "--dtype", "float16");
        const string Script = """
            import numpy as np, sys
            z = np.load(sys.argv[1] + "/v.npz")
            v = np.load(sys.argv[1] + "/v.npy")
            t = np.load(sys.argv[1] + "/t.npy")
            print(z["embeddings"].shape, z["embeddings"].dtype, (z["embeddings"] == v).all(), t.shape, t.dtype)
            print(sorted(set(z["splits"])), z["names"][0])
            print(float(np.abs(t[:, 0].astype(np.float32) - v).max()) < 2e-3 * float(np.abs(v).max()))
            """;
        Assert.Equal("(10, 16) float32 True (10, 17, 16) float16\n['test'] test/blocks/001.png\nTrue\n", Python(Script, _folder.Path));
    }

    [Fact]
    public void A_killed_embedding_goes_on_and_ends_with_the_same_bytes()
    {
        string[] Arguments(string file) => ["embed", trained.Run, "--out", file, "--batch", "1", "--workers", "1"];
        using (var whole = TinyRun.Start(Arguments(_folder["whole.npz"])))
        {
            whole.WaitForExit();
            Assert.Equal(0, whole.ExitCode);
        }

        // Killed as soon as rows are there, wherever it is then.
        var partial = _folder["cut.npz"] + ".unfinished";
        using (var first = TinyRun.Start(Arguments(_folder["cut.npz"])))
        {
            while (!first.HasExited && !File.Exists(Path.Combine(partial, "vectors.bin")))
                Thread.Sleep(1);
            TinyRun.Signal(first, Kill);
            first.WaitForExit();
        }

        Assert.False(File.Exists(_folder["cut.npz"]));
        using (var second = TinyRun.Start(Arguments(_folder["cut.npz"])))
        {
            second.WaitForExit();
            Assert.Equal(0, second.ExitCode);
        }

        Assert.Equal(File.ReadAllBytes(_folder["whole.npz"]), File.ReadAllBytes(_folder["cut.npz"]));
        Assert.False(Directory.Exists(partial));
    }

    [Fact]
    public async Task A_cancelled_embedding_goes_on_in_the_middle()
    {
        using var encoder = await FrozenEncoder.OpenAsync(trained.Run);
        using var data = await Selfsame.Data.DataSource.OpenAsync(trained.Pictures);
        int[] samples = [.. Enumerable.Range(0, data.Count)];
        var request = new Selfsame.Export.Embeddings.EmbeddingRequest { Output = _folder["x.npy"], Batch = 4 };
        using var stop = new CancellationTokenSource();
        var reached = 0L;
        void Progress(Selfsame.Export.Embeddings.EmbeddingProgress done)
        {
            reached = done.Done;
            if (reached == 8)
                stop.Cancel();
        }

        // Two lanes: at most two batches more were begun.
        TorchRuntime.Threads = 2;
        Assert.ThrowsAny<OperationCanceledException>(() => Selfsame.Export.Embeddings.EmbeddingJob.Run(encoder, data, samples, request, Progress, stop.Token));
        Assert.Equal(16, reached);

        // What a kill would leave behind the last safe state.
        File.AppendAllText(Path.Combine(_folder["x.npy"] + ".unfinished", "vectors.bin"), "half a row");
        File.AppendAllText(Path.Combine(_folder["x.npy"] + ".unfinished", "names.jsonl"), """{"name":"ha""");
        var other = Assert.Throws<Selfsame.Export.Embeddings.EmbeddingException>(() => Selfsame.Export.Embeddings.EmbeddingJob.Run(encoder, data, samples, request with { Batch = 5 }));
        Assert.Equal($"{_folder["x.npy"]}.unfinished holds an unfinished embedding of other weights, data or options. Repeat the command that began it, or delete the folder.", other.Message);
        var result = Selfsame.Export.Embeddings.EmbeddingJob.Run(encoder, data, samples, request);

        Assert.Equal((reached, 42), (result.Resumed, result.Rows));
        Selfsame.Export.Embeddings.EmbeddingJob.Run(encoder, data, samples, request with { Output = _folder["y.npy"] });
        Assert.Equal(File.ReadAllBytes(_folder["y.npy"]), File.ReadAllBytes(_folder["x.npy"]));
        Assert.Equal(File.ReadAllBytes(_folder["y.npy.names.jsonl"]), File.ReadAllBytes(_folder["x.npy.names.jsonl"]));
    }

    [Theory]
    [InlineData(2, "error: --out is missing: name a file that ends in .npy, .npz, .csv, .jsonl or .safetensors.\n", "RUN")]
    [InlineData(2, "error: name a run folder, or weights after --from.\n", "--out", "x.npy")]
    [InlineData(1, "error: x.tif should end in one of .npy, .npz, .csv, .jsonl, .safetensors; the ending picks the format\n", "RUN", "--out", "x.tif")]
    [InlineData(1, "error: --layer is 3; the encoder has blocks 1 to 2\n", "RUN", "--out", "x.npy", "--layer", "1,3")]
    [InlineData(2, "error: --pooling is 'avg'; there are: auto, class_token, mean, max, quarters, sixteenths.\n", "RUN", "--out", "x.npy", "--pooling", "avg")]
    [InlineData(1, "error: x.csv holds one vector a line and no tokens; write npy, npz, jsonl or safetensors\n", "RUN", "--out", "x.csv", "--per-token")]
    [InlineData(1, "error: nowhere does not exist; give a run folder, a safetensors file, or a folder with model.safetensors\n", "nowhere", "--out", "x.npy")]
    public async Task Mistakes_are_told(int exit, string error, params string[] arguments)
    {
        var run = await Cli(["embed", .. arguments.Select(argument => argument == "RUN" ? trained.Run : argument)]);
        Assert.Equal(new CliRun(exit, "", error), run);
    }

    [Fact]
    public async Task Public_weights_embed_like_the_run_they_came_from()
    {
        using (var run = await FrozenEncoder.OpenAsync(trained.Run))
        {
            using var scope = Scope.Enter();
            using var file = SafetensorsWeights.Open(Path.Combine(new RunFolder(trained.Run).Checkpoint(3), "model.safetensors"));
            var own = file.Entries.Where(entry => entry.Name.StartsWith("encoder.", StringComparison.Ordinal)).Select(entry => (entry.Name["encoder.".Length..], file.Read(entry.Name))).ToList();
            TensorFile.Save(_folder["model.safetensors"], own);
        }

        await File.WriteAllTextAsync(_folder["config.json"], """{"num_attention_heads": 2, "layer_norm_eps": 1e-6}""");
        var first = await Cli("embed", trained.Run, "--out", _folder["run.jsonl"], "--split", "test");
        var second = await Cli("embed", "--from", _folder.Path, "--data", trained.Pictures, "--out", _folder["file.jsonl"], "--split", "test", "--json");

        Assert.Equal(0, first.ExitCode);
        Assert.True(second.ExitCode == 0, second.Error);
        Assert.Contains("note: nothing beside the weights tells how pixels were normalised; ImageNet's mean and deviation are used\n", second.Error, StringComparison.Ordinal);
        Assert.Equal(10, JsonDocument.Parse(second.Output).RootElement.GetProperty("rows").GetInt32());
        static float[] Read(string path) => [.. File.ReadLines(path).SelectMany(line => JsonDocument.Parse(line).RootElement.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()))];
        var (expected, found) = (Read(_folder["run.jsonl"]), Read(_folder["file.jsonl"]));
        // Pictures are resized by another kernel for public weights (bicubic), and not at all here: 20 pixels to 16.
        Assert.Equal(expected.Length, found.Length);
        Assert.True(expected.Zip(found, (a, b) => (a - b) * (a - b)).Sum() < 0.05 * expected.Sum(a => a * a));
    }

    [Fact]
    public async Task A_probe_tells_stripes_from_blocks()
    {
        var run = await Cli("probe", trained.Run, "--label", "folder", "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("probe/logistic-2", report.GetProperty("protocol").GetString());
        Assert.Equal(1, report.GetProperty("raw_input").GetProperty("accuracy").GetDouble());
        Assert.Equal(0.5, report.GetProperty("majority_share").GetDouble());
        Assert.Equal([24, 8, 10], report.GetProperty("samples").EnumerateArray().Select(count => count.GetInt32()));
        var confusion = report.GetProperty("confusion").EnumerateArray().Select(row => row.EnumerateArray().Sum(count => count.GetInt32())).ToArray();
        Assert.Equal([5, 5], confusion);
        Assert.Equal(["blocks", "stripes"], report.GetProperty("classes").EnumerateArray().Select(one => one.GetProperty("name").GetString()));

        var table = await Cli("probe", trained.Run, "--label", "folder", "--protocol", "knn/dino-1", "--no-baselines");
        Assert.Equal(0, table.ExitCode);
        Assert.Contains("knn/dino-1 on 16 features; fitted on 24, chosen on 8 (20.00), judged on 10 samples.", table.Output, StringComparison.Ordinal);
        Assert.Equal(
            new CliRun(2, "", "error: --label is missing: name the column with the classes. ./selfsame data show SOURCE lists the columns.\n"), await Cli("probe", trained.Run));
        Assert.StartsWith("error: data set ", (await Cli("probe", trained.Run, "--label", "colour")).Error, StringComparison.Ordinal);
    }

    private static string Python(string script, string argument)
    {
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return output;
    }

    /// <summary>A test that is skipped, and seen to be, where no NumPy is.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class SkippableNumpyAttribute : FactAttribute
    {
        public SkippableNumpyAttribute()
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", "import numpy"]) { RedirectStandardError = true });
                process!.WaitForExit();
                if (process.ExitCode != 0)
                    Skip = "/usr/bin/python3 has no numpy";
            }
            catch (System.ComponentModel.Win32Exception)
            {
                Skip = "there is no /usr/bin/python3";
            }
        }
    }
}
