using Selfsame.Training.Logging;

namespace Selfsame.Tests.Outputs;

public class MetricsLogTests
{
    private const string FiveLines = """
        {"step":10,"samples":2560,"seconds":1,"loss":0.5,"rate":1.5E-05}
        {"step":20,"samples":5120,"seconds":2,"loss":0.4}
        {"step":20,"samples":5120,"seconds":2.5,"knn_accuracy":0.61}
        {"step":30,"samples":7680,"seconds":3.5,"loss":0.3}
        {"step":40,"samples":10240,"seconds":4.5,"loss":0.2}

        """;

    [Fact]
    public void Writes_these_lines()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTime();
        using (var log = MetricsLog.Open(folder["metrics.jsonl"], time: time))
        {
            time.Advance(1.5);
            log.Write(10, 2560, [new("loss", 0.5), new("rate", 1.5e-5)]);
            time.Advance(0.25);
            log.Write(20, 5120, [new("loss", double.NaN), new("a\"b", double.NegativeInfinity)]);
        }

        Assert.Equal("""
            {"step":10,"samples":2560,"seconds":1.5,"loss":0.5,"rate":1.5E-05}
            {"step":20,"samples":5120,"seconds":1.75,"loss":"NaN","a\u0022b":"-Infinity"}

            """, File.ReadAllText(folder["metrics.jsonl"]));
    }

    [Fact]
    public void Reads_what_it_wrote()
    {
        using var folder = new TemporaryFolder();
        var written = new Metric[] { new("loss", double.NaN), new("up", double.PositiveInfinity), new("fine", 1.0 / 3) };
        using (var log = MetricsLog.Open(folder["metrics.jsonl"], time: new FakeTime()))
            log.Write(1, 2, written);
        var entry = Assert.Single(MetricsLog.Read(folder["metrics.jsonl"]));
        Assert.Equal((1L, 2L, 0.0), (entry.Step, entry.Samples, entry.Seconds));
        Assert.Equal(written, entry.Metrics);
    }

    [Fact]
    public void Resuming_removes_what_is_done_again_and_goes_on_in_time()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["metrics.jsonl"], FiveLines);
        var time = new FakeTime();
        using (var log = MetricsLog.Open(folder["metrics.jsonl"], resumedStep: 20, time))
        {
            Assert.Equal(2.5, log.EarlierSeconds);
            time.Advance(1);
            log.Write(30, 7680, [new("loss", 0.31)]);
        }

        var lines = File.ReadAllLines(folder["metrics.jsonl"]);
        Assert.Equal(FiveLines.Split('\n')[..3], lines[..3]);
        Assert.Equal("""{"step":30,"samples":7680,"seconds":3.5,"loss":0.31}""", lines[3]);
        Assert.Equal(4, lines.Length);
        Assert.Equal(["metrics.jsonl"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_log_cut_at_any_byte_is_read_and_resumed()
    {
        using var folder = new TemporaryFolder();
        for (var length = 0; length <= FiveLines.Length; length++)
        {
            File.WriteAllText(folder["metrics.jsonl"], FiveLines[..length]);
            var whole = FiveLines[..length].Count(c => c == '\n');
            Assert.Equal(whole, MetricsLog.Read(folder["metrics.jsonl"]).Count());

            MetricsLog.Open(folder["metrics.jsonl"], resumedStep: 40).Dispose();
            Assert.Equal(FiveLines[..(FiveLines[..length].LastIndexOf('\n') + 1)], File.ReadAllText(folder["metrics.jsonl"]));
        }
    }

    [Fact]
    public void A_new_run_starts_the_log_anew()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["metrics.jsonl"], FiveLines);
        MetricsLog.Open(folder["metrics.jsonl"]).Dispose();
        Assert.Equal("", File.ReadAllText(folder["metrics.jsonl"]));
    }

    [Fact]
    public void A_damaged_line_is_named()
    {
        using var folder = new TemporaryFolder();
        var path = folder["metrics.jsonl"];
        File.WriteAllText(path, """{"step":10,"samples":1,"seconds":1}""" + "\n" + """{"step":20,"samp""" + "\n");
        var error = Assert.Throws<InvalidDataException>(() => MetricsLog.Read(path).ToList());
        Assert.Equal($"{path}(2): not a line of metrics: {{\"step\":20,\"samp. Remove the line, or move the file away to start a new log.", error.Message);
    }

    [Theory]
    [InlineData("""{"step":1,"samples":1}""")]
    [InlineData("""{"step":1,"samples":1,"seconds":1,"loss":"abc"}""")]
    [InlineData("""{"step":1,"samples":1,"seconds":1,"loss":[1]}""")]
    [InlineData("""{"step":1,"samples":1,"seconds":1} {}""")]
    [InlineData("[1]")]
    [InlineData("")]
    public void Lines_of_another_shape_are_refused(string line)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["metrics.jsonl"], line + "\n");
        Assert.Throws<InvalidDataException>(() => MetricsLog.Read(folder["metrics.jsonl"]).ToList());
    }

    [Fact]
    public void Lines_longer_than_the_buffer_are_read()
    {
        using var folder = new TemporaryFolder();
        var many = Enumerable.Range(0, 3000).Select(i => new Metric($"metric/{i}", i)).ToArray();
        using (var log = MetricsLog.Open(folder["metrics.jsonl"]))
        {
            log.Write(1, 1, many);
            log.Write(2, 2, many);
        }
        Assert.All(MetricsLog.Read(folder["metrics.jsonl"]), entry => Assert.Equal(many, entry.Metrics));
    }

    [Fact]
    public void Lines_wait_no_longer_than_the_flush_interval()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTime();
        using var log = MetricsLog.Open(folder["metrics.jsonl"], time: time, flushInterval: TimeSpan.FromSeconds(2));
        log.Write(1, 1, []);
        Assert.Empty(MetricsLog.Read(folder["metrics.jsonl"]));
        time.Advance(2);
        log.Write(2, 2, []);
        Assert.Equal(2, MetricsLog.Read(folder["metrics.jsonl"]).Count());
        log.Write(3, 3, []);
        log.Flush(toDisk: true);
        Assert.Equal(3, MetricsLog.Read(folder["metrics.jsonl"]).Count());
    }

    [Fact]
    public void Taken_names_and_steps_that_go_back_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var log = MetricsLog.Open(folder["metrics.jsonl"]);
        log.Write(5, 5, []);
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Write(4, 4, []));
        var error = Assert.Throws<ArgumentException>(() => log.Write(6, 6, [new("step", 1)]));
        Assert.StartsWith("A metric can't be named step: every line has that key already.", error.Message, StringComparison.Ordinal);
    }
}
