using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Selfsame.Tests.Data;
using Selfsame.Training;
using Xunit.Abstractions;

namespace Selfsame.Tests.Training;

[Trait("Category", "Long")]
public sealed class HostileFolderTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_folder_full_of_traps_is_trained_on_and_every_trap_is_listed()
    {
        using var folder = new TemporaryFolder();
        var pictures = TinyRun.Pictures(folder["pictures"], 24);
        var good = File.ReadAllBytes(Path.Combine(pictures, "blocks", "001.png"));
        File.WriteAllBytes(Path.Combine(pictures, "two words.png"), good);
        File.WriteAllBytes(Path.Combine(pictures, "smile 😀 #1.png"), good);
        File.WriteAllBytes(Path.Combine(pictures, "cut.png"), good[..(good.Length / 2)]);
        File.WriteAllText(Path.Combine(pictures, "letter.png"), "Dear reader, this is not a picture.");
        File.WriteAllBytes(Path.Combine(pictures, "empty.png"), []);
        File.WriteAllBytes(Path.Combine(pictures, "bomb.png"), Bomb(30_000));
        File.CreateSymbolicLink(Path.Combine(pictures, "nowhere.png"), Path.Combine(folder.Path, "gone.png"));
        Assert.True(new FileInfo(Path.Combine(pictures, "bomb.png")).Length < 1 << 20);
        var recipe = folder.Add("tiny.yaml", System.Text.Encoding.UTF8.GetBytes(TinyRun.Mae));

        using var process = TinyRun.Start("pretrain", recipe, "--data", pictures, "--set", "data.max_bad=0.5", "--out", folder["run"]);
        var error = process.StandardError.ReadToEndAsync();
        var peak = 0L;
        while (!process.WaitForExit(20))
            peak = Math.Max(peak, PeakKilobytes(process.Id));

        Assert.True(process.ExitCode == 0, await error);
        output.WriteLine($"peak memory {peak / 1024} MiB");
        Assert.InRange(peak, 10_000, 1_000_000);
        var listed = File.ReadLines(new RunFolder(folder["run"]).QuarantinePath).Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(entry => Path.GetFileName(entry.GetProperty("path").GetString()!), entry => entry.GetProperty("reason").GetString()!);
        Assert.Equal(["bomb.png", "cut.png", "empty.png", "letter.png", "nowhere.png"], listed.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, reason) in listed)
            output.WriteLine($"{name}: {reason}");
        Assert.Equal("the symbolic link points nowhere", listed["nowhere.png"]);
        Assert.Contains("30000", listed["bomb.png"], StringComparison.Ordinal);
        Assert.All(listed.Values, reason => Assert.True(reason.Length > 10));
    }

    [Fact]
    public async Task Too_many_bad_samples_stop_the_run_with_the_share()
    {
        using var folder = new TemporaryFolder();
        var pictures = TinyRun.Pictures(folder["pictures"], 24);
        for (var k = 0; k < 8; k++)
            File.WriteAllText(Path.Combine(pictures, FormattableString.Invariant($"letter {k}.png")), "no picture");

        var stopped = await Assert.ThrowsAsync<Selfsame.Data.DataSourceException>(() => TinyRun.RunAsync(TinyRun.Load(TinyRun.Mae, pictures), folder["run"]));

        Assert.Contains("more than max_bad = 0.05 allows", stopped.Message, StringComparison.Ordinal);
    }

    // One bit a pixel: 112 MB of zeros, 110 kB in the file, and billions of bytes for whoever decodes it to colours.
    private static byte[] Bomb(int side)
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal))
        {
            var row = new byte[1 + ((side + 7) / 8)];
            for (var y = 0; y < side; y++)
                deflate.Write(row);
        }

        return PngFile.Of(PngFile.Header((uint)side, (uint)side, depth: 1, colour: 0), PngFile.Chunk("IDAT", packed.ToArray()), PngFile.End());
    }

    private static long PeakKilobytes(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim(), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
