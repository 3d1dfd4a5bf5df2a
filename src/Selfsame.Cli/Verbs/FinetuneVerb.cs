using System.CommandLine;
using System.Globalization;
using Selfsame.Models.Checkpoints;
using Selfsame.Recipes;
using Selfsame.Training;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame finetune RUN --label COLUMN</c>: the recipe of fine-tuning with the encoder, the picture and the weights of a run.</summary>
internal static class FinetuneVerb
{
    private const string Recipe = "recipes/finetune.yaml";

    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var run = new Argument<string?>("RUN") { Description = "Run folder.", Arity = ArgumentArity.ZeroOrOne };
        var from = new Option<string?>("--from") { Description = "Weights in place of a run: a safetensors file or its folder, with timm, Hugging Face, DINO, DINOv2 or MAE names.", HelpName = "FILE" };
        var label = new Option<string?>("--label") { Description = "Column with the classes; folder for a folder of folders. Without it, as the recipe says.", HelpName = "COLUMN" };
        var recipe = new Option<string?>("--recipe") { Description = $"Another recipe than {Recipe}.", HelpName = "FILE" };
        var scratch = new Option<bool>("--random-init") { Description = "The same network and recipe from random weights: what the pre-training is worth." };
        var set = new Option<string[]>("--set") { Description = "Set a value of the recipe: --set objective.layer_decay=0.65", HelpName = "key=value", Arity = ArgumentArity.ZeroOrMore };
        var folder = new Option<string?>("--out") { Description = "Folder of the new run; RUN-finetuned when none is given. An unfinished run in it goes on.", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object for each event." };
        var verb = new Verb("finetune", "Train a pre-trained encoder and a linear layer on a label, with early stop, and report",
            new("finetune runs/mae --label category", "on the data of the run"),
            new("finetune runs/mae --data photos/ --label folder --epochs 10", "on folders of yours"),
            new("finetune --from dino_vits16.safetensors --data photos/ --label folder", "from public weights"),
            new("finetune runs/mae --label category --random-init --out runs/scratch", "the baseline: no pre-training"))
        {
            run, from, label, recipe, scratch, set, folder, json,
        };
        var flags = RecipeFlag.All.Where(flag => flag.Name != "--from").Select(flag => (Flag: flag, Option: Make(flag))).ToArray();
        foreach (var (_, option) in flags)
            verb.Add(option);
        verb.SetAction((parse, cancellation) =>
        {
            var path = (parse.GetValue(run), parse.GetValue(from)) switch
            {
                ({ } given, null) => given,
                (null, { } given) => given,
                (null, null) => throw new UsageException("name a run folder, or weights after --from."),
                _ => throw new UsageException("give a run folder or --from, not both."),
            };
            var overrides = Encoder(path, parse.GetValue(scratch), own: parse.GetValue(from) is null);
            if (parse.GetValue(label) is { } column)
                overrides.Add(new Override($"--label {column}", "objective.label", column, Verbatim: true));
            foreach (var (flag, option) in flags)
            {
                if (option is Option<bool> single && parse.GetValue(single))
                    overrides.Add(Override.Of(flag, null));
                else if (option is Option<string?> text && parse.GetValue(text) is { } value)
                    overrides.Add(Override.Of(flag, value));
            }

            overrides.AddRange((parse.GetValue(set) ?? []).Select(Override.Set));
            var target = parse.GetValue(folder) ?? Path.Combine("runs", Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path)) + (parse.GetValue(scratch) ? "-random-init" : "-finetuned"));
            return new PretrainCommand(parse, PretrainVerb.FindRecipe(parse.GetValue(recipe) ?? Recipe), overrides, target, parse.GetValue(json)).RunAsync(cancellation);
        });
        return verb;
    }

    private static Option Make(RecipeFlag flag) => flag.Value is not null
        ? new Option<string?>(flag.Name) { Description = flag.Help, HelpName = flag.Value }
        : new Option<bool>(flag.Name) { Description = flag.Help };

    // What the pre-trained encoder decides, as values over the recipe.
    private static List<Override> Encoder(string path, bool scratch, bool own)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new UsageException($"{path} does not exist; give a run folder, or weights after --from.");
        List<Override> overrides = FrozenEncoder.PublicFile(path) is { } file ? OfFile(file) : OfRun(path, own);
        if (!scratch)
            overrides.Add(new Override($"weights of {path}", "from.path", path, Verbatim: true));
        return overrides;
    }

    private static List<Override> OfRun(string path, bool own)
    {
        var folder = new RunFolder(path);
        if (!File.Exists(folder.RecipePath))
            throw new UsageException($"{path} is not a run folder: it has no recipe.yaml.");
        var recipe = new RecipeLoader(SystemTable.BuiltIn).Load(folder.RecipePath, [], new Dictionary<string, string>()).Recipe;
        var view = FrozenEncoder.TrainingView(recipe);
        var written = $"encoder of {path}";
        var overrides = new List<Override>
        {
            new(written, "encoder", EncoderText.Of(recipe.Encoder)),
            new(written, "data.views.0.size", Text(view.Size)),
            new(written, "data.views.0.mean", $"[{string.Join(", ", view.Mean.Select(Text))}]"),
            new(written, "data.views.0.std", $"[{string.Join(", ", view.Std.Select(Text))}]"),
        };
        if (recipe.Encoder is not DitEncoderSettings)
            overrides.Add(new(written, "encoder.drop_path", "0.1"));
        if (own)
            overrides.Add(new(written, "data.source", recipe.Data.Source, Verbatim: true));
        return overrides;
    }

    private static List<Override> OfFile(string file)
    {
        using var weights = SafetensorsWeights.Open(file);
        var read = VisionCheckpoint.Read(weights, config: FrozenEncoder.Json(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, "config.json")));
        var settings = read.Settings;
        var written = $"encoder of {file}";
        return
        [
            new(written, "encoder", EncoderText.Of(PublicEncoder.Settings(file, settings))),
            new(written, "encoder.drop_path", "0.1"),
            new(written, "data.views.0.size", Text(settings.ImageSize.Height)),
            new(written, "from.resample", "true"),
        ];
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>An encoder's settings in the flow style of a recipe.</summary>
internal static class EncoderText
{
    internal static string Of(EncoderSettings encoder)
    {
        var (width, depth, heads) = encoder.Dimensions();
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{{ kind: {RecipeKinds.Encoders.KeyOf(encoder.GetType())}, width: {width}, depth: {depth}, heads: {heads}, patch: {encoder.Patch}, mlp_ratio: {encoder.MlpRatio:R}, positions: {Word(encoder.Positions)}, registers: {encoder.Registers}, norm: {(encoder.Norm == EncoderNorm.RmsNorm ? "rms_norm" : "layer_norm")}, norm_eps: {encoder.NormEps:R}, qk_norm: {Word(encoder.QkNorm)}, swiglu: {Word(encoder.Swiglu)}");
        if (encoder.LayerScale is { } scale)
            text += string.Create(CultureInfo.InvariantCulture, $", layer_scale: {scale:R}");
        if (encoder is VitEncoderSettings vit)
            text += $", class_token: {Word(vit.ClassToken)}";
        return text + " }";
    }

    private static string Word<T>(T value)
        where T : notnull => value.ToString()!.ToLowerInvariant();
}
