using System.Text.Json;
using Selfsame.Cli;
using Selfsame.Recipes;

namespace Selfsame.Tests.Cli;

public sealed class ListVerbTests
{
    [Fact]
    public async Task Json_holds_every_system()
    {
        var run = await CliRun.OfAsync("list", "--json");

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(SystemTable.BuiltIn.Entries.Select(system => system.Key), json.RootElement.EnumerateArray().Select(system => system.GetProperty("key").GetString()));
        Assert.All(json.RootElement.EnumerateArray(), system =>
            Assert.Equal(["key", "name", "family", "modalities", "paper", "recipe"], system.EnumerateObject().Select(property => property.Name)));
    }

    [Fact]
    public async Task The_table_has_a_line_for_every_system()
    {
        var run = await CliRun.OfAsync("list");

        Assert.All(SystemTable.BuiltIn.Entries, system => Assert.Contains(
            run.Output.Split('\n'), line => line.StartsWith($"  {system.Key} ", StringComparison.Ordinal) && line.Contains(system.Recipe, StringComparison.Ordinal)));
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task A_filter_keeps_what_fits()
    {
        var family = SystemTable.BuiltIn.Entries[0].Family;

        var run = await CliRun.OfAsync("list", "--family", family, "--json");

        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(SystemTable.BuiltIn.Entries.Count(system => system.Family == family), json.RootElement.GetArrayLength());
    }

    [Fact]
    public async Task An_unknown_modality_is_refused()
    {
        var run = await CliRun.OfAsync("list", "--modality", "smell");

        Assert.Equal(ExitCodes.BadUsage, run.ExitCode);
        Assert.StartsWith("error: --modality is 'smell'; there are: ", run.Error, StringComparison.Ordinal);
    }
}
