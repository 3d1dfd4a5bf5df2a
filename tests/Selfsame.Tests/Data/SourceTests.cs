using System.Formats.Tar;
using Selfsame.Data;
using Selfsame.Data.Sources;
using Selfsame.Modalities.Media;

namespace Selfsame.Tests.Data;

public class SourceTests
{
    internal static byte[] Dot(byte red) => PngWriter.Encode([red, 0, 0], 1, 1, 3);

    private static string[] Keys(DataSet data) => [.. Enumerable.Range(0, data.Count).Select(data.Key)];

    [Fact]
    public void A_folder_is_read_in_a_fixed_order_with_any_name()
    {
        using var folder = new TempFolder();
        folder.Write("b/cat 😀 one.PNG", Dot(1));
        folder.Write("b/deep/er/x.png", Dot(2));
        folder.Write("a.jpg", Dot(3));
        folder.Write("b/notes.txt", "no picture");
        folder.Write(".hidden/y.png", Dot(4));
        folder.Write("._a.jpg", Dot(5));

        using var data = FolderSource.Open(folder.Path);

        Assert.Equal(["a.jpg", "b/cat 😀 one.PNG", "b/deep/er/x.png"], Keys(data));
        Assert.Equal(["er", "b"], [data.Text("folder", 2), data.Text("folder", 1)]);
        Assert.Equal("b/deep/er/x", data.Group(2));
        using var image = data.ReadImage(1);
        Assert.Equal(1, image.Pixels[0]);
    }

