using System.Text;
using Selfsame.Cli;
using Selfsame.Cli.Verbs;
using Selfsame.Recipes;
using Selfsame.Tests.Cli;
using Selfsame.Tests.Parity;
using Selfsame.Tests.Training;

namespace Selfsame.Tests.Recipes;

/// <summary>Recipes as wrong as they come, through the command line: the message word for word, exit code 2, and never a stack trace.</summary>
public sealed class WrongRecipeTests
{
    private const string Settings = "batch, checkpoint, clip_norm, data, device, duration, ema, encoder, evaluate, from, guard, log, micro_batch, name, objective, optimizer, parameters, precision, schedule, seed, system";

    // Line 4 of the tiny recipe is "batch: 8", line 5 its data, line 6 its encoder, line 7 its objective.
    public static TheoryData<string, string, string, string> Ten => new()
    {
        { "unknown key", "batch: 8", "batsh: 8", $"R(4): batsh is not a setting of a recipe. Did you mean batch? Settings: {Settings}.\nerror: R(1): batch is missing; expected a whole number." },
        { "wrong type", "batch: 8", "batch: eight", "R(4): batch is eight; expected a whole number." },
        { "impossible ratio", "decoder: {", "mask_ratio: 75, decoder: {", "R(7): objective.mask_ratio is 75; it is the share of patches hidden, so it lies strictly between 0 and 1 (default: 0.75)." },
        { "missing file", "source: missing", "source: photos/2026", "R(5): data.source is photos/2026, and there is no such file or folder." },
        { "two durations", "{ steps: 20 }", "{ steps: 20, epochs: 3 }", "R(3): duration has steps and epochs; give exactly one of steps, samples, epochs, time." },
        { "unknown catalogue name", "source: missing", "source: emojis", "R(5): data.source is emojis, which is no folder here and no data set of the catalogue. Did you mean emoji? Catalogue: CATALOGUE." },
        { "zero samples", "{ steps: 20 }", "{ samples: 0 }", "R(3): duration.samples is 0; it is a number of samples, so it lies between 1 and 1000000000000000." },
        { "patch that does not divide", "patch: 4", "patch: 5", "R(5): data.views[0].size is 16; patches of side 5 need a multiple of 5, such as 15 or 20." },
        { "absurd batch", "batch: 8", "batch: 17000000", "R(4): batch is 17000000; it is the number of samples in one optimizer step, so it lies between 1 and 16777216." },
        { "cyclic reference", "batch: 8", "batch: &all { size: *all }", "R(4): batch.size is *all, which contains this very line; a recipe can't refer to itself." },
        { "merge key", "{ decoder:", "{ <<: { mask_ratio: 0.5 }, decoder:", "R(7): objective has a merge key (<<); a recipe has none. Write the settings out, or repeat a whole value with an alias." },
        { "cyclic merge key", "batch: 8", "<<: &all { <<: *all }\nbatch: 8", "R(4): The recipe has a merge key (<<); a recipe has none. Write the settings out, or repeat a whole value with an alias." },
        { "empty source", "source: missing", "source: \"\"", "R(5): data.source is empty; give a folder, a manifest (.jsonl, .csv), tar shards, or a name from the catalogue." },
    };

