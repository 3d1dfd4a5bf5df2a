using System.Text.RegularExpressions;
using Selfsame.Cli;
using Selfsame.Recipes;

namespace Selfsame.Tests.Documentation;

public sealed partial class DocumentationTests
{
    public static TheoryData<string> Pages => [.. DocumentedCommands.Pages];

    [Theory, MemberData(nameof(Pages))]
    public void Every_command_is_one_the_program_knows(string page)
    {
        var root = RootVerb.Create(VerbTable.All);
        foreach (var command in DocumentedCommands.Of(page).Where(c => c.Text.StartsWith(DocumentedCommands.Program, StringComparison.Ordinal)))
            Assert.True(UsageErrors.Find(root.Parse(command.Arguments)) is not { Count: > 0 } mistakes, $"{command}: {string.Join("; ", UsageErrors.Find(root.Parse(command.Arguments)))}");
    }

    [Theory, MemberData(nameof(Pages))]
    public void Every_link_leads_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(DocumentedCommands.Root, page))!;
        foreach (Match link in Links().Matches(File.ReadAllText(Path.Combine(DocumentedCommands.Root, page))))
        {
            var target = link.Groups[1].Value.Split('#')[0];
            if (target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
                Assert.True(Path.Exists(Path.Combine(folder, target)), $"{page} links to {target}, which is not there");
        }
    }

    [Fact]
    public void The_recipe_reference_is_current() => Assert.Equal(
        RecipeReference.Write(SystemTable.BuiltIn), File.ReadAllText(Path.Combine(DocumentedCommands.Root, "docs/recipe-reference.md")));

    [Fact]
    public void The_page_of_claims_is_current() => Assert.Equal(
        Selfsame.Claims.ClaimsPage.OfFolder(Path.Combine(DocumentedCommands.Root, "results/claims")), File.ReadAllText(Path.Combine(DocumentedCommands.Root, "docs/claims.md")));

    [Fact]
    public void The_recipe_reference_names_every_key_of_every_recipe()
    {
        var page = RecipeReference.Write(SystemTable.BuiltIn);
        foreach (var key in (string[])["duration", "micro_batch", "mask_ratio", "gamma", "rate_per_256", "warmup", "pooling", "max_bad", "momentum"])
            Assert.Contains($"| `{key}` |", page, StringComparison.Ordinal);
        Assert.Contains("| `mask_ratio` | a number, from 0 to 0.5, or null | – |", page, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();
}
