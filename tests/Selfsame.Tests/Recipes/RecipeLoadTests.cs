using Selfsame.Models;
using Selfsame.Recipes;
using static Selfsame.Tests.Recipes.TestSystems;

namespace Selfsame.Tests.Recipes;

public sealed class RecipeLoadTests
{
    private static readonly RecipeLoader Loader = new(Table);

    [Fact]
    public void Fills_typed_records()
    {
        var recipe = Load(Good).Recipe;

        var expected = new Recipe
        {
            System = "mae",
            Seed = 7,
            Duration = new() { Steps = 5000 },
            Batch = 256,
            Data = new() { Source = "emoji", ImageSize = 64, Views = [new() { Size = 64, Crop = new() { Scale = [0.2, 1] } }, new() { Size = 32 }] },
            Encoder = new VitEncoderSettings { Patch = 8, Width = 384, Depth = 12, Heads = 6, Positions = PositionKind.Sincos },
            Objective = new MaskedSettings { Decoder = new() { Width = 192, Depth = 8 } },
            Optimizer = new AdamWSettings { Betas = [0.9, 0.95], RatePer256 = 1.5e-4 },
            Schedule = new CosineScheduleSettings { Warmup = new() { Steps = 250 } },
            Parameters = [new() { Rank = 1 }, new() { Match = ".*", Decay = 0.05 }],
            Checkpoint = new() { Every = new() { Time = TimeSpan.FromMinutes(10) } },
        };
        Assert.Equal(expected, recipe);
        Assert.NotEqual(expected with { Parameters = [new() { Match = ".*" }] }, recipe);
    }

    [Fact]
    public void A_system_without_a_block_has_its_defaults() =>
        Assert.Equal(new MaskedSettings(), Load(With("objective:\n  mask_ratio: 0.75\n  decoder: { width: 192 }\n", "")).Recipe.Objective);

    [Fact]
    public void An_alias_repeats_a_value()
    {
        var recipe = Load(With("[{ size: 64, crop: { scale: [0.2, 1.0] } }, { size: 32 }]", "[&v { size: 48 }, *v]")).Recipe;
        Assert.Equal([new() { Size = 48 }, new() { Size = 48 }], recipe.Data.Views);
    }

    [Theory]
    [InlineData("1e-3", 0.001)]
    [InlineData("1.5E-4", 0.00015)]
    [InlineData(".5", 0.5)]
    [InlineData("+2", 2)]
    public void Numbers_as_people_write_them(string text, double value) =>
        Assert.Equal(value, ((AdamWSettings)Load(With("rate_per_256: 1.5e-4", $"rate: {text}")).Recipe.Optimizer).Rate);

