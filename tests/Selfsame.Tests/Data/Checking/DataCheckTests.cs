using System.Text.Json;
using Selfsame.Cli.Verbs;
using Selfsame.Data;
using Selfsame.Data.Checking;
using Selfsame.Data.Exclusions;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;
using Xunit.Abstractions;

namespace Selfsame.Tests.Data.Checking;

public class DataCheckTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Finds_planted_copies_and_no_others()
    {
        using var folder = new TempFolder();
        var planted = new PlantedCopies(folder, 200, DrawnPictures.Draw);
        using var data = await DataSource.OpenAsync(folder.Path);

        var report = DataChecker.Run(data);

        var (exact, near, leaks, others) = planted.Count(report);
        Assert.Equal((20, 10), (exact, leaks));
        Assert.InRange(near, 19, 20);
        Assert.Empty(others);
        Assert.Equal((250, 20), (report.Samples, report.ExactCopies));
        Assert.Equal(new PartCounts(210, 20, 20), report.Parts);
    }

    [Fact, Trait("Category", "Long")]
    public async Task Finds_copies_planted_among_real_drawings()
    {
        using var folder = new TempFolder();
        using var clipart = await DataSource.OpenAsync("clipart");

        // The generated stars differ from each other by a hair. Nothing else is taken out: what is reported beyond the planted was looked at by a person.
        var real = Enumerable.Range(0, clipart.Count).Where(i => !clipart.Key(i).StartsWith("shapes/stars/", StringComparison.Ordinal)).ToArray();
        const int count = 600;
        var planted = new PlantedCopies(folder, count, n => clipart.ReadImage(real[(int)((long)n * real.Length / count)]));
        using var data = await DataSource.OpenAsync(folder.Path);

        var report = DataChecker.Run(data);

        var (exact, near, leaks, others) = planted.Count(report);
        output.WriteLine($"found {exact} of 20 exact, {near} of 20 near, {leaks} of 10 leaks; not planted: {string.Join("; ", others)}");
        Assert.True(exact + near + leaks >= 48, $"found {exact} of 20 exact, {near} of 20 near, {leaks} of 10 leaks");
        Assert.Equal(20, exact);
        Assert.True(others.Count <= 6, $"not planted: {string.Join("; ", others)}");
    }

    [Fact]
    public async Task Threads_leave_no_mark()
    {
        using var folder = new TempFolder();
        _ = new PlantedCopies(folder, 60, DrawnPictures.Draw);
        folder.Write("train/broken.png", "text");
        using var data = await DataSource.OpenAsync(folder.Path);

        Assert.Equal(Text(1), Text(7));

        string Text(int workers) => JsonSerializer.Serialize(DataChecker.Run(data, new() { Workers = workers }) with { DecodedPerSecondPerCore = 0 });
    }

    [Fact]
    public async Task Names_what_is_broken_and_what_shows_nothing()
    {
        using var folder = new TempFolder();
        folder.Write("train/grey.png", Plain(3, 120, 120, 120));
        folder.Write("train/almost.png", Plain(3, 120, 120, 120, 125));
        folder.Write("train/clear.png", Plain(4, 255, 0, 0, 0));
        folder.Write("train/white.png", ShapeInAlpha());
        folder.Write("train/text.png", "text");
        folder.Write("train/void.png", "");
        using (var picture = DrawnPictures.Draw(1))
            folder.Write("test/good.png", PngWriter.Encode(picture));
        using var data = await DataSource.OpenAsync(folder.Path);

        var report = DataChecker.Run(data);

        Assert.Equal(["train/text.png", "train/void.png"], report.Broken.Select(note => note.Key));
        Assert.Equal("the file is empty", report.Broken[1].Reason);
        Assert.Equal([
            ("train/almost.png", "almost one colour: no channel varies by more than 5 of 255"), ("train/clear.png", "fully transparent"),
            ("train/grey.png", "one colour, #787878"), ("train/white.png", "one colour on white; its shape is in the transparency alone")],
            report.Empty.Select(note => (note.Key, note.Reason)));
        Assert.Empty(report.Duplicates);
        Assert.Equal((2, 2), (report.WithAlpha, report.Transparent));
        Assert.Contains("1 sample vanishes on white; give the views another background.", report.Advice);
        Assert.Contains("2 samples of 7 cannot be read; training skips and lists them. Repair or remove them, or raise data.max_bad if they are more than it allows.", report.Advice);
    }

    [Fact]
    public async Task A_copy_of_a_test_sample_goes_from_train_and_the_larger_of_two_stays()
    {
        using var folder = new TempFolder();
        using var picture = DrawnPictures.Draw(5);
        using var large = PlantedCopies.Scaled(picture, 2, Interpolation.Bicubic);
        using var other = DrawnPictures.Draw(6);
        using var larger = PlantedCopies.Scaled(other, 1.5, Interpolation.Bicubic);
        folder.Write("test/small.png", PngWriter.Encode(picture));
        folder.Write("train/large.png", PngWriter.Encode(large));
        folder.Write("train/a.png", PngWriter.Encode(other));
        folder.Write("train/b.png", PngWriter.Encode(larger));
        using var data = await DataSource.OpenAsync(folder.Path);

        var list = ExclusionList.From(DataChecker.Run(data));

        Assert.Equal([("train/a.png", ExclusionReasons.Near, "train/b.png"), ("train/large.png", ExclusionReasons.Leak, "test/small.png")], list.Select(item => (item.Key, item.Reason, item.Kept!)));
    }

    [Fact]
    public async Task A_page_holds_everything_itself_and_escapes_names()
    {
        using var folder = new TempFolder();
        using var picture = DrawnPictures.Draw(2);
        folder.Write("train/<b>&.png", PngWriter.Encode(picture));
        folder.Write("test/copy.png", PngWriter.Encode(picture));
        using var data = await DataSource.OpenAsync(folder.Path);

        var html = DataCheckPage.Html(DataChecker.Run(data), data);

        Assert.DoesNotContain("<b>&.png", html, StringComparison.Ordinal);
        Assert.Contains("train/&lt;b&gt;&amp;.png <span class=\"tag leak\">train</span>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"http", html, StringComparison.Ordinal);
        Assert.Contains("data:image/png;base64,iVBOR", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stops_when_asked()
    {
        using var folder = new TempFolder();
        _ = new PlantedCopies(folder, 20, DrawnPictures.Draw);
        using var data = await DataSource.OpenAsync(folder.Path);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        Assert.ThrowsAny<OperationCanceledException>(() => DataChecker.Run(data, cancel: stop.Token));
    }

    [Fact]
    public async Task The_verb_gives_json_to_a_program()
    {
        using var folder = new TempFolder();
        var planted = new PlantedCopies(folder, 20, DrawnPictures.Draw);
        var written = new StringWriter();
        var status = await DataVerb.Create().Parse(["check", folder.Path, "--json", "--out", folder["page"], "--write-exclusions", folder["list.jsonl"]]).InvokeAsync(new() { Output = written });

        Assert.Equal(0, status);
        using var json = JsonDocument.Parse(written.ToString());
        Assert.Equal(26, json.RootElement.GetProperty("samples").GetInt32());
        Assert.Equal(2, json.RootElement.GetProperty("leaks").GetArrayLength());
        Assert.Equal(6, ExclusionList.Read(folder["list.jsonl"]).Count);
        Assert.True(File.Exists(folder["page/data-check.html"]));
        Assert.NotNull(planted);
    }

    private static byte[] Plain(int channels, byte r, byte g, byte b, byte? last = null)
    {
        var pixels = new byte[12 * 12 * channels];
        for (var i = 0; i < pixels.Length; i += channels)
        {
            (pixels[i], pixels[i + 1], pixels[i + 2]) = (r, g, b);
            if (channels == 4)
                pixels[i + 3] = last ?? 255;
        }
        if (channels == 3 && last is { } value)
            pixels[^1] = value;
        return PngWriter.Encode(pixels, 12, 12, channels);
    }

    private static byte[] ShapeInAlpha()
    {
        var pixels = new byte[12 * 12 * 4];
        Array.Fill(pixels, (byte)255);
        for (var i = 0; i < 40; i++)
            pixels[4 * i + 3] = 0;
        return PngWriter.Encode(pixels, 12, 12, 4);
    }
}
