using Selfsame.Training.Logging;
using Selfsame.Training.Logging.Wire;

namespace Selfsame.Tests.Outputs;

public class TensorBoardWriterTests
{
    // 2 x 1 pixels, RGBA; only the header is looked at.
    private static readonly byte[] Png = Convert.FromHexString("89504E470D0A1A0A0000000D49484452000000020000000108060000000000");

    [Fact]
    public void Values_pictures_and_texts_come_back()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTime();
        string path;
        using (var writer = new TensorBoardWriter(folder.Path, time: time))
        {
            path = writer.Path;
            time.Advance(0.5);
            writer.Scalars([new("loss", 0.25), new("rate", double.NaN)], 10);
            writer.Image("rebuilt", Png, 10);
            writer.Text("recipe", "system: mae", 0);
        }

        var events = TensorBoardWriter.Read(path).ToList();
        Assert.Equal(4, events.Count);
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal(1767323045.5, events[1].WallTime);
        Assert.Equal(10, events[1].Step);
        Assert.Equal(["loss", "rate"], events[1].Summary.Value.Select(value => value.Tag));
        Assert.Equal([0.25f, float.NaN], events[1].Summary.Value.Select(value => value.SimpleValue));
        var image = events[2].Summary.Value[0].Image;
        Assert.Equal((2, 1, 4), (image.Width, image.Height, image.Colorspace));
        Assert.Equal(Png, image.EncodedImageString.ToByteArray());
        var text = events[3].Summary.Value[0];
        Assert.Equal("text", text.Metadata.PluginData.PluginName);
        Assert.Equal("system: mae", text.Tensor.StringVal[0].ToStringUtf8());
    }

    [Fact]
    public void The_first_value_of_a_file_is_these_bytes()
    {
        using var folder = new TemporaryFolder();
        string path;
        using (var writer = new TensorBoardWriter(folder.Path, time: new FakeTime()))
        {
            path = writer.Path;
            writer.Scalar("loss", 0.5, 3);
        }

        // wall_time: field 1, 1767323045.0 as double; step: field 2, 3; summary: field 5 { value: field 1 { tag: field 1, simple_value: field 2 } }.
        using var file = File.OpenRead(path);
        var record = RecordFile.Read(file).Last();
        Assert.Equal("09" + Convert.ToHexString(BitConverter.GetBytes(1767323045.0)) + "1003" + "2A0D" + "0A0B" + "0A046C6F7373" + "150000003F", Convert.ToHexString(record));
    }

    [Fact]
    public void A_resumed_run_opens_a_later_file_that_purges_what_is_done_again()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTime();
        string first, second;
        using (var writer = new TensorBoardWriter(folder.Path, time: time))
            first = writer.Path;
        using (var writer = new TensorBoardWriter(folder.Path, resumedStep: 500, time: time))
            second = writer.Path;

        Assert.StartsWith("events.out.tfevents.1767323045.", Path.GetFileName(first), StringComparison.Ordinal);
        Assert.StartsWith("events.out.tfevents.1767323046.", Path.GetFileName(second), StringComparison.Ordinal);
        var purge = TensorBoardWriter.Read(second).Last();
        Assert.Equal(SessionLog.Types.SessionStatus.Start, purge.SessionLog.Status);
        Assert.Equal(501, purge.Step);
    }

    [Fact]
    public void Events_reach_the_file_while_it_is_open_after_the_flush_interval()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTime();
        using var writer = new TensorBoardWriter(folder.Path, time: time, flushInterval: TimeSpan.FromSeconds(5));
        writer.Scalar("loss", 1, 1);
        Assert.Single(TensorBoardWriter.Read(writer.Path));
        time.Advance(5);
        writer.Scalar("loss", 1, 2);
        Assert.Equal(3, TensorBoardWriter.Read(writer.Path).Count());
    }

    [Fact]
    public void Other_bytes_than_a_PNG_file_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var writer = new TensorBoardWriter(folder.Path);
        var error = Assert.Throws<ArgumentException>(() => writer.Image("rebuilt", new byte[64], 1));
        Assert.StartsWith("The picture for \"rebuilt\" is not a PNG file.", error.Message, StringComparison.Ordinal);
    }
}
