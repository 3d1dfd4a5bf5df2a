using System.Text.RegularExpressions;
using Selfsame.Tests.Parity;

namespace Selfsame.Tests.Cli;

/// <summary>The <c>selfsame</c> script.</summary>
public sealed class LauncherTests
{
    [Fact]
    public void It_sets_no_variable_that_would_be_read_as_a_setting_of_a_recipe()
    {
        var script = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(ParityFiles.Root))!, "selfsame"));
        var exported = Regex.Matches(script, @"export (\w+)=").Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(exported);
        Assert.DoesNotContain(exported, name => name.StartsWith("SELFSAME_", StringComparison.Ordinal));
    }
}
