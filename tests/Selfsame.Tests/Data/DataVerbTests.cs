using System.Text.Json;
using Selfsame.Cli.Verbs;

namespace Selfsame.Tests.Data;

public class DataVerbTests
{
    private static async Task<(int Status, string Output, string Errors)> Run(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var status = await DataVerb.Create().Parse(arguments).InvokeAsync(new() { Output = output, Error = errors });
        return (status, output.ToString(), errors.ToString());
    }

    [Fact]
    public async Task Show_counts_splits_and_classes()
    {
        using var folder = new TempFolder();
        foreach (var name in (string[])["train/cat/1", "train/cat/2", "train/dog/3", "val/dog/4", "test/cat/5"])
            folder.Write($"{name}.png", SourceTests.Dot(1));
        folder.Write("test/cat/0 broken.png", "text");

        var (status, output, _) = await Run("show", folder.Path);

        Assert.Equal((0, $"""
            {folder.Path}: 6 samples in 6 groups, 0 left out
            split: 3 train, 1 validation, 2 test
            image: 6 samples, 6 distinct

            2 classes by 'folder'; the largest has 66.7 % of the samples
                                           train  valid.    test
            cat                                2       0       2
            dog                                1       1       0

            example
              key           test/cat/5.png
              group         test/cat/5
              has           image
              size          1 x 1
              folder        cat

            """), (status, output));
    }

    [Fact]
    public async Task Show_gives_json_to_a_program()
    {
        var (status, output, errors) = await Run("show", "emoji", "--json");

        Assert.Equal((0, ""), (status, errors));
        using var json = JsonDocument.Parse(output);
        Assert.Equal(15_000, json.RootElement.GetProperty("samples").GetInt32());
        Assert.Equal("category", json.RootElement.GetProperty("label").GetString());
        Assert.Equal("People & Body", json.RootElement.GetProperty("classes")[0].GetProperty("name").GetString());
        Assert.Equal("64 x 64", json.RootElement.GetProperty("example").GetProperty("size").GetString());
    }

    [Fact]
    public async Task List_names_every_data_set()
    {
        var (status, output, _) = await Run("list", "--json");
        using var json = JsonDocument.Parse(output);
        Assert.Equal(0, status);
        Assert.Equal(["emoji", "mnist", "clipart", "art4apps", "stamps", "prompts", "letters", "drums", "emoji-words", "emoji-captions", "16s", "dictionary", "python", "videos", "rgbd"], json.RootElement.EnumerateArray().Select(item => item.GetProperty("name").GetString()!));
    }

    [Fact]
    public async Task Failures_are_one_line_and_a_status()
    {
        var (status, output, errors) = await Run("get", "imagenet");
        Assert.Equal((1, "", "error: the catalogue has no data set 'imagenet'; it has: emoji, mnist, clipart, art4apps, stamps, prompts, letters, drums, emoji-words, emoji-captions, 16s, dictionary, python, videos, rgbd\n"), (status, output, errors));
    }
}
