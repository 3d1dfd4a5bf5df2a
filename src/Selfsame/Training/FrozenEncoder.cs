using System.Security.Cryptography;
using System.Text.Json;
using Selfsame.Data;
using Selfsame.Modalities.Image;
using Selfsame.Models;
using Selfsame.Models.Checkpoints;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Training;

/// <summary>What of a public checkpoint cannot be read from the file.</summary>
public sealed record PublicWeightsOptions
{
    /// <summary>Attention heads; null takes the file's configuration, else 64 values a head.</summary>
    public int? Heads { get; init; }

    /// <summary>Side of the picture the encoder sees, a multiple of its patch; null takes the size it was trained at.</summary>
    public int? ImageSize { get; init; }

    /// <summary>Names to pass over, <c>*</c> for anything.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];
}

/// <summary>An encoder that is only read: its features, and how it wants its input. From a run folder, or from a file of public weights.</summary>
public sealed class FrozenEncoder : IDisposable
{
    private readonly Module _module;
    private readonly ParameterArena? _arena;
    private readonly Func<bool, IFeatureExtractor> _features;

    private FrozenEncoder(string name, string identity, Module module, Func<bool, IFeatureExtractor> features, ViewSettings view, ComputePrecision precision)
    {
        (Name, Identity, _module, _features, Precision) = (name, identity, module, features, precision);
        Transform = new ViewTransform([view]);
        Shape = new BatchShape(1, Transform.OutputShape[1], view.Size, view.Size, Labelled: false);
        if (precision.Low)
            _arena = new ParameterArena(module.TrainableParameters(), gradients: false, low: true);
        module.Train(false);
    }

    /// <summary>The run folder or the file, as it was given.</summary>
    public string Name { get; }

    /// <summary>SHA-256 that changes with the weights.</summary>
    public string Identity { get; }

    /// <summary>Makes the one view that the encoder sees; nothing random.</summary>
    public ViewTransform Transform { get; }

    /// <summary>Shape of a batch.</summary>
    public BatchShape Shape { get; }

    /// <summary>Number format to compute in.</summary>
    public ComputePrecision Precision { get; }

    /// <summary>Blocks and pooling that serve best: the recipe's, else the method's own.</summary>
    public FeatureSettings Features { get; private init; } = new();

    /// <summary>Recipe of the run; null for public weights.</summary>
    public Recipe? Recipe { get; private init; }

    /// <summary>What a person should know about how the weights were read.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>Seed of the random start that <see cref="Randomize"/> goes back to.</summary>
    public ulong Seed => Recipe?.Seed ?? 0;

    /// <summary>True when there is an average of the weights to choose.</summary>
    public bool HasTeacher { get; private init; }

    /// <summary>Turns batches into tokens.</summary>
    /// <param name="averaged">Take the average of the weights where there is one.</param>
    public IFeatureExtractor Extractor(bool averaged = true) => _features(averaged);

    /// <summary>Puts random weights in place of the trained ones, as the run started: the baseline.</summary>
    public void Randomize()
    {
        _module.Initialize(Seed);
        if (_module is Objective objective)
        {
            foreach (var (student, teacher) in objective.Teachers)
                teacher.CopyFrom(student);
            objective.Parameters();
        }

        _arena?.RefreshLow();
    }

    /// <summary>Opens a run folder, or a safetensors file of public weights.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="options">For public weights; null for what the file says.</param>
    /// <param name="data">Where data sets are kept: a run that was trained with labels needs its own to count the classes.</param>
    /// <param name="cancellation">Stops fetching data.</param>
    /// <exception cref="CheckpointException">The folder holds no run, or no checkpoint that is whole.</exception>
    /// <exception cref="WeightsException">The file's weights are of no known kind, or do not fit.</exception>
    public static async Task<FrozenEncoder> OpenAsync(string path, PublicWeightsOptions? options = null, DataOptions? data = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = PublicFile(path);
        var identity = file is null ? null : Task.Run(() => Hash(file), cancellation); // beside what comes next: libtorch, which may still be loading, and reading the weights
        TorchRuntime.UseCores();
        if (file is not null)
            return OpenFile(path, file, identity!, options ?? new());
        if (!Directory.Exists(path))
            throw new CheckpointException($"{path} does not exist; give a run folder, a safetensors file, or a folder with model.safetensors");
        return await OpenRunAsync(path, data ?? new(), cancellation).ConfigureAwait(false);
    }

