using Selfsame.Models;
using Selfsame.Models.Checkpoints;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Training;

/// <summary>Where the weights of a run came from, for the record.</summary>
public sealed record WeightOrigin
{
    /// <summary>The run folder or file, as the recipe names it.</summary>
    public required string Path { get; init; }

    /// <summary>Names in the file: <c>selfsame</c>, <c>timm</c>, <c>hf-vit</c>, ….</summary>
    public required string Format { get; init; }

    /// <summary>SHA-256 of the file.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Parameters and buffers that got values.</summary>
    public required int Loaded { get; init; }

    /// <summary>Parameters that kept their random start.</summary>
    public IReadOnlyList<string> Random { get; init; } = [];

    /// <summary>Names of the file that were not used; of a run, those beside the backbone are not counted.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Parameters that were brought to another shape.</summary>
    public IReadOnlyList<string> Fitted { get; init; } = [];
}

/// <summary>Puts given weights in place of a model's random ones.</summary>
/// <remarks>The backbones of the method are filled; heads, decoders and predictors keep their start. Teachers begin as copies of their students.</remarks>
public static class WeightStart
{
    /// <summary>Fills a model that has not been trained yet.</summary>
    /// <param name="model">The model.</param>
    /// <param name="from">The weights.</param>
    /// <exception cref="WeightsException">They do not fit; the message has the +, − and ~ lists.</exception>
    /// <exception cref="CheckpointException">The folder holds no run, or no checkpoint that is whole.</exception>
    public static WeightOrigin Apply(TrainingModel model, FromSettings from)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(from);
        var targets = Backbones(model.Objective);
        if (targets.Count == 0)
            throw new WeightsException($"from: the method {model.Objective.GetType().Name} has no backbone that weights could be loaded into");
        var origin = FrozenEncoder.PublicFile(from.Path) is { } file ? FromFile(model.Objective, targets, from, file) : FromRun(targets, from);
        model.FollowAnew();
        var kept = targets.SelectMany(target => target.Module.Parameters().Select(parameter => parameter.Value)).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var teachers = model.Objective.Teachers.SelectMany(pair => pair.Teacher.Parameters()).Select(parameter => parameter.Value).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var random = model.Objective.Parameters().Where(p => p.Trainable && !kept.Contains(p.Value) && !teachers.Contains(p.Value)).Select(p => p.FullName);
        return origin with { Random = [.. origin.Random, .. random] };
    }

    // The outermost backbones of the student, with their names within the method.
    private static List<(string Name, Module Module)> Backbones(Objective objective)
    {
        var teachers = objective.Teachers.Select(pair => pair.Teacher).ToHashSet<Module>(ReferenceEqualityComparer.Instance);
        var found = new List<(string, Module)>();
        Walk(objective, "");
        return found;

        void Walk(Module module, string prefix)
        {
            foreach (var (name, child) in module.Children)
            {
                if (teachers.Contains(child))
                    continue;
                if (child is IBackbone)
                    found.Add((prefix + name, child));
                else
                    Walk(child, $"{prefix}{name}.");
            }
        }
    }

    private static WeightOrigin FromFile(Objective objective, List<(string Name, Module Module)> targets, FromSettings from, string path)
    {
        using var file = SafetensorsWeights.Open(path);
        var origin = new WeightOrigin { Path = from.Path, Format = "", Sha256 = FrozenEncoder.Hash(path), Loaded = 0 };
        foreach (var (name, module) in targets)
        {
            if (module is not VisionTransformer vision)
                throw new WeightsException($"from: {from.Path} holds a Vision Transformer; {objective.GetType().Name}.{name} is a {module.GetType().Name}, which takes weights of a run only");
            var read = VisionCheckpoint.Read(file, new VisionHints { Heads = vision.Settings.Blocks.Heads });
            var report = WeightLoader.Load(file, vision, read.Map, Loading(from, vision, read.Resampling, read.Settings.Grid), $"{name} of this recipe");
            origin = Add(origin, read.Map.Name, name, report);
        }

        return origin;
    }

    private static WeightOrigin FromRun(List<(string Name, Module Module)> targets, FromSettings from)
    {
        var folder = new RunFolder(from.Path);
        if (!File.Exists(folder.RecipePath))
            throw new CheckpointException($"from: {from.Path} is neither a run folder (it has no recipe.yaml) nor a safetensors file or a folder with model.safetensors");
        var problems = new List<string>();
        var latest = Checkpoint.Latest(folder, problems.Add)
            ?? throw new CheckpointException(problems.Count > 0 ? string.Join('\n', problems) : $"from: {from.Path} has no checkpoint yet");
        var averaged = Path.Combine(latest.Path, TrainingModel.TeacherFile);
        var path = from.Averaged && File.Exists(averaged) ? averaged : Path.Combine(latest.Path, TrainingModel.WeightsFile);
        using var file = SafetensorsWeights.Open(path);
        var origin = new WeightOrigin { Path = from.Path, Format = "selfsame", Sha256 = FrozenEncoder.Hash(path), Loaded = 0 };
        foreach (var (name, module) in targets)
        {
            var prefix = Prefix(file, module)
                ?? throw new WeightsException($"from: {path} holds nothing like {name} of this recipe ({module.GetType().Name}); its encoder is of another kind");
            // Of the method only the backbone is wanted: names outside it count as heads.
            var map = new KeyMap("selfsame", [new KeyRule("{rest}", prefix + "{rest}")]) { Heads = ["{rest}"] };
            var fit = module as VisionTransformer;
            var report = WeightLoader.Load(file, module, map, Loading(from, fit, PositionResampling.Bicubic, null), $"{name} of this recipe");
            origin = Add(origin, "selfsame", name, report with { LeftOut = [] });
        }

        return origin;
    }

    private static WeightLoading Loading(FromSettings from, VisionTransformer? model, PositionResampling kind, (int, int)? grid) => new()
    {
        Skip = from.Skip,
        Fit = from.Resample && model is not null ? (name, table) => name == "pos_embed" ? model.FitPositions(table, kind, 0, grid) : null : null,
    };

    private static WeightOrigin Add(WeightOrigin origin, string format, string name, WeightReport report) => origin with
    {
        Format = format,
        Loaded = origin.Loaded + report.Loaded,
        LeftOut = [.. origin.LeftOut, .. report.LeftOut],
        Random = [.. origin.Random, .. report.Kept.Select(kept => $"{name}.{kept}")],
        Fitted = [.. origin.Fitted, .. report.Fitted.Select(fitted => $"{name}.{fitted}")],
    };

    // What stands before the backbone's names in a method's file: where most of them are found.
    private static string? Prefix(SafetensorsWeights file, Module module)
    {
        var names = module.Parameters().Select(parameter => parameter.FullName).ToArray();
        var all = file.Entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        var tried = all.SelectMany(name => names.Where(own => name.EndsWith(own, StringComparison.Ordinal)).Select(own => name[..^own.Length]))
            .Where(prefix => prefix.Length == 0 || prefix.EndsWith('.')).Distinct(StringComparer.Ordinal);
        var best = tried.Select(prefix => (Prefix: prefix, Found: names.Count(own => all.Contains(prefix + own)))).OrderByDescending(t => t.Found).ThenBy(t => t.Prefix, StringComparer.Ordinal).FirstOrDefault();
        return 2 * best.Found > names.Length ? best.Prefix : null;
    }
}