    [Theory]
    [MemberData(nameof(Ten))]
    public async Task Is_refused_in_words(string what, string old, string replacement, string message)
    {
        Assert.NotEmpty(what);
        using var folder = new TemporaryFolder();
        Assert.Contains(old, TinyRun.Mae, StringComparison.Ordinal);
        var recipe = folder.Add("tiny.yaml", Encoding.UTF8.GetBytes(TinyRun.Mae.Replace(old, replacement, StringComparison.Ordinal)));

        var run = await CliRun.OfAsync([PretrainVerb.Create], ["pretrain", recipe, "--out", folder["run"]]);

        message = message.Replace("R(", $"{recipe}(", StringComparison.Ordinal)
            .Replace("CATALOGUE", string.Join(", ", Selfsame.Data.Packages.Catalogue.List().Select(item => item.Name)), StringComparison.Ordinal);
        var lines = $"error: {message}\n".Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);
        Assert.Equal(lines, run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.EndsWith('…')).Order(StringComparer.Ordinal));
        Assert.Equal(ExitCodes.BadUsage, run.ExitCode);
        Assert.All(lines, line => Assert.True(ErrorCatalogue.Find(line["error: ".Length..]) is not null, $"not in the catalogue: {line}"));
    }

    [Fact]
    public async Task A_batch_whose_pictures_alone_do_not_fit_is_refused_before_it_is_loaded()
    {
        using var folder = new TemporaryFolder();
        var recipe = folder.Add("tiny.yaml", Encoding.UTF8.GetBytes(TinyRun.Mae.Replace("batch: 8", "batch: 16000000", StringComparison.Ordinal).Replace("size: 16", "size: 224", StringComparison.Ordinal)));

        foreach (var flag in (string?[])[null, "--dry-run"])
        {
            string[] arguments = ["pretrain", recipe, "--data", TinyRun.Pictures(folder["pictures"], 4), "--out", folder["run"], .. flag is null ? [] : new[] { flag }];
            var run = await CliRun.OfAsync([PretrainVerb.Create], arguments);

            Assert.Equal(ExitCodes.BadUsage, run.ExitCode);
            Assert.Matches($@"error: {System.Text.RegularExpressions.Regex.Escape(recipe)}\(4\): batch is 16000000; its samples, with those loaded ahead, take 43\.8 TiB, and [0-9.]+ GiB can be had\. \d+ would fit\.", run.Error);
        }
    }

    [Theory]
    [InlineData("", ": system is missing. Systems: ")]
    [InlineData("\0\u0001\u0002 binary", ": Byte 0x00 is in no text. Is this file a recipe?")]
    [InlineData("system: mae\nname: caf\u00e9", ": Byte 0xE9 is not UTF-8. Save the file as UTF-8.")]
    public async Task Files_that_are_no_recipe_are_told_apart(string content, string message)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Add("x.yaml", Encoding.Latin1.GetBytes(content));

        var run = await CliRun.OfAsync([PretrainVerb.Create], ["pretrain", file]);

        Assert.Equal(ExitCodes.BadUsage, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.StartsWith($"error: {file}(", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_a_huge_file_and_a_wrong_name_are_refused()
    {
        using var folder = new TemporaryFolder();
        var huge = folder["huge.yaml"];
        using (var file = File.Create(huge))
            file.SetLength(50 << 20);

        Assert.Equal(new CliRun(2, "", $"error: {folder.Path}: This is a folder; expected a recipe file.\n"), await CliRun.OfAsync([PretrainVerb.Create], ["pretrain", folder.Path]));
        Assert.Equal(new CliRun(2, "", $"error: {huge}: This file has more than 1048576 bytes, which no recipe needs. Is it one?\n"), await CliRun.OfAsync([PretrainVerb.Create], ["pretrain", huge]));
        var missing = await CliRun.OfAsync([PretrainVerb.Create], ["pretrain", "recipes/mea.yaml"]);
        Assert.StartsWith("error: there is no recipe recipes/mea.yaml. Did you mean recipes/mae.yaml? Give a path, or one of: ", missing.Error, StringComparison.Ordinal);
        Assert.Equal(2, missing.ExitCode);
    }

    [Theory]
    [InlineData("SELFSAME_CASHE", "x", "Did you mean SELFSAME_CACHE?")]
    [InlineData("SELFSAME_MEMORY_LIMITS", "1", "Did you mean SELFSAME_MEMORY_LIMIT?")]
    [InlineData("SELFSAME_BATCHES", "1", "Did you mean batch?")]
    [InlineData("SELFSAME_ZEBRA", "1", "is not a setting of a recipe. Settings: batch, ")]
    public void Unknown_variables_with_our_prefix_are_refused(string name, string value, string hint)
    {
        var wrong = Assert.Throws<RecipeException>(() => new RecipeLoader(TestSystems.Table).LoadText(TestSystems.Good, "r.yaml", [], new Dictionary<string, string> { [name] = value }));
        Assert.StartsWith($"{name}={value}: ", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(hint, wrong.Message, StringComparison.Ordinal);
        Assert.NotNull(ErrorCatalogue.Find(wrong.Message));
    }

    [Fact]
    public void Variables_of_the_program_and_of_container_platforms_pass()
    {
        var environment = ProgramVariables.All.Keys.Append("SELFSAME_SERVICE_HOST").Append("SELFSAME_PORT").Append("SELFSAME_PORT_80_TCP").ToDictionary(name => name, _ => "1");
        Assert.Equal(7UL, new RecipeLoader(TestSystems.Table).LoadText(TestSystems.Good, "r.yaml", [], environment).Recipe.Seed);
    }

    [Fact]
    public void Every_variable_that_the_program_reads_is_known()
    {
        var root = Path.GetDirectoryName(Path.GetDirectoryName(ParityFiles.Root))!;
        var files = Directory.EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(root, "native"), "*.cpp", SearchOption.AllDirectories)).Append(Path.Combine(root, "eng", "bootstrap.sh"));
        var read = files.SelectMany(file => System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(file), @"(?:GetEnvironmentVariable|getenv)\(""(SELFSAME_[A-Z_]+)""|\$\{(SELFSAME_[A-Z_]+)"))
            .Select(match => match.Groups[1].Value + match.Groups[2].Value).Distinct();

        Assert.Empty(read.Except(ProgramVariables.All.Keys));
    }

    [Fact]
    public void The_page_of_errors_is_current()
    {
        var page = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(ParityFiles.Root))!, "docs", "errors.md");
        Assert.Equal(ErrorCatalogue.ToMarkdown(), File.ReadAllText(page).ReplaceLineEndings("\n"));  // else: selfsame schema --errors --out docs/errors.md
        Assert.Equal(ErrorCatalogue.All.Count, ErrorCatalogue.All.Select(kind => kind.Id).Distinct().Count());
    }
}
