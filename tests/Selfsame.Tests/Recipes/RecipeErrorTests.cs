using System.Text;
using Selfsame.Recipes;
using static Selfsame.Tests.Recipes.TestSystems;

namespace Selfsame.Tests.Recipes;

public sealed class RecipeErrorTests
{
    [Theory]
    // Keys
    [InlineData("  mask_ratio: 0.75", "  mask_rate: 0.75",
        "r.yaml(11): objective.mask_rate is not a setting of mae. Did you mean mask_ratio? Settings: decoder, mask_ratio, normalize_target.")]
    [InlineData("{ width: 192 }", "{ colour: 1 }",
        "r.yaml(12): objective.decoder.colour is not a setting of decoder. Settings: depth, weights, width.")]
    [InlineData("seed: 7", "sede: 7",
        "r.yaml(2): sede is not a setting of a recipe. Did you mean seed? Settings: batch, checkpoint, clip_norm, data, device, duration, ema, encoder, evaluate, from, guard, log, micro_batch, name, objective, optimizer, parameters, precision, schedule, seed, system.")]
    [InlineData("{ size: 32 }", "{ sise: 32 }",
        "r.yaml(8): data.views[1].sise is not a setting of views. Did you mean size? Settings: background, blur, color_jitter, crop, flip_first, flip_probability, grayscale_probability, interpolation, mean, size, solarize, std.")]
    [InlineData("seed: 7", "batch: 7", "r.yaml(4): batch is given twice, first on line 2. Keep one.")]
    [InlineData("  source: emoji", "  workers: 2", "r.yaml(6): data.source is missing; expected text.")]
    // Kinds
    [InlineData("system: mae", "system: mea", "r.yaml(1): system is mea, which is not a system. Did you mean mae? Systems: mae, self-flow.")]
    [InlineData("system: mae", "name: x", "r.yaml(1): system is missing. Systems: mae, self-flow.")]
    [InlineData("kind: adamw", "kind: adamx",
        "r.yaml(13): optimizer.kind is adamx, which is not a kind of optimizer. Did you mean adamw? Kinds: adam, adamw, lamb, lars, sgd, sophia_g, swan.")]
    [InlineData("kind: adamw, ", "", "r.yaml(13): optimizer.kind is missing. Kinds: adam, adamw, lamb, lars, sgd, sophia_g, swan.")]
    [InlineData("betas: [0.9, 0.95]", "momentum: 0.9",
        "r.yaml(13): optimizer.momentum is not a setting of adamw. Settings: amsgrad, betas, eps, rate, rate_per_256.")]
    // Types
    [InlineData("batch: 256", "batch: many", "r.yaml(4): batch is many; expected a whole number.")]
    [InlineData("batch: 256", "batch: 2.5", "r.yaml(4): batch is 2.5; expected a whole number.")]
    [InlineData("batch: 256", "batch: \"256\"", "r.yaml(4): batch is \"256\"; expected a whole number.")]
    [InlineData("batch: 256", "batch: [256]", "r.yaml(4): batch is a list; expected a whole number.")]
    [InlineData("batch: 256", "batch:", "r.yaml(4): batch is empty; expected a whole number.")]
    [InlineData("seed: 7", "seed: -1", "r.yaml(2): seed is -1; expected a whole number from 0 to 18446744073709551615.")]
    [InlineData("seed: 7", "seed: seven", "r.yaml(2): seed is seven; expected a whole number (default: 0).")]
    [InlineData("seed: 7", "clip_norm: .inf", "r.yaml(2): clip_norm is .inf; expected a number.")]
    [InlineData("seed: 7", "precision: fp23", "r.yaml(2): precision is fp23; expected one of auto, fp32, bf16. Did you mean fp32?")]
    [InlineData("  mask_ratio: 0.75", "  normalize_target: yes",
        "r.yaml(11): objective.normalize_target is yes; expected true or false (default: true).")]
    [InlineData("time: 10m", "time: 10 minutes", "r.yaml(18): checkpoint.every.time is 10 minutes; expected a time such as 90s, 10m or 2h30m.")]
    [InlineData("[0.9, 0.95]", "0.9", "r.yaml(13): optimizer.betas is 0.9; expected a list of numbers.")]
    [InlineData("[0.9, 0.95]", "[0.9, high]", "r.yaml(13): optimizer.betas[1] is high; expected a number.")]
    [InlineData("{ steps: 5000 }", "5000", "r.yaml(3): duration is 5000; expected a mapping of settings.")]
    // Values
    [InlineData("  mask_ratio: 0.75", "  mask_ratio: 75",
        "r.yaml(11): objective.mask_ratio is 75; it is the share of patches hidden, so it lies between 0 and 1 (paper: 0.75).")]
    [InlineData("steps: 5000", "samples: 0", "r.yaml(3): duration.samples is 0; it is a number of samples, so it lies between 1 and 1000000000000000.")]
    [InlineData("batch: 256", "batch: 0", "r.yaml(4): batch is 0; it is the number of samples in one optimizer step, so it lies between 1 and 16777216.")]
    [InlineData("batch: 256", "batch: 99999999999999999999",
        "r.yaml(4): batch is 99999999999999999999; it is the number of samples in one optimizer step, so it lies between 1 and 16777216.")]
    [InlineData("[0.9, 0.95]", "[0.9, 1]", "r.yaml(13): optimizer.betas[1] is 1; it is the decay of a moment, so it is at least 0 and below 1.")]
    [InlineData("[0.9, 0.95]", "[0.9]", "r.yaml(13): optimizer.betas has 1 entry; it takes 2.")]
    [InlineData("width: 384", "width: 100", "r.yaml(9): encoder.width is 100; 6 heads need a multiple of 6, such as 102.")]
    [InlineData("image_size: 64", "image_size: 60", "r.yaml(7): data.image_size is 60; patches of side 8 need a multiple of 8, such as 56 or 64.")]
    [InlineData("seed: 7", "micro_batch: 100", "r.yaml(2): micro_batch is 100, which does not divide batch 256; 128 would.")]
    [InlineData("\".*\"", "\"(\"", "r.yaml(17): parameters[1].match is (, which is not a regular expression: Invalid pattern '(' at offset 1. Not enough )'s.")]
    [InlineData("steps: 5000", "time: 0m", "r.yaml(3): duration.time is 0s; it is a time by the clock, so it is above 0s.")]
    // Settings that exclude each other
    [InlineData("{ steps: 5000 }", "{ steps: 5000, epochs: 3 }", "r.yaml(3): duration has steps and epochs; give exactly one of steps, samples, epochs, time.")]
    [InlineData("{ steps: 5000 }", "{}", "r.yaml(3): duration has none of steps, samples, epochs, time; give exactly one.")]
    [InlineData("rate_per_256: 1.5e-4", "eps: 1e-8", "r.yaml(13): optimizer has none of rate, rate_per_256; give exactly one.")]
    [InlineData("width: 384, ", "size: tiny, ", "r.yaml(9): encoder has size and depth and heads; give exactly one of size, or all of width, depth, heads.")]
    [InlineData("width: 384, ", "", "r.yaml(9): encoder has depth and heads without width; give size, or all of width, depth, heads.")]
    // YAML
    [InlineData("seed: 7", "seed: &s [*s]", "r.yaml(2): seed[0] is *s, which contains this very line; a recipe can't refer to itself.")]
    [InlineData("seed: 7", "seed: *s", "r.yaml(2): seed is *s, but no value before it is marked &s.")]
    [InlineData("seed: 7", "seed: !big 7", "r.yaml(2): seed has the tag !big; a recipe has no tags. Leave it out.")]
    [InlineData("seed: 7", "---", "r.yaml(2): A second document starts here; a recipe is one.")]
    public void Says_where_what_and_what_to_do(string old, string replacement, string message) =>
        Assert.Equal(message, Fault(With(old, replacement)));