    [Fact]
    public void Samples_can_be_chosen_by_a_column()
    {
        using var folder = new TempFolder();
        folder.Write("cat/1.png", Dot(1));
        folder.Write("dog/2.png", Dot(2));
        folder.Write("cat/3.png", Dot(3));
        folder.Write("emu/4.png", Dot(4));

        using var data = FolderSource.Open(folder.Path).Where("folder", ["cat", "emu"]);
        Assert.Equal(["cat/1.png", "cat/3.png", "emu/4.png"], Keys(data));
        using var image = data.ReadImage(1);
        Assert.Equal(3, image.Pixels[0]);
        Assert.Same(data, data.Where("folder", ["emu", "cat"]));

        var fault = Assert.Throws<DataSourceException>(() => data.Where("folder", ["cat", "dog"]));
        Assert.Contains("has 'dog' in column 'folder'; there are: cat, emu", fault.Message, StringComparison.Ordinal);
        Assert.Contains("has no column 'kind'", Assert.Throws<DataSourceException>(() => data.Where("kind", ["x"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_are_followed_once_and_broken_ones_reported()
    {
        using var folder = new TempFolder();
        using var elsewhere = new TempFolder();
        folder.Write("in/x.png", Dot(1));
        elsewhere.Write("y.png", Dot(2));
        File.CreateSymbolicLink(folder["in/circle"], folder.Path);
        File.CreateSymbolicLink(folder["linked"], elsewhere.Path);
        File.CreateSymbolicLink(folder["to x.png"], folder["in/x.png"]);
        File.CreateSymbolicLink(folder["broken.png"], folder["nowhere.png"]);

        using var data = FolderSource.Open(folder.Path);

        Assert.Equal(["in/x.png", "linked/y.png", "to x.png"], Keys(data));
        Assert.Equal([new(folder["broken.png"], "the symbolic link points nowhere")], data.Problems);
        using var image = data.ReadImage(2);
        Assert.Equal(1, image.Pixels[0]);
    }

    [Fact]
    public void Folders_named_after_the_parts_fix_the_split()
    {
        using var folder = new TempFolder();
        foreach (var part in (string[])["train", "val", "test"])
            for (var i = 0; i < 3; i++)
                folder.Write($"{part}/cat/{part}{i}.png", Dot(1));

        using var data = FolderSource.Open(folder.Path);

        Assert.Equal([0, 1, 2], data.Split(DataSplit.Test));
        Assert.Equal([3, 4, 5], data.Split(DataSplit.Train));
        Assert.Equal([6, 7, 8], data.Split(DataSplit.Validation));
        Assert.Equal("cat", data.Labels("folder").Names.Single());
    }

    [Fact]
    public async Task What_is_nothing_is_refused_with_the_choices()
    {
        using var folder = new TempFolder();
        var nothing = await Assert.ThrowsAsync<DataSourceException>(() => DataSource.OpenAsync("/no/such/place"));
        var empty = await Assert.ThrowsAsync<DataSourceException>(() => DataSource.OpenAsync(folder.Path));

        Assert.Equal("'/no/such/place' is no folder, no manifest (.jsonl, .csv), no tar shards and no data set of the catalogue; the catalogue has: emoji, mnist, clipart, art4apps, stamps, prompts, letters, drums, emoji-words, emoji-captions, 16s, dictionary, python, videos, rgbd", nothing.Message);
        Assert.Equal($"'{folder.Path}' holds no picture (png, jpg, webp, gif, bmp, tif, svg), sound (wav, ogg, mp3, flac, opus, m4a), film (avi, mp4, mkv, webm, mov) or text (txt, md, source code).", empty.Message);
    }

    [Fact]
    public void Manifests_of_both_kinds_read_the_same()
    {
        using var folder = new TempFolder();
        folder.Write("pictures/a.png", Dot(1));
        var lines = folder.Write("list.jsonl", """
            {"image": "pictures/a.png", "group": "g1", "split": "test", "caption": "one, \"two\"", "age": 3}

            {"path": "pictures/b.png", "caption": null}
            """);
        var table = folder.Write("list.csv", "image,group,split,caption,age\r\npictures/a.png,g1,test,\"one, \"\"two\"\"\",3\npictures/b.png,,,,\n");

        foreach (var path in (string[])[lines, table])
        {
            using var data = ManifestSource.Open(path);
            Assert.Equal(["pictures/a.png", "pictures/b.png"], Keys(data));
            Assert.Equal(["caption", "age"], data.Columns);
            Assert.Equal(("g1", "pictures/b"), (data.Group(0), data.Group(1)));
            Assert.Equal(("one, \"two\"", "3", ""), (data.Text("caption", 0), data.Text("age", 0), data.Text("caption", 1)));
            Assert.Equal(DataSplit.Test, data.SplitOf(0));
            Assert.Equal([0, -1], data.Labels("age").All.ToArray());
            using var image = data.ReadImage(0);
            Assert.Equal(1, image.Pixels[0]);
            Assert.Throws<FileNotFoundException>(() => data.ReadImage(1));
        }
    }

    [Theory]
    [InlineData("m.jsonl", "{\"image\":\"a.png\"}\n{oops}\n", "line 2: is not valid JSON (at byte 1)")]
    [InlineData("m.jsonl", "{\"image\":\"a.png\"}\n\n[1]\n", "line 3: is not a JSON object")]
    [InlineData("m.jsonl", "{\"picture\":\"a.png\"}", "line 1: has nothing to learn from; it needs one of the columns 'image', 'audio', 'video', 'depth', 'text' or 'path'")]
    [InlineData("m.jsonl", "{\"image\":\"a.png\",\"split\":\"trian\"}", "line 1: has the split 'trian'; use train, validation or test")]
    [InlineData("m.csv", "image,x\na.png,1\n\"b\nc.png\",2\nd.png\n", "line 5: has 1 fields, the header 2")]
    [InlineData("m.csv", "image\n\"a.png", "line 2: has a quote that is never closed")]
    [InlineData("m.csv", "image\n\"a\"b.png", "line 2: has text after a closing quote")]
    public void Manifest_errors_name_the_line(string name, string content, string expected)
    {
        using var folder = new TempFolder();
        var path = folder.Write(name, content);
        Assert.Equal($"manifest '{path}', {expected}", Assert.Throws<DataSourceException>(() => ManifestSource.Open(path)).Message);
    }

    [Fact]
    public void Shards_are_read_at_their_offsets_and_indexed_once()
    {
        using var folder = new TempFolder();
        var longName = string.Concat(Enumerable.Repeat("a rather long folder name/", 9)) + "0002";
        WriteTar(folder["d-00.tar"], TarEntryFormat.Pax, ("s/0001.png", Dot(1)), ("s/0001.txt", "a cat\n"u8.ToArray()), ("s/0001.json", "{\"age\": 3, \"tags\": [1]}"u8.ToArray()), ($"{longName}.png", Dot(2)));
        WriteTar(folder["d-01.tar"], TarEntryFormat.Gnu, ("only.txt", "no picture"u8.ToArray()), ($"{longName}.jpg", Dot(3)), ("s/0004.cls", "7"u8.ToArray()), ("s/0004.mask.png", Dot(4)));

        for (var pass = 0; pass < 2; pass++)
        {
            using var data = TarSource.Open(folder["d-{00..01}.tar"], folder["cache"]);
            Assert.Equal(["s/0001", longName, longName, "s/0004"], Keys(data));
            Assert.Equal(("a cat", "3", "7", "d-01.tar"), (data.Text("caption", 0), data.Text("age", 0), data.Text("class", 3), data.Text("shard", 3)));
            for (var i = 0; i < 4; i++)
            {
                using var image = data.ReadImage(i);
                Assert.Equal(i + 1, image.Pixels[0]);
            }
        }
        Assert.Single(Directory.GetFiles(folder["cache/shards"]));

        // A damaged index is made again.
        File.WriteAllText(Directory.GetFiles(folder["cache/shards"])[0], "rubbish");
        using var again = TarSource.Open(folder["d-{00..01}.tar"], folder["cache"]);
        Assert.Equal(4, again.Count);
    }

    [Fact]
    public void Brace_ranges_expand_with_leading_zeros()
    {
        Assert.Equal(["a-008.tar", "a-009.tar", "a-010.tar"], TarSource.Expand("a-{008..010}.tar"));
        Assert.Equal(["1-3", "1-4", "2-3", "2-4"], TarSource.Expand("{1..2}-{3..4}"));
        Assert.Equal("the range {5..2} in 'x{5..2}.tar' runs backwards", Assert.Throws<DataSourceException>(() => TarSource.Expand("x{5..2}.tar")).Message);
    }

    [Fact]
    public void A_shard_cut_short_keeps_what_was_whole()
    {
        using var folder = new TempFolder();
        WriteTar(folder["d.tar"], TarEntryFormat.Pax, ("1.png", Dot(1)), ("2.png", Dot(2)), ("3.png", Dot(3)));
        var bytes = File.ReadAllBytes(folder["d.tar"]);
        File.WriteAllBytes(folder["d.tar"], bytes[..(bytes.Length / 2 + 100)]);

        using var data = TarSource.Open(folder["d.tar"], folder["cache"]);

        Assert.InRange(data.Count, 1, 2);
        Assert.StartsWith("the shard is damaged after ", Assert.Single(data.Problems).Reason, StringComparison.Ordinal);
    }

    private static void WriteTar(string path, TarEntryFormat format, params (string Name, byte[] Content)[] files)
    {
        using var writer = new TarWriter(File.Create(path), format);
        foreach (var (name, content) in files)
        {
            TarEntry entry = format == TarEntryFormat.Pax ? new PaxTarEntry(TarEntryType.RegularFile, name) : new GnuTarEntry(TarEntryType.RegularFile, name);
            entry.DataStream = new MemoryStream(content);
            writer.WriteEntry(entry);
        }
    }
}
