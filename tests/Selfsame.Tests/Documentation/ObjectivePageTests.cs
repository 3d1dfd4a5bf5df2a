using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Tests.Training;
using Selfsame.Training;

namespace Selfsame.Tests.Documentation;

/// <summary>Follows "write your own objective" to the letter: compiles its file, enters it in a table, trains its recipe.</summary>
public sealed class ObjectivePageTests : IDisposable
{
    private const string Page = "docs/write-your-own-objective.md";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task The_objective_of_the_page_trains()
    {
        var settings = Compile(DocumentedCommands.Block(Page, "csharp")).GetTypes().Single(type => type.IsSubclassOf(typeof(ObjectiveSettings)));
        var systems = new SystemTable([.. SystemTable.BuiltIn.Entries, new("patch-denoiser", "Patch denoiser", "reconstruction", ["image"], "https://jmlr.org/papers/v11/vincent10a.html", "recipes/patch-denoiser.yaml", settings)]);
        string[] sets = ["data.split=all", "data.views.0.size=16", "encoder.patch=4", "duration.steps=30", "batch=8", "log.every.steps=1", "optimizer.rate_per_256=0.03", "schedule.warmup.steps=2", "precision=fp32"];
        var recipe = new RecipeLoader(systems).LoadText(
            DocumentedCommands.Block(Page, "yaml"), "recipes/patch-denoiser.yaml",
            [Override.Of(RecipeFlag.All.Single(f => f.Key == "data.source"), TinyRun.Pictures(_folder["pictures"], 24)), Override.Of(RecipeFlag.All.Single(f => f.Name == "--no-evaluate"), null), .. sets.Select(Override.Set)],
            TinyRun.NoEnvironment);
        var losses = new List<double>();
        var watcher = new Watcher(e =>
        {
            if (e is Selfsame.Training.Progress.TrainingEvent.StepDone step)
                losses.Add(step.Loss);
        });

        var result = await Pretraining.RunAsync(new PretrainingOptions { Recipe = recipe, Systems = systems, Folder = _folder["run"], Observer = watcher }, CancellationToken.None);

        Assert.Equal("patch-denoiser", result.System);
        Assert.Equal("https://jmlr.org/papers/v11/vincent10a.html", result.Paper);
        Assert.True(losses[^5..].Average() < 0.8 * losses[..5].Average(), $"the loss went from {losses[..5].Average()} to {losses[^5..].Average()}");
    }

    [Fact]
    public void Its_error_is_the_one_the_page_promises()
    {
        var settings = Compile(DocumentedCommands.Block(Page, "csharp")).GetTypes().Single(type => type.IsSubclassOf(typeof(ObjectiveSettings)));
        var systems = new SystemTable([new("patch-denoiser", "Patch denoiser", "reconstruction", ["image"], "paper", "recipes/patch-denoiser.yaml", settings)]);
        var error = Assert.Throws<RecipeException>(() => new RecipeLoader(systems).LoadText(DocumentedCommands.Block(Page, "yaml"), "recipes/patch-denoiser.yaml", [Override.Set("objective.noise=-1")], TinyRun.NoEnvironment));
        Assert.Equal("--set objective.noise=-1: objective.noise is -1; it is the standard deviation of the noise, so it is above 0 and at most 100 (default: 0.5).", error.Message);
    }

    public void Dispose() => _folder.Dispose();

    private static Assembly Compile(string source)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var usings = "global using System; global using System.Collections.Generic; global using System.Linq;";
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("PatchDenoiserOfThePage", [CSharpSyntaxTree.ParseText(source, options), CSharpSyntaxTree.ParseText(usings, options)], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return Assembly.Load(image.ToArray());
    }
}
