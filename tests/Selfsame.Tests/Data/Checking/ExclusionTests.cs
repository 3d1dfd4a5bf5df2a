using Selfsame.Cli.Verbs;
using Selfsame.Data;
using Selfsame.Data.Exclusions;
using Selfsame.Tests.Cli;

namespace Selfsame.Tests.Data.Checking;

public class ExclusionTests
{
    private static Task<CliRun> Dedup(params string[] arguments) => CliRun.OfAsync([DataVerb.Create], ["data", "dedup", .. arguments]);

    [Fact]
    public async Task Applying_leaves_copies_out_everywhere_and_reverting_brings_them_back()
    {
        using var folder = new TempFolder();
        _ = new PlantedCopies(folder, 20, DrawnPictures.Draw);
        var files = Directory.GetFiles(folder.Path, "*.*", SearchOption.AllDirectories).Length;

        var dry = await Dedup(folder.Path);
        Assert.StartsWith("6 of 26 samples would be left out\n  exact duplicate         2\n  leak                    2\n  near duplicate          2\n", dry.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(folder[ExclusionList.FileName]));

        Assert.Equal(0, (await Dedup(folder.Path, "--apply")).ExitCode);
        using (var data = await DataSource.OpenAsync(folder.Path))
        {
            Assert.Equal((20, 6), (data.Count, data.Excluded));
            Assert.Equal(new AppliedExclusions(folder[ExclusionList.FileName], 6, 0), Assert.Single(data.ExclusionLists));
            Assert.DoesNotContain(Enumerable.Range(0, data.Count).Select(data.Key), key => key.StartsWith("train/z", StringComparison.Ordinal));
            data.ReadImage(data.Count - 1).Dispose();
            Assert.Equal("val", data.Text("folder", data.Count - 1));
        }
        Assert.Equal(files + 1, Directory.GetFiles(folder.Path, "*.*", SearchOption.AllDirectories).Length);

        Assert.Equal($"6 samples are back; {folder[ExclusionList.FileName]} is gone\n", (await Dedup(folder.Path, "--revert")).Output);
        using var whole = await DataSource.OpenAsync(folder.Path);
        Assert.Equal((26, 0), (whole.Count, whole.Excluded));
    }

    [Fact]
    public async Task A_named_list_applies_and_tells_of_names_it_does_not_find()
    {
        using var folder = new TempFolder();
        folder.Write("data/a.png", SourceTests.Dot(1));
        folder.Write("data/b.png", SourceTests.Dot(2));
        var list = folder.Write("list.jsonl", """
            {"key": "a.png", "reason": "I do not like it"}

            {"key": "gone.png", "reason": "near duplicate", "kept": "b.png", "distance": 0.1}
            """);
        using var data = await DataSource.OpenAsync(folder["data"], new DataOptions { Exclude = list });
        Assert.Equal((1, 1, "b.png"), (data.Count, data.Excluded, data.Key(0)));
        Assert.Equal(new AppliedExclusions(list, 1, 1), Assert.Single(data.ExclusionLists));
    }

    [Theory]
    [InlineData("{\"reason\": \"x\"}", "line 1: has no key; each line is")]
    [InlineData("{\"key\": \"a.png\", \"reason\": \"x\"}\nnonsense", "line 2: is not a JSON object with a key")]
    [InlineData("{\"key\": \"\", \"reason\": \"x\"}", "line 1: has no key; each line is an object such as {\"key\": \"a/b.png\", \"reason\": \"near duplicate\"}")]
    public async Task A_list_that_is_not_right_is_refused(string text, string problem)
    {
        using var folder = new TempFolder();
        folder.Write("data/a.png", SourceTests.Dot(1));
        var list = folder.Write("list.jsonl", text);
        var error = await Assert.ThrowsAsync<DataSourceException>(() => DataSource.OpenAsync(folder["data"], new DataOptions { Exclude = list }));
        Assert.StartsWith($"exclusions '{list}', {problem}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_leaves_nothing_is_refused()
    {
        using var folder = new TempFolder();
        folder.Write("data/a.png", SourceTests.Dot(1));
        var list = folder.Write("list.jsonl", "{\"key\": \"a.png\", \"reason\": \"x\"}");
        var error = await Assert.ThrowsAsync<DataSourceException>(() => DataSource.OpenAsync(folder["data"], new DataOptions { Exclude = list }));
        Assert.Equal($"'{folder["data"]}': every sample is left out by {list}", error.Message);
    }

    [Fact]
    public async Task Data_of_the_catalogue_stays_the_same_for_everyone()
    {
        var run = await Dedup("emoji", "--apply");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("error: 'emoji' is no folder, manifest or shards of yours that a list could lie beside; data of the catalogue stays the same for everyone. "
            + "Write a list with data check --write-exclusions FILE and name it in the recipe: data.exclude: FILE\n", run.Error);
    }
}
