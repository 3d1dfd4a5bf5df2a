using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Data.Sources;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Tests.Data;

public class QuarantineTests
{
    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2031, 2, 3, 4, 5, 6, TimeSpan.Zero);
    }

    private sealed class First : ISampleTransform
    {
        public IReadOnlyList<int> OutputShape { get; } = [1];

        public void Apply(ImageBuffer image, in SampleContext context, Span<float> destination) => destination[0] = image.Pixels[0];
    }

    private static void Pass(DataSet data, Quarantine quarantine)
    {
        using var loader = new BatchLoader(data, [.. Enumerable.Range(0, data.Count)], new First(), new() { BatchSize = 16, Sequential = true }, quarantine);
        while (loader.Next() is { } batch)
            batch.Dispose();
    }

    [Fact]
    public void Everything_that_can_be_wrong_is_listed_once_and_the_run_goes_on()
    {
        using var folder = new TempFolder();
        for (var i = 0; i < 60; i++)
            folder.Write(FormattableString.Invariant($"good/{i}.png"), SourceTests.Dot(1));
        var good = PngFile.Of(PngFile.Header(1, 1), PngFile.Data([1, 2, 3]), PngFile.End());
        folder.Write("bad/1 truncated.png", good[..^20]);
        folder.Write("bad/2 text.png", "just text");
        folder.Write("bad/3 empty 😀.png", "");
        folder.Write("bad/4 bomb.png", PngFile.Of(PngFile.Header(30000, 30000), PngFile.Data([0]), PngFile.End()));
        File.CreateSymbolicLink(folder["bad/5 broken.png"], "nowhere");
        var list = folder["run/quarantine.jsonl"];

        using (var data = FolderSource.Open(folder.Path))
        {
            // Twice, as in a run that is resumed; with half a line of the killed one between.
            for (var run = 0; run < 2; run++)
            {
                using var quarantine = new Quarantine(list, time: new FixedTime());
                quarantine.CountIndex(data);
                Pass(data, quarantine);
                Assert.Equal((5, 65L), (quarantine.Bad, quarantine.Tried));
                File.AppendAllText(list, run == 0 ? "{\"path\": \"/ha" : "");
            }
        }

        var root = folder.Path;
        Assert.Equal(
        [
            $$"""{"path":"{{root}}/bad/5 broken.png","reason":"the symbolic link points nowhere","time":"2031-02-03T04:05:06Z"}""",
            $$"""{"path":"{{root}}/bad/1 truncated.png","reason":"PNG is truncated: the IDAT chunk at byte 33 needs {{good.Length - 45}} bytes, {{good.Length - 53}} are left","time":"2031-02-03T04:05:06Z"}""",
            $$"""{"path":"{{root}}/bad/2 text.png","reason":"not a picture: it begins with none of the marks of PNG, JPEG, WebP, GIF, BMP, TIFF, SVG","time":"2031-02-03T04:05:06Z"}""",
            $$"""{"path":"{{root}}/bad/3 empty \uD83D\uDE00.png","reason":"the file is empty","time":"2031-02-03T04:05:06Z"}""",
            $$"""{"path":"{{root}}/bad/4 bomb.png","reason":"the header claims 30000 x 30000 pixels; at most 67108864 are allowed","time":"2031-02-03T04:05:06Z"}""",
            "{\"path\": \"/ha",
        ], File.ReadAllLines(list));
    }

    [Fact]
    public void Too_many_broken_samples_stop_the_run()
    {
        using var folder = new TempFolder();
        for (var i = 0; i < 40; i++)
            folder.Write(FormattableString.Invariant($"{i:D2}.png"), i % 4 == 3 ? "text"u8.ToArray() : SourceTests.Dot(1));
        using var data = FolderSource.Open(folder.Path);
        using var quarantine = new Quarantine();

        // The first batch of 16 has 4 broken ones, but 16 are too few to judge by; the second makes 8 of 32.
        var stopped = Assert.Throws<DataSourceException>(() => Pass(data, quarantine));

        Assert.Equal($"8 of 32 samples cannot be used, more than max_bad = 0.1 allows. Last: {folder["31.png"]}: "
            + "not a picture: it begins with none of the marks of PNG, JPEG, WebP, GIF, BMP, TIFF, SVG. Repair or remove them, or raise max_bad.", stopped.Message);
        using var tolerant = new Quarantine(maxBad: 0.25);
        Pass(data, tolerant);
        Assert.Equal(10, tolerant.Bad);
    }

    [Fact]
    public void A_data_set_without_one_usable_sample_ends_at_once()
    {
        using var folder = new TempFolder();
        folder.Write("a.png", "text");
        using var data = FolderSource.Open(folder.Path);
        using var loader = new BatchLoader(data, [0], new First(), new() { BatchSize = 4 });
        var stopped = Assert.Throws<DataSourceException>(() => loader.Next());
        Assert.StartsWith($"none of the 1 samples of '{folder.Path}' can be used; the last: not a picture", stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_named_like_a_picture_does_not_hang()
    {
        using var folder = new TempFolder();
        using (var make = System.Diagnostics.Process.Start("mkfifo", [folder["x.png"]]))
            make.WaitForExit();
        using var data = FolderSource.Open(folder.Path);
        Assert.Equal("the file is empty", Assert.Throws<MediaException>(() => data.ReadImage(0)).Message);
    }
}
