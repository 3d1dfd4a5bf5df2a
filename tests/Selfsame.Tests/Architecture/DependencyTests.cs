using System.Text.RegularExpressions;
using Selfsame.Objectives;
using Selfsame.Tests.Parity;
using Selfsame.Torch;

namespace Selfsame.Tests.Architecture;

/// <summary>Dependencies point one way: command line → library → engine, and methods know no trainer and no file.</summary>
public sealed partial class DependencyTests
{
    private static readonly string Source = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(ParityFiles.Root))!, "src");

    [Fact]
    public void The_engine_knows_nothing_of_learning_methods() =>
        Assert.DoesNotContain(typeof(Tensor).Assembly.GetReferencedAssemblies(), name => name.Name!.StartsWith("Selfsame", StringComparison.Ordinal));

    [Fact]
    public void The_library_knows_nothing_of_the_command_line() =>
        Assert.Equal(["Selfsame.Torch"], typeof(Objective).Assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("Selfsame", StringComparison.Ordinal)));

    [Fact]
    public void Objectives_use_only_what_methods_are_made_of()
    {
        string[] allowed = ["Corruption", "Models", "Modalities", "Generation", "Recipes", "Randomness", "Torch", "Objectives"];
        var files = Directory.EnumerateFiles(Path.Combine(Source, "Selfsame", "Objectives"), "*.cs", SearchOption.AllDirectories).ToArray();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var text = File.ReadAllText(file);
            foreach (Match used in OwnNamespace().Matches(text))
                Assert.True(allowed.Contains(used.Groups[1].Value), $"{file} uses {used.Value}");
            Assert.False(Files().IsMatch(text), $"{file} touches files: {Files().Match(text).Value}");
        }
    }

    [Fact]
    public void Models_and_corruptions_know_no_objective()
    {
        foreach (var folder in new[] { "Models", "Corruption" })
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Source, "Selfsame", folder), "*.cs", SearchOption.AllDirectories))
                Assert.DoesNotMatch(@"Selfsame\.(Objectives|Training|Evaluation|Cli)\b", File.ReadAllText(file));
        }
    }

    [GeneratedRegex(@"\bSelfsame\.([A-Z]\w+)")]
    private static partial Regex OwnNamespace();

    [GeneratedRegex(@"\bSystem\.IO\b|\b(File|Directory|FileStream|StreamReader|StreamWriter|Path|Console)\.[A-Z]")]
    private static partial Regex Files();
}
