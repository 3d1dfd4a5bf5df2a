using Selfsame.Evaluation;
using Selfsame.Tests.Outputs;
using Selfsame.Tests.Training;
using Selfsame.Training;

namespace Selfsame.Tests.Evaluation;

public sealed class SeedGroupTests
{
    [Fact]
    public void Runs_of_one_recipe_have_a_mean_and_a_deviation()
    {
        var group = Assert.Single(SeedGroups.Of([Run(2, 0.6), Run(0, 0.5), Run(1, 0.7)]));
        Assert.Equal([0, 1, 2], group.Seeds);
        Assert.Equal(0.6, group.Evaluation["knn_accuracy"].Mean, 12);
        Assert.Equal(0.1, group.Evaluation["knn_accuracy"].Deviation, 12);
        Assert.Equal(3, group.Evaluation["knn_accuracy"].Runs);
        var random = group.Baselines[RunResult.RandomInit]["knn_accuracy"];
        Assert.Equal((0.42, 0, 3), (Math.Round(random.Mean, 12), Math.Round(random.Deviation, 12), random.Runs));
    }

    [Fact]
    public void What_differs_in_more_than_the_seed_stands_apart()
    {
        RunResult[] runs =
        [
            Run(0, 0.5), Run(1, 0.6) with { RecipeId = "other" }, Run(1, 0.6) with { Steps = 1 },
            Run(1, 0.6) with { Protocols = new Dictionary<string, string> { ["knn_accuracy"] = "knn/dino-1 (k=10)" } },
            Run(1, 0.6) with { RecipeId = null }, Run(2, 0.6) with { RecipeId = null },
        ];
        var groups = SeedGroups.Of(runs);
        Assert.Equal(6, groups.Count);
        Assert.All(groups, group => Assert.True(double.IsNaN(group.Evaluation["knn_accuracy"].Deviation)));
    }

    [Fact]
    public void A_seed_that_was_run_twice_counts_once_and_a_metric_that_one_run_lacks_is_left_out()
    {
        var later = Run(0, 0.9) with { Started = RunFolderTests.Example().Started.AddDays(1) };
        var group = Assert.Single(SeedGroups.Of([later, Run(0, 0.5), Run(1, 0.7) with { Evaluation = new Dictionary<string, double> { ["knn_accuracy"] = 0.7, ["swd"] = 3 } }]));
        Assert.Equal(0.8, group.Evaluation["knn_accuracy"].Mean, 12);
        Assert.Equal(["knn_accuracy"], group.Evaluation.Keys);
    }

    [Fact]
    public void The_name_of_a_recipe_leaves_out_seed_and_name_alone()
    {
        var recipe = TinyRun.Load(TinyRun.Mae, "pictures").Recipe;
        Assert.Equal(SeedGroups.RecipeId(recipe), SeedGroups.RecipeId(recipe with { Seed = 9, Name = "again" }));
        Assert.NotEqual(SeedGroups.RecipeId(recipe), SeedGroups.RecipeId(recipe with { Batch = 4 }));
        Assert.Matches("^[0-9a-f]{16}$", SeedGroups.RecipeId(recipe));
    }

    private static RunResult Run(long seed, double accuracy) => RunFolderTests.Example() with
    {
        Seed = seed,
        RecipeId = "0123456789abcdef",
        Evaluation = new Dictionary<string, double> { ["knn_accuracy"] = accuracy },
    };
}
