namespace Selfsame.Recipes;

/// <summary>Short names of keys that people change often, for <c>--sweep</c>.</summary>
public static class ShortNames
{
    /// <summary>The key behind each short name.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new OrderedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["lr"] = "optimizer.rate",
        ["betas"] = "optimizer.betas",
        ["warmup"] = "schedule.warmup.percent",
        ["momentum"] = "ema.momentum",
        ["clip"] = "clip_norm",
        ["mask_ratio"] = "objective.mask_ratio",
        ["size"] = "encoder.size",
        ["patch"] = "encoder.patch",
        ["depth"] = "encoder.depth",
        ["drop_path"] = "encoder.drop_path",
        ["steps"] = "duration.steps",
        ["samples"] = "duration.samples",
        ["epochs"] = "duration.epochs",
        ["time"] = "duration.time",
        ["source"] = "data.source",
    };

    /// <summary>The key of a short name; any other text is a key already.</summary>
    public static string Resolve(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.GetValueOrDefault(name, name);
    }
}