    /// <summary>The weights file that a path stands for; null when it is a run folder.</summary>
    public static string? PublicFile(string path)
    {
        if (File.Exists(path))
            return path;
        return File.Exists(Path.Combine(path, "recipe.yaml")) ? null
            : ((string[])["model.safetensors", "pytorch_model.safetensors"]).Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>The first training view of a recipe, normalised as its method wants it.</summary>
    public static ViewSettings TrainingView(Recipe recipe) => InputFields.Views(recipe).Training[0];

    /// <summary>Frees the model.</summary>
    public void Dispose()
    {
        _arena?.Dispose();
        _module.Dispose();
    }

    private static async Task<FrozenEncoder> OpenRunAsync(string path, DataOptions options, CancellationToken cancellation)
    {
        var folder = new RunFolder(path);
        if (!File.Exists(folder.RecipePath))
            throw new CheckpointException($"{path} is not a run folder: it has no recipe.yaml");
        var recipe = new RecipeLoader(SystemTable.BuiltIn).Load(folder.RecipePath, [], new Dictionary<string, string>()).Recipe;
        var problems = new List<string>();
        var latest = Checkpoint.Latest(folder, problems.Add)
            ?? throw new CheckpointException(problems.Count > 0 ? string.Join('\n', problems) : $"{path} has no checkpoint yet");
        var (views, plain) = InputFields.Views(recipe);
        var channels = new ViewTransform([plain]).OutputShape[1];
        var context = new ModelContext(recipe.Encoder, (views[0].Size, views[0].Size), channels, 0);
        if (recipe.Objective.LabelColumn is not null)
        {
            using var own = await RunData.OpenAsync(recipe, options, cancellation, folder).ConfigureAwait(false);
            context = own.Model;
        }

        var objective = recipe.Objective.Build(context);
        try
        {
            LoadRun(objective, latest.Path);
            var features = recipe.Evaluate?.Features ?? new FeatureSettings();
            return new FrozenEncoder(path, latest.State.Sha256, objective, objective.Features, plain, Precise(recipe.Precision))
            {
                Recipe = recipe,
                HasTeacher = objective.Teachers.Count > 0,
                Features = features.Layers.Count > 0 ? features : features with { Layers = [.. objective.FeatureLayers] },
                Notes = problems,
            };
        }
        catch
        {
            objective.Dispose();
            throw;
        }
    }

    private static void LoadRun(Objective objective, string checkpoint)
    {
        var inTeacher = objective.Teachers.SelectMany(pair => pair.Teacher.Parameters()).Select(p => p.Value).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var all = objective.Parameters();
        Checkpoint.Load(checkpoint, TrainingModel.WeightsFile, [.. all.Where(p => !inTeacher.Contains(p.Value)).Select(p => (p.FullName, p.Value))]);
        if (inTeacher.Count > 0)
            Checkpoint.Load(checkpoint, TrainingModel.TeacherFile, [.. all.Where(p => inTeacher.Contains(p.Value)).Select(p => (p.FullName, p.Value))]);
    }

    private static FrozenEncoder OpenFile(string name, string file, Task<string> identity, PublicWeightsOptions options)
    {
        using var weights = SafetensorsWeights.Open(file);
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var config = Json(Path.Combine(folder, "config.json"));
        var read = VisionCheckpoint.Read(weights, new VisionHints { Heads = options.Heads }, config);
        var notes = new List<string>();
        if (read.HeadsGuessed)
            notes.Add($"{name} does not tell its attention heads; {read.Settings.Blocks.Heads} of 64 values are assumed (--heads says otherwise)");
        var side = options.ImageSize ?? read.Settings.ImageSize.Height;
        Patches.RequireWhole(side, side, read.Settings.Patch);
        var grid = read.Settings.Grid;
        var trained = read.Settings.Blocks.RelativeBias is null ? read with { Settings = read.Settings with { ImageSize = (side, side) } } : read;
        var model = new VisionTransformer(trained.Settings);
        try
        {
            var report = WeightLoader.Load(weights, model, read.Map, new WeightLoading { Skip = options.Skip, Fit = (_, table) => model.FitPositions(table, read.Resampling, 0, grid) }, read.Describe());
            if (report.LeftOut.Count > 0)
                notes.Add($"left out, as the encoder has no place for them: {string.Join(", ", report.LeftOut.Take(8))}{(report.LeftOut.Count > 8 ? $" and {report.LeftOut.Count - 8} more" : "")}");
            if (report.Fitted.Count > 0)
                notes.Add($"positions fitted from {grid.Rows} x {grid.Columns} to {model.Settings.Grid.Rows} x {model.Settings.Grid.Columns}: {string.Join(", ", report.Fitted)}");
            var (mean, std) = Normalization(folder, read.Map, config, notes);
            var view = ViewSettings.Evaluation(model.Settings.ImageSize.Height, model.Settings.ImageSize.Height) with { Interpolation = Interpolation.Bicubic, Mean = [.. mean], Std = [.. std] };
            return new FrozenEncoder(name, identity.GetAwaiter().GetResult(), model, _ => new VisionTransformerFeatures(model), view, Precise(Recipes.Precision.Auto)) { Notes = notes };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static ComputePrecision Precise(Precision precision) => ComputePrecision.Resolve(precision, Device.Cpu, RunEnvironment.Capture().CpuFeatures);

    // What pixels were normalised with stands beside the weights; else it is the habit of the format.
    private static (double[] Mean, double[] Std) Normalization(string folder, KeyMap map, JsonElement? config, List<string> notes)
    {
        if (Json(Path.Combine(folder, "preprocessor_config.json")) is { } processor && Numbers(processor, "image_mean") is { } mean && Numbers(processor, "image_std") is { } std)
            return (mean, std);
        if (config is { ValueKind: JsonValueKind.Object } timm && timm.TryGetProperty("pretrained_cfg", out var pretrained) && Numbers(pretrained, "mean") is { } m && Numbers(pretrained, "std") is { } s)
            return (m, s);
        var half = map.Name is "hf-vit" or "hf-beit";
        notes.Add($"nothing beside the weights tells how pixels were normalised; {(half ? "mean and deviation 0.5, as usual for this format," : "ImageNet's mean and deviation")} are used");
        return half ? ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]) : ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
    }

    private static double[]? Numbers(JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == 3
            ? [.. list.EnumerateArray().Select(value => value.GetDouble())]
            : null;

    /// <summary>A configuration file beside weights; null where there is none.</summary>
    /// <exception cref="WeightsException">It is not JSON.</exception>
    public static JsonElement? Json(string file)
    {
        if (!File.Exists(file))
            return null;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            return document.RootElement.Clone();
        }
        catch (JsonException problem)
        {
            throw new WeightsException($"{file} is not JSON: {problem.Message} Repair or remove it.", problem);
        }
    }

    internal static string Hash(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