    [Theory]
    [InlineData("1e6", 1_000_000UL)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    public void Whole_numbers_are_exact(string text, ulong seed) => Assert.Equal(seed, Load(With("seed: 7", $"seed: {text}")).Recipe.Seed);

    [Fact]
    public void A_flag_wins_over_the_environment_and_that_over_the_recipe()
    {
        var environment = new Dictionary<string, string>
        {
            ["SELFSAME_SEED"] = "8",
            ["SELFSAME_BATCH"] = "512",
            ["SELFSAME_DATA__WORKERS"] = "3",
            ["SELFSAME_CACHE"] = "/somewhere/else",
            ["PATH"] = "/bin",
        };

        var (recipe, origins) = Loader.LoadText(Good, "r.yaml", [Override.Set("batch=64")], environment);

        Assert.Equal((8UL, 64, 3), (recipe.Seed, recipe.Batch, recipe.Data.Workers));
        Assert.Equal(new(OriginKind.Flag, "--set batch=64"), origins["batch"]);
        Assert.Equal(new(OriginKind.Environment, "SELFSAME_SEED=8"), origins["seed"]);
        Assert.Equal(new(OriginKind.Environment, "SELFSAME_DATA__WORKERS=3"), origins["data.workers"]);
        Assert.Equal(new(OriginKind.Recipe, "r.yaml", 6), origins["data.source"]);
        Assert.Equal(new(OriginKind.Recipe, "r.yaml", 8), origins["data.views[1].size"]);
        Assert.Equal(ValueOrigin.Default, origins["data.views[1].crop.scale"]);
        Assert.Equal(ValueOrigin.Default, origins["precision"]);
        Assert.Equal("r.yaml(12)", origins["objective.decoder.width"].ToString());
    }

    [Fact]
    public void A_flag_replaces_what_it_excludes()
    {
        var (recipe, origins) = Load(Good, Override.Set("duration.epochs=3"), Override.Set("optimizer.rate=0.1"), Override.Set("encoder.size=nano"));

        Assert.Equal(new() { Epochs = 3 }, recipe.Duration);
        Assert.Equal((0.1, null), (recipe.Optimizer.Rate, recipe.Optimizer.RatePer256));
        Assert.Equal(new(192, 6, 3), recipe.Encoder.Dimensions());
        Assert.False(origins.ContainsKey("duration.steps"));
    }

    [Fact]
    public void What_a_block_does_not_mention_stays_as_it_is_without_the_block()
    {
        var recipe = Load(
            With("schedule: { kind: cosine, warmup: { steps: 250 } }\n", "").Replace("checkpoint: { every: { time: 10m } }", ""),
            Override.Set("schedule.end=0.1"), Override.Set("encoder.depth=4"), Override.Set("checkpoint.every.epochs=2")).Recipe;

        Assert.Equal(new CosineScheduleSettings { End = 0.1 }, recipe.Schedule);
        Assert.Equal(new(384, 4, 6), recipe.Encoder.Dimensions());
        Assert.Equal(new() { Every = new() { Epochs = 2 } }, recipe.Checkpoint);
        Assert.Equal(8, ((MaskedSettings)recipe.Objective).Decoder.Depth);
        Assert.Equal(new CheckpointSettings { Every = new() { Steps = 1000 } }, new Recipe
        {
            System = "", Duration = recipe.Duration, Batch = 1, Data = recipe.Data, Encoder = recipe.Encoder, Objective = recipe.Objective, Optimizer = recipe.Optimizer,
        }.Checkpoint);
    }

    [Fact]
    public void Plain_collection_types_are_filled_too()
    {
        var (plain, _) = Loader.Load<PlainCollections>(
            "rates: [1e-3, 2]\nsizes: [[1, 2], [3]]\nweights: { a: 0.5, b: 1 }\nparts: [{ kind: sgd, rate: 1 }, { kind: swan, rate: 2 }]", "r.yaml", [], NoEnvironment);

        Assert.Equal([0.001, 2], plain.Rates);
        Assert.Equal([[1, 2], [3]], plain.Sizes);
        Assert.Equal(0.5, plain.Weights["a"]);
        Assert.Equal([new SgdSettings { Rate = 1 }, new SwanSettings { Rate = 2 }], plain.Parts);
    }

    internal sealed record PlainCollections
    {
        public IReadOnlyList<double> Rates { get; init; } = [];

        public int[][] Sizes { get; init; } = [];

        public IReadOnlyDictionary<string, double> Weights { get; init; } = new Dictionary<string, double>();

        public IReadOnlyList<OptimizerSettings> Parts { get; init; } = [];
    }

    [Fact]
    public void A_later_flag_wins() => Assert.Equal(9UL, Load(Good, Override.Set("seed=8"), Override.Set("seed=9")).Recipe.Seed);

    [Fact]
    public void Set_takes_whole_blocks_and_entries_of_lists()
    {
        var recipe = Load(Good, Override.Set("optimizer={kind: sgd, rate: 0.5}"), Override.Set("data.views.1.size=16"), Override.Set("data.views[0].flip_probability=0")).Recipe;

        Assert.Equal(new SgdSettings { Rate = 0.5 }, recipe.Optimizer);
        Assert.Equal([new() { Size = 64, Crop = new() { Scale = [0.2, 1] }, FlipProbability = 0 }, new() { Size = 16 }], recipe.Data.Views);
    }

    [Fact]
    public void Every_flag_sets_its_key()
    {
        Override Flag(string name, string? value) => Override.Of(RecipeFlag.All.Single(f => f.Name == name), value);
        var recipe = Load(
            Good, Flag("--data", "./my: photos #1"), Flag("--for", "2h30m"), Flag("--batch", "32"), Flag("--seed", "5"),
            Flag("--checkpoint-every", "20"), Flag("--no-evaluate", null), Flag("--device", "cpu"), Flag("--precision", "bf16")).Recipe;

        Assert.Equal("./my: photos #1", recipe.Data.Source);
        Assert.Equal(new() { Time = new(2, 30, 0) }, recipe.Duration);
        Assert.Equal((32, 5UL, DeviceChoice.Cpu, Precision.Bf16), (recipe.Batch, recipe.Seed, recipe.Device, recipe.Precision));
        Assert.Equal(new() { Steps = 20 }, recipe.Checkpoint.Every);
        Assert.Null(recipe.Evaluate);
        Assert.Equal(new() { Steps = 10 }, Load(Good, Flag("--steps", "10")).Recipe.Duration);
        Assert.Equal(new() { Samples = 10 }, Load(Good, Flag("--samples", "10")).Recipe.Duration);
        Assert.Equal(new() { Epochs = 10 }, Load(Good, Flag("--epochs", "10")).Recipe.Duration);
    }

    [Theory]
    [InlineData("data.sorce=emoji", "--set data.sorce=emoji: data.sorce is not a setting of data. Did you mean source? Settings: add, audio, buckets, cache, depth, exclude, image, image_size, max_bad, mix, need, source, split, text, video, views, where, workers.")]
    [InlineData("objective.mask_ratio=75", "--set objective.mask_ratio=75: objective.mask_ratio is 75; it is the share of patches hidden, so it lies between 0 and 1 (paper: 0.75).")]
    [InlineData("batch", "--set batch: This is not key=value, such as data.workers=4.")]
    [InlineData("data..workers=1", "--set data..workers=1: This is not key=value, such as data.workers=4.")]
    [InlineData("batch=", "--set batch=: batch is empty; expected a whole number.")]
    [InlineData("batch.x=1", "--set batch.x=1: batch is a mapping; expected a whole number.")]
    [InlineData("data.views.2.size=8", "--set data.views.2.size=8: data.views has 2 entries, numbered from 0; there is no 2.")]
    [InlineData("seed=&a [*a]", "--set seed=&a [*a]: seed[0] is *a, which contains this very line; a recipe can't refer to itself.")]
    public void Wrong_overrides_are_named_as_typed(string argument, string message) => Assert.Equal(message, Fault(Good, Override.Set(argument)));

    [Fact]
    public void Two_durations_on_the_command_line_exclude_each_other() => Assert.Equal(
        "--set duration.epochs=3: duration has steps and epochs; give exactly one of steps, samples, epochs, time.",
        Fault(Good, Override.Set("duration.steps=5"), Override.Set("duration.epochs=3")));

    [Theory]
    [InlineData("SELFSAME_BATCH", "0", "SELFSAME_BATCH=0: batch is 0; it is the number of samples in one optimizer step, so it lies between 1 and 16777216.")]
    [InlineData("SELFSAME_DATA__SORCE", "x", "SELFSAME_DATA__SORCE=x: data.sorce is not a setting of data. Did you mean source? Settings: add, audio, buckets, cache, depth, exclude, image, image_size, max_bad, mix, need, source, split, text, video, views, where, workers.")]
    [InlineData("SELFSAME_BACTH", "4", "SELFSAME_BACTH=4: bacth is not a setting of a recipe. Did you mean batch? Settings: batch, checkpoint, clip_norm, data, device, duration, ema, encoder, evaluate, from, guard, log, micro_batch, name, objective, optimizer, parameters, precision, schedule, seed, system.")]
    public void Wrong_variables_are_named(string name, string value, string message)
    {
        var e = Assert.Throws<RecipeException>(() => Loader.LoadText(Good, "r.yaml", [], new Dictionary<string, string> { [name] = value }));
        Assert.Equal(message, e.Message);
    }

    [Fact]
    public void Problems_of_the_file_come_before_those_of_the_environment_and_the_flags()
    {
        var e = Assert.Throws<RecipeException>(() => Loader.LoadText(
            With("seed: 7", "seed: x"), "r.yaml", [Override.Set("batch=x")], new Dictionary<string, string> { ["SELFSAME_NAME"] = "[]" }));

        Assert.Equal(
            """
            r.yaml(2): seed is x; expected a whole number (default: 0).
            SELFSAME_NAME=[]: name is a list; expected text.
            --set batch=x: batch is x; expected a whole number.
            """, e.Message);
    }

    [Fact]
    public void Without_a_file_everything_may_come_from_flags()
    {
        var (recipe, _) = Loader.Load(
            null, [Override.Set("system=mae"), Override.Set("duration.steps=1"), Override.Set("batch=1"), Override.Set("data.source=emoji"),
            Override.Set("encoder={kind: vit, size: nano}"), Override.Set("optimizer={kind: lars, rate: 1}")], NoEnvironment);
        Assert.Equal(new LarsSettings { Rate = 1 }, recipe.Optimizer);

        var e = Assert.Throws<RecipeException>(() => Loader.Load(null, [Override.Set("system=mae")], NoEnvironment));
        Assert.StartsWith("duration is missing; expected a mapping of settings.\nbatch is missing;", e.Message, StringComparison.Ordinal);
    }
}