    [Theory]
    [InlineData("{ steps: 5000 }", "{ steps: 5000", "r.yaml(3): This is not valid YAML, here or on the next line.")]
    [InlineData("  source: emoji", "source: emoji", "r.yaml(7): This is not valid YAML: While scanning a plain scalar value, found invalid mapping.")]
    [InlineData("[0.9, 0.95]", "[0.9, 0.95", "r.yaml(13): This is not valid YAML: While parsing a flow sequence, did not find expected ',' or ']'.")]
    [InlineData("seed: 7", "seed: \"7", "r.yaml(2): This is not valid YAML: While scanning a multi-line double-quoted scalar, found wrong indentation (up to line 3).")]
    [InlineData("seed: 7", "\tseed: 7", "r.yaml(1): This is not valid YAML: While scanning a plain scalar, found a tab character that violate indentation (up to line 2).")]
    public void Bad_yaml_names_the_line(string old, string replacement, string message) =>
        Assert.Equal(message, Fault(With(old, replacement)));

    [Fact]
    public void Several_problems_come_together_in_the_order_of_lines()
    {
        var bad = With("mask_ratio: 0.75", "mask_rate: 75").Replace("batch: 256", "batch: 0").Replace("adamw", "adamx").Replace("image_size", "size");

        Assert.Equal(
            """
            r.yaml(4): batch is 0; it is the number of samples in one optimizer step, so it lies between 1 and 16777216.
            r.yaml(7): data.size is not a setting of data. Settings: add, audio, buckets, cache, depth, exclude, image, image_size, max_bad, mix, need, source, split, text, video, views, where, workers.
            r.yaml(11): objective.mask_rate is not a setting of mae. Did you mean mask_ratio? Settings: decoder, mask_ratio, normalize_target.
            r.yaml(13): optimizer.kind is adamx, which is not a kind of optimizer. Did you mean adamw? Kinds: adam, adamw, lamb, lars, sgd, sophia_g, swan.
            """, Fault(bad));
    }

