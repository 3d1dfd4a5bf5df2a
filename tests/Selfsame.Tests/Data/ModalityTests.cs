using System.Formats.Tar;
using System.Text;
using Selfsame.Data;
using Selfsame.Data.Sources;
using Selfsame.Modalities.Media;
using Selfsame.Modalities.Text;

namespace Selfsame.Tests.Data;

public class ModalityTests
{
    private static string[] Keys(DataSet data) => [.. Enumerable.Range(0, data.Count).Select(data.Key)];

    private static string[] Having(DataSet data) => [.. Enumerable.Range(0, data.Count).Select(i => $"{data.Key(i)}: {data.ModalitiesOf(i)}")];

    [Fact]
    public void Files_of_one_name_are_one_sample_in_a_folder()
    {
        using var folder = new TempFolder();
        folder.Write("dog.png", SourceTests.Dot(1));
        folder.Write("dog.ogg", "sound");
        folder.Write("dog.txt", "a dog");
        folder.Write("cat.png", SourceTests.Dot(2));
        folder.Write("cat.jpg", SourceTests.Dot(3));
        folder.Write("cat.txt", "a cat");
        folder.Write("bark.wav", "sound");
        folder.Write("README.txt", "about this folder");
        folder.Write("walk.mp4", "film");
        folder.Write("walk.wav", "its sound");

        using var data = FolderSource.Open(folder.Path);

        Assert.Equal(["bark.wav: audio", "cat.jpg: image, text", "cat.png: image, text", "dog.png: image, audio, text", "walk.mp4: video, audio"], Having(data));
        Assert.Equal(ModalitySet.Of(Modality.Image, Modality.Video, Modality.Audio, Modality.Text), data.Modalities);
        Assert.Equal(("a cat", "a cat", "a dog"), (data.ReadText(1), data.ReadText(2), data.ReadText(3)));
        Assert.Equal(("cat", "cat"), (data.Group(1), data.Group(2)));
        Assert.Equal("its sound"u8.ToArray(), data.ReadBytes(4, Modality.Audio));
        Assert.Equal(folder["dog.ogg"], data.Location(3, Modality.Audio));
        Assert.Equal("the sample has no text", Assert.Throws<MediaException>(() => data.ReadText(0)).Message);
    }

    [Fact]
    public void Text_on_its_own_counts_where_it_was_asked_for_or_is_all_there_is()
    {
        using var folder = new TempFolder();
        folder.Write("a/code.py", "print()");
        folder.Write("b.md", "text");
        using (var alone = FolderSource.Open(folder.Path))
            Assert.Equal(["a/code.py", "b.md"], Keys(alone));

        folder.Write("c.png", SourceTests.Dot(1));
        using (var loose = FolderSource.Open(folder.Path))
            Assert.Equal(["c.png"], Keys(loose));
        using (var asked = FolderSource.Open(folder.Path, ModalitySet.Of(Modality.Text)))
            Assert.Equal(["a/code.py: text", "b.md: text"], Having(asked));
    }

    [Fact]
    public void A_manifest_has_a_column_for_each_modality_and_any_may_be_empty()
    {
        using var folder = new TempFolder();
        folder.Write("a.png", SourceTests.Dot(1));
        var path = folder.Write("m.jsonl", """
            {"image": "a.png", "caption": "one", "language": "en"}
            {"image": "a.png", "caption": "አንድ", "language": "am"}
            {"audio": "a.wav", "text": "spoken"}
            {"path": "b.mp4"}
            {"text": "only words"}
            """);

        using var data = ManifestSource.Open(path);

        Assert.Equal(["a.png: image", "a.png: image", "a.wav: audio, text", "b.mp4: video", "line 5: text"], Having(data));
        Assert.Equal("only words", data.ReadText(4));
        // The column text wins over captions, and a picture without text lacks it.
        Assert.Throws<MediaException>(() => data.ReadText(0));
    }

    [Fact]
    public void Captions_are_text_where_there_is_no_column_text_and_fewer_modalities_give_fewer_samples()
    {
        using var folder = new TempFolder();
        folder.Write("a.png", SourceTests.Dot(1));
        folder.Write("b.png", SourceTests.Dot(2));
        var path = folder.Write("m.csv", "image,caption,language\na.png,a stamp,en\na.png,ማኅተም,am\nb.png,other,en\n,words,en\n");
        using var data = ManifestSource.Open(path);

        Assert.Equal(4, data.Count);
        Assert.Same(data, data.Holding(ModalitySet.Images | ModalitySet.Of(Modality.Text)));
        var pictures = data.Holding(ModalitySet.Images);
        Assert.Equal(["a.png", "b.png"], Keys(pictures));
        Assert.Equal(["en"], pictures.Labels("language").Names);
        Assert.Equal(2, data.Labels("language").Names.Count);
        using (var image = pictures.ReadImage(1))
            Assert.Equal(2, image.Pixels[0]);
        var sound = Assert.Throws<DataSourceException>(() => data.Holding(ModalitySet.Of(Modality.Audio, Modality.Video)));
        Assert.Equal($"'{path}' holds no video and no audio; it holds image, text", sound.Message);
    }

    [Fact]
    public void Tar_members_of_one_key_are_one_sample()
    {
        using var folder = new TempFolder();
        using (var writer = new TarWriter(File.Create(folder["d.tar"])))
        {
            foreach (var (name, content) in (ReadOnlySpan<(string, byte[])>)[("1.png", SourceTests.Dot(1)), ("1.wav", "w1"u8.ToArray()), ("1.txt", "one"u8.ToArray()), ("2.flac", "f2"u8.ToArray()), ("3.py", "x = 3"u8.ToArray()), ("3.cls", "7"u8.ToArray()), ("4.txt", "alone"u8.ToArray())])
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        for (var pass = 0; pass < 2; pass++)
        {
            using var data = TarSource.Open(folder["d.tar"], folder["cache"]);
            Assert.Equal(["1: image, audio, text", "2: audio"], Having(data));
            Assert.Equal("w1"u8.ToArray(), data.ReadBytes(0, Modality.Audio));
            Assert.Equal("f2"u8.ToArray(), data.ReadBytes(1, Modality.Audio));
            Assert.Equal("one", data.ReadText(0));
            Assert.Equal(2, data.SizeHint(1, Modality.Audio));
        }
    }

    [Fact]
    public void Text_that_is_no_utf8_is_refused_with_the_byte()
    {
        using var folder = new TempFolder();
        folder.Write("a.txt", [0x67, 0x6f, 0xff, 0x6f]);
        folder.Write("b.txt", [0xEF, 0xBB, 0xBF, 0x68, 0x69]);
        folder.Write("c.txt", Encoding.UTF8.GetBytes("ሰላም"));
        using var data = FolderSource.Open(folder.Path);

        Assert.Equal("the text is not UTF-8: byte 2 (ff) starts no character", Assert.Throws<MediaException>(() => data.ReadText(0)).Message);
        Assert.Equal(("hi", "ሰላም"), (data.ReadText(1), data.ReadText(2)));
    }

    [Fact]
    public void Bytes_are_tokens_of_every_script()
    {
        var tokenizer = ByteTokenizer.Instance;
        Assert.Equal([0xE1, 0x88, 0xB0, 0x61], tokenizer.Encode("ሰa"));
        Assert.Equal("ሰa", tokenizer.Decode([257, 0xE1, 0x88, 0xB0, 0x61, 258, 256]));
        Assert.Equal("�", tokenizer.Decode([0xE1]));
    }
}
