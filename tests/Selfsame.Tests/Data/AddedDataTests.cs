using Selfsame.Data;
using Selfsame.Data.Sources;
using Selfsame.Recipes;
using Selfsame.Tests.Training;
using Selfsame.Training;

namespace Selfsame.Tests.Data;

/// <summary>Further data that is trained on beside the source.</summary>
public sealed class AddedDataTests
{
    [Fact]
    public void Only_the_training_part_is_added_and_the_own_parts_stay()
    {
        using var own = new TempFolder();
        using var other = new TempFolder();
        own.Write("train/cat/1.png", SourceTests.Dot(1));
        own.Write("test/cat/2.png", SourceTests.Dot(2));
        other.Write("train/cat/3.png", SourceTests.Dot(3));
        other.Write("val/cat/4.png", SourceTests.Dot(4));
        other.Write("train/dog/5.png", SourceTests.Dot(5));

        using var data = FolderSource.Open(own.Path).With([FolderSource.Open(other.Path)]);

        Assert.Equal(4, data.Count);
        Assert.Equal(["train/cat/1.png"], data.Split(DataSplit.Train).Select(data.Key));
        Assert.Equal(["test/cat/2.png"], data.Split(DataSplit.Test).Select(data.Key));
        Assert.Empty(data.Split(DataSplit.Validation));
        Assert.Equal([$"{other.Path}:train/cat/3.png", $"{other.Path}:train/dog/5.png"], data.Split(DataSplit.Added).Select(data.Key));
        Assert.Equal([1, 2, 3, 5], Enumerable.Range(0, data.Count).Select(Red).Order());
        Assert.Equal(4, Enumerable.Range(0, data.Count).Select(sample => data.Identity(sample, "image")).Distinct().Count());
        Assert.Equal(4, Enumerable.Range(0, data.Count).Select(data.Group).Distinct().Count());

        int Red(int sample)
        {
            using var image = data.ReadImage(sample);
            return image.Pixels[0];
        }
    }

    [Fact]
    public void Text_is_text_whatever_its_column_is_called()
    {
        using var folder = new TempFolder();
        var own = folder.Write("own.csv", "text,language\nhello,en\n");
        var other = folder.Write("other.csv", "caption,mood,split\ngood bye,sad,train\n");

        using var data = ManifestSource.Open(own).With([ManifestSource.Open(other)]);

        Assert.Equal(["hello", "good bye"], Enumerable.Range(0, data.Count).Select(data.ReadText).Order().Reverse());
        Assert.Equal(["text", "language"], data.Columns);
    }

    [Fact]
    public async Task A_run_trains_on_it_and_measures_without_it()
    {
        using var folder = new TemporaryFolder();
        var (own, other) = (TinyRun.Pictures(folder["own"], 40), TinyRun.Pictures(folder["other"], 30, side: 24));
        var alone = TinyRun.Load(TinyRun.Mae, own, "data.split=train", "evaluate={ label: folder }");
        var both = TinyRun.Load(TinyRun.Mae, own, "data.split=train", $"data.add=[{{ source: {other} }}]", "evaluate={ label: folder }");

        using var fewer = await RunData.OpenAsync(alone, new(), default);
        using var more = await RunData.OpenAsync(both, new(), default);
        Assert.True(more.Train.Length > fewer.Train.Length);
        Assert.Equal(more.Set.Split(DataSplit.Added).Length, more.Train.Length - fewer.Train.Length);
        foreach (var part in (DataSplit[])[DataSplit.Train, DataSplit.Validation, DataSplit.Test])
            Assert.Equal(fewer.Set.Split(part), more.Set.Split(part));

        var raw = (await TinyRun.RunAsync(alone, folder["alone"])).Baselines[RunResult.RawInput];
        Assert.Equal(raw, (await TinyRun.RunAsync(both, folder["both"])).Baselines[RunResult.RawInput]);
    }

    [Fact]
    public async Task What_cannot_be_opened_is_named_with_its_key()
    {
        using var folder = new TemporaryFolder();
        var recipe = TinyRun.Load(TinyRun.Mae, TinyRun.Pictures(folder["own"], 8), "data.add=[{ source: mnist }, { source: emojy }]");

        var fault = await Assert.ThrowsAsync<RecipeException>(() => RunData.OpenAsync(recipe, new(), default));

        Assert.Contains("data.add[1].source", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean emoji?", fault.Message, StringComparison.Ordinal);
    }
}