    [Fact]
    public void A_record_with_holes_is_not_judged_by_defaults() =>
        Assert.Equal("r.yaml(4): batch is many; expected a whole number.", Fault(With("batch: 256", "batch: many\nmicro_batch: 100")));

    [Fact]
    public void Required_settings_of_a_system_are_asked_for_even_without_its_block() => Assert.Equal(
        "r.yaml(1): objective.layer is missing; expected a whole number.",
        Fault(With("system: mae", "system: self-flow").Replace("objective:\n  mask_ratio: 0.75\n  decoder: { width: 192 }\n", "")));

    [Fact]
    public void Absurd_depth_is_refused() => Assert.Equal(
        "r.yaml(2): x" + string.Concat(Enumerable.Repeat("[0]", 31)) + " is nested more than 32 levels deep; no recipe needs that.",
        Fault("system: mae\nx: " + new string('[', 100_000)));

    [Fact]
    public void Aliases_that_explode_are_refused()
    {
        var bomb = new StringBuilder("a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
        for (var i = 1; i < 10; i++)
            bomb.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");

        Assert.EndsWith("brings the recipe to more than 100000 values; no recipe needs that.", Fault(bomb.ToString()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("just words", "r.yaml(1): The recipe is just words; expected a mapping of settings, such as system: mae.")]
    [InlineData("- 1", "r.yaml(1): The recipe is a list; expected a mapping of settings, such as system: mae.")]
    public void A_recipe_is_a_mapping(string yaml, string message) => Assert.Equal(message, Fault(yaml));

    [Fact]
    public void An_empty_recipe_asks_for_everything_it_needs() => Assert.Equal(
        """
        r.yaml(1): system is missing. Systems: mae, self-flow.
        r.yaml(1): duration is missing; expected a mapping of settings.
        r.yaml(1): batch is missing; expected a whole number.
        r.yaml(1): data is missing; expected a mapping of settings.
        r.yaml(1): encoder is missing; expected a mapping of settings.
        r.yaml(1): optimizer is missing; expected a mapping of settings.
        """, Fault(""));

    [Fact]
    public void Bytes_that_are_not_utf8_are_named()
    {
        var faults = new List<RecipeFault>();

        Assert.Null(RecipeText.Decode(Encoding.Latin1.GetBytes("system: mae\nname: café\n"), "r.yaml", faults));

        Assert.Equal("r.yaml(2): Byte 0xE9 is not UTF-8. Save the file as UTF-8.", Assert.Single(faults).ToString());
    }

    [Fact]
    public void A_missing_file_is_said_to_be_missing()
    {
        var folder = Directory.CreateTempSubdirectory("recipes-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "mae.yaml"), Good);
            var path = Path.Combine(folder.FullName, "mea.yaml");
            var e = Assert.Throws<RecipeException>(() => new RecipeLoader(Table).Load(path, [], NoEnvironment));
            Assert.Equal($"{path}: There is no such file. Did you mean mae.yaml?", e.Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
