using Selfsame.Modalities.Text;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Tests.Parity;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Training;

/// <summary>The recipes of the repository, without their data.</summary>
public sealed class ShippedRecipeTests
{
    internal static readonly string Root = Path.GetDirectoryName(Path.GetDirectoryName(ParityFiles.Root))!;

    public static TheoryData<string> Recipes => [.. Directory.EnumerateFiles(Path.Combine(Root, "recipes"), "*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Systems => [.. SystemTable.BuiltIn.Keys];

    [Theory, MemberData(nameof(Recipes))]
    public void A_recipe_loads_round_trips_and_builds_its_model(string name)
    {
        var loader = new RecipeLoader(SystemTable.BuiltIn);
        var loaded = loader.Load(Path.Combine(Root, "recipes", name), [], TinyRun.NoEnvironment);
        var recipe = loaded.Recipe;
        Assert.Equal(recipe, loader.LoadText(RecipeWriter.Write(recipe, loaded.Origins), name, [], TinyRun.NoEnvironment).Recipe);

        using var scope = Scope.Enter();
        // A tokenizer that is to be trained needs the data; another of some vocabulary serves as well here.
        var tokenizer = recipe.Data.Text?.Tokenizer.Train is null ? null : ByteTokenizer.Instance;
        var context = new ModelContext(recipe.Encoder, [.. InputFields.Of(recipe, tokenizer).Shapes], recipe.Objective.LabelColumn is null ? 0 : 10);
        using var model = new TrainingModel(recipe, context, Device.Cpu, low: false);
        Assert.True(model.Arena.Weights.Isfinite().All().IsNonzero());
        Assert.True(model.Objective.Features(averaged: true).Layers > 0);
        Assert.Equal(model.Objective.Teachers.Count > 0, model.HasTeacher);
    }

    [Theory, MemberData(nameof(Systems))]
    public void A_system_has_a_recipe_a_paper_and_recorded_numbers(string key)
    {
        var system = SystemTable.BuiltIn.Find(key)!;
        Assert.Matches(@"https://(arxiv\.org/abs/\d{4}\.\d{5}|.*\S)$", system.Paper);
        var recipe = new RecipeLoader(SystemTable.BuiltIn).Load(Path.Combine(Root, system.Recipe), [], TinyRun.NoEnvironment).Recipe;
        Assert.Equal(key, recipe.System);
        // The encoder that is fine-tuned is recorded among MAE's cases.
        Assert.NotEmpty(key == "finetune"
            ? Directory.EnumerateFiles(Path.Combine(ParityFiles.Root, "mae"), "finetune_encoder*.safetensors")
            : Directory.EnumerateFiles(Path.Combine(ParityFiles.Root, key), "*.safetensors"));
    }
}
