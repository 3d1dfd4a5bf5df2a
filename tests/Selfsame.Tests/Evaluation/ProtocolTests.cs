using System.Text.Json;
using Selfsame.Cli;
using Selfsame.Evaluation;
using Selfsame.Recipes;
using Selfsame.Tests.Cli;
using Selfsame.Tests.Parity;
using Selfsame.Tests.Training;

namespace Selfsame.Tests.Evaluation;

public sealed class ProtocolTests
{
    [Fact]
    public void Names_are_unique_and_have_a_version()
    {
        Assert.All(Protocols.All, protocol => Assert.Matches(@"^[a-z-]+/[a-z0-9-]+-\d+(/[a-z]+)?$", protocol.Id));
        Assert.Equal(Protocols.All.Count, Protocols.All.Select(protocol => protocol.Id).Distinct().Count());
        Assert.All(KnnProtocol.All, protocol => Assert.NotNull(Protocols.Find(protocol.Name)));
    }

    [Fact]
    public void What_differs_from_the_standard_stands_behind_the_name()
    {
        Assert.Equal("knn/dino-1", Protocols.Id("knn/dino-1", ("k", 20, 20), ("T", 0.07, 0.07)));
        Assert.Equal("knn/dino-1 (k=10, T=0.1)", Protocols.Id("knn/dino-1", ("k", 10, 20), ("T", 0.1, 0.07)));
        Assert.Equal("swd/laplacian-1 (n=64)", Protocols.Id("swd/laplacian-1", ("n", 64, null)));
        Assert.Equal(KnnProtocol.Dino.Name, Protocols.Find("knn/dino-1 (k=10, T=0.1)")!.Id);
        Assert.Null(Protocols.Find("knn/dino-2"));
    }

    [Fact]
    public void The_page_of_the_documentation_is_the_list() =>
        Assert.Equal(Protocols.ToMarkdown(), File.ReadAllText(Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(ParityFiles.Root))!, "docs", "protocols.md")));

    [Fact]
    public async Task The_command_line_lists_them()
    {
        var run = await CliRun.OfAsync("list", "protocols", "--json");
        Assert.Equal(ExitCodes.Done, run.ExitCode);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(Protocols.All.Select(protocol => protocol.Id), json.RootElement.EnumerateArray().Select(protocol => protocol.GetProperty("id").GetString()));
        Assert.Contains("swd/laplacian-1", (await CliRun.OfAsync("list", "protocols")).Output, StringComparison.Ordinal);
        Assert.Equal("error: WHAT is 'recipes'; there are: systems, protocols.\n", (await CliRun.OfAsync("list", "recipes")).Error);
    }

    [Theory]
    [InlineData("evaluate={ knn: { protocol: knn/dino-2 } }", "evaluate.knn.protocol is knn/dino-2; there are: knn/dino-1, knn/solo-1/cosine, knn/solo-1/euclidean, knn/dinov2-1.")]
    [InlineData("evaluate={ probe: { protocol: probe/svm-1 } }", "evaluate.probe.protocol is probe/svm-1; there are: probe/logistic-2, probe/ridge-1.")]
    [InlineData("evaluate={ sets: [{ name: a, source: x }, { name: a, source: y }] }", "evaluate.sets[1].name is a, the name of an earlier set; names tell their metrics apart.")]
    [InlineData("evaluate={ sets: [{ name: a/b, source: x }] }", "name is 'a/b'; it stands in metric names, so it takes letters, digits, '-' and '_'.")]
    public void A_recipe_that_names_another_is_told_which_there_are(string set, string expected) =>
        Assert.EndsWith(expected, Assert.Throws<RecipeException>(() => TinyRun.Load(TinyRun.Mae, "pictures", set)).Message, StringComparison.Ordinal);
}
