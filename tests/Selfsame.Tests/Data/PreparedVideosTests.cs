using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Data.Packages;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Video;

namespace Selfsame.Tests.Data;

/// <summary>The data set <c>videos</c>, prepared from small made-up packages.</summary>
public class PreparedVideosTests
{
    // Picture t is grey of level t; or else every other one is black, so that the changes grow.
    private static byte[] Film(int count, bool flickers = false)
    {
        var pictures = new ImageBuffer[count];
        for (var t = 0; t < count; t++)
        {
            pictures[t] = new(32, 48);
            pictures[t].Pixels.Fill((byte)(flickers && t % 2 == 0 ? 0 : t));
        }
        return VideoWriter.Encode(pictures, 10, VideoFormat.Mp4);
    }

    private static DataSet Prepare(TempFolder folder, params ReadOnlySpan<(string Path, byte[] Content)> files) => MadeUpPackage.Prepare(new Videos(), folder, files);

    [Fact]
    public void A_film_becomes_clips_of_which_no_two_parts_meet()
    {
        using var folder = new TempFolder();
        using var data = Prepare(folder, ("usr/share/doc/box.mp4.gz", MadeUpPackage.Zipped(Film(200))), ("usr/share/doc/tree.avi", "rubbish"u8.ToArray()), ("usr/share/doc/other.mp4", Film(20)));

        Assert.Equal(["film", "motion", "start", "seconds"], data.Columns);
        Assert.Equal("tree.avi", Assert.Single(data.Problems).Path);
        // 3 blocks of 66 or 67 pictures: train, test, train; the first two end 16 pictures earlier.
        Assert.Equal((3, 18 + 18 + 26), (data.GroupCount, data.Count));
        Assert.Equal((18 + 26, 0, 18), (data.Split(DataSplit.Train).Length, data.Split(DataSplit.Validation).Length, data.Split(DataSplit.Test).Length));
        foreach (var test in data.Split(DataSplit.Test))
            foreach (var train in data.Split(DataSplit.Train))
                Assert.InRange(Math.Abs(data.FilmPart(test)!.Value.Start.TotalSeconds - data.FilmPart(train)!.Value.Start.TotalSeconds), 3.15, 20);
    }

    [Fact]
    public void Motion_is_told_in_thirds_of_a_film()
    {
        using var folder = new TempFolder();
        using var data = Prepare(folder, ("a/vtest.avi", Film(200, flickers: true)));
        var motion = data.Labels("motion");
        Assert.Equal(["high", "low", "middle"], motion.Names.Order(StringComparer.Ordinal));
        var counts = motion.Names.Select(name => Enumerable.Range(0, data.Count).Count(i => data.Text("motion", i) == name)).ToArray();
        Assert.All(counts, count => Assert.InRange(count, data.Count / 3 - 1, data.Count / 3 + 2));
        Assert.Equal(("low", "high"), (data.Text("motion", 0), data.Text("motion", data.Count - 1)));
    }

    [Fact]
    public void A_clip_is_read_from_its_part_of_the_film_and_never_beyond()
    {
        using var folder = new TempFolder();
        using var data = Prepare(folder, ("a/vtest.avi", Film(100)));
        var sample = Enumerable.Range(0, data.Count).Single(i => data.Key(i) == "vtest/0010");
        Assert.Equal((1.0, 1.6), (data.FilmPart(sample)!.Value.Start.TotalSeconds, data.Seconds(sample)));
        Assert.True(data.SizeHint(sample, Modality.Video) > 0);

        var view = ViewSettings.Evaluation(16, 16) with { Mean = [0, 0, 0], Std = [1, 1, 1] };
        foreach (var (stride, last) in (ReadOnlySpan<(int, int)>)[(1, 25), (2, 25)])
        {
            using var loader = new BatchLoader(data, [sample], [new VideoField(new() { Frames = 16, Stride = stride, View = view })], new() { BatchSize = 1 });
            using var batch = loader.Next()!;
            var values = batch.Fields[0].Floats;
            Assert.Equal(10.0, values[0] * 255, 2.5);
            Assert.Equal(last, values[15 * 256] * 255, 2.5);
        }
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(3, null)]
    [InlineData(1, 7.3)]
    public void Films_that_are_kept_in_memory_give_the_clips_that_decoding_gives(int stride, double? rate)
    {
        using var folder = new TempFolder();
        using var data = Prepare(folder, ("a/vtest.avi", Film(100)));
        var view = ViewSettings.Evaluation(16, 16) with { Mean = [0, 0, 0], Std = [1, 1, 1] };
        int[] samples = [.. Enumerable.Range(0, data.Count).Take(12)];
        // Pictures are 48 wide, so that keeping them within 48 does not shrink them.
        float[][] Read(int keep)
        {
            var field = new VideoField(new() { Frames = 6, Stride = stride, FramesPerSecond = rate, KeepWithin = keep, View = view });
            using var loader = new BatchLoader(data, samples, [field], new() { BatchSize = samples.Length, CacheBytes = 1 << 20, Seed = 5 });
            var epochs = new List<float[]>();
            while (epochs.Count < 3)
            {
                using var batch = loader.Next()!;
                epochs.Add(batch.Fields[0].Floats.ToArray());
            }

            return [.. epochs];
        }

        Assert.Equal(Read(0), Read(48));
    }

    [Theory]
    [InlineData(795, 64, 16)]
    [InlineData(68, 64, 16)]
    [InlineData(40, 8, 2)]
    [InlineData(3, 64, 16)]
    public void Blocks_follow_each_other_and_keep_their_distance(int length, int shortest, int gap)
    {
        var blocks = TimeBlocks.Of(length, shortest, gap);
        Assert.Equal((0, length), (blocks[0].Start, blocks[^1].End));
        Assert.Contains(blocks, block => block.Split == DataSplit.Test);
        for (var b = 1; b < blocks.Length; b++)
        {
            var distance = blocks[b].Start - blocks[b - 1].End;
            Assert.Equal(blocks[b].Split == blocks[b - 1].Split ? 0 : Math.Min(gap, blocks[b].Start - blocks[b - 1].Start), distance);
        }
    }
}
