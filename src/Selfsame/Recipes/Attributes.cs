namespace Selfsame.Recipes;

/// <summary>The key of a setting or of an enum value, where snake case of its name would not do.</summary>
/// <param name="name">The key as written in a recipe.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class KeyAttribute(string name) : Attribute
{
    /// <summary>The key as written in a recipe.</summary>
    public string Name { get; } = name;
}

/// <summary>The unit a number is in, for the written recipe and the schema.</summary>
/// <param name="name">Plural: <c>samples</c>, <c>pixels</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UnitAttribute(string name) : Attribute
{
    /// <summary>Plural: <c>samples</c>, <c>pixels</c>.</summary>
    public string Name { get; } = name;
}

/// <summary>Picks the settings type of a property by another key of the same record (<c>system</c> picks <c>objective</c>).</summary>
/// <param name="key">The key that holds the kind.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KindFromAttribute(string key) : Attribute
{
    /// <summary>The key that holds the kind.</summary>
    public string Key { get; } = key;
}

/// <summary>A block may be written as one value, which is then that of one of its settings: <c>tokenizer: bytes</c> for <c>tokenizer: { from: bytes }</c>.</summary>
/// <param name="key">The key of that setting. It is nullable; where it is set, the block is written in short.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ShortFormAttribute(string key) : Attribute
{
    /// <summary>The key of the setting.</summary>
    public string Key { get; } = key;
}

/// <summary>How many entries a list takes.</summary>
/// <param name="min">Fewest.</param>
/// <param name="max">Most.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CountAttribute(int min, int max) : Attribute
{
    /// <summary>Fewest entries.</summary>
    public int Min { get; } = min;

    /// <summary>Most entries.</summary>
    public int Max { get; } = max;

    internal string? Judge(int count) =>
        count >= Min && count <= Max ? null
        : Min == Max ? $"has {count} {(count == 1 ? "entry" : "entries")}; it takes {Min}"
        : Max == int.MaxValue ? $"has {count} entries; it takes at least {Min}"
        : $"has {count} {(count == 1 ? "entry" : "entries")}; it takes {Min} to {Max}";
}

/// <summary>
/// Says that a record holds exactly one of several settings, each of which is nullable and null by default.
/// Where two are given by different sources, the flag wins over the environment, and that over the recipe.
/// </summary>
/// <param name="choices">Keys; a choice of several keys that belong together is written <c>width, depth, heads</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ExactlyOneOfAttribute(params string[] choices) : Attribute
{
    /// <summary>The choices, each with the keys that belong to it.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Choices { get; } =
        [.. choices.Select(c => (IReadOnlyList<string>)c.Split(", "))];

    internal string Listing { get; } = choices.Any(c => c.Contains(','))
        ? string.Join(", or ", choices.Select(c => c.Contains(',') ? $"all of {c}" : c))
        : string.Join(", ", choices);
}

/// <summary>The range of a number, or of every number of a list.</summary>
/// <param name="min">Lower end; negative infinity for none.</param>
/// <param name="max">Upper end; positive infinity for none.</param>
/// <param name="meaning">What the number is, as it reads after "it is": <c>the share of patches hidden</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LimitsAttribute(double min, double max, string meaning) : Attribute
{
    /// <summary>Lower end.</summary>
    public double Min { get; } = min;

    /// <summary>Upper end.</summary>
    public double Max { get; } = max;

    /// <summary>What the number is.</summary>
    public string Meaning { get; } = meaning;

    /// <summary>The lower end itself is not allowed.</summary>
    public bool AboveMin { get; init; }

    /// <summary>The upper end itself is not allowed.</summary>
    public bool BelowMax { get; init; }

    internal bool Holds(double value) =>
        (AboveMin ? value > Min : value >= Min) && (BelowMax ? value < Max : value <= Max);

    /// <summary>The message for a number outside; <paramref name="written"/> as it stands in the recipe.</summary>
    internal string Judge(string written, object? fallback)
    {
        var (min, max) = (Scalars.Format(Min), Scalars.Format(Max));
        var range = (double.IsFinite(Min), double.IsFinite(Max)) switch
        {
            (true, false) => AboveMin ? $"is above {min}" : $"is at least {min}",
            (false, _) => BelowMax ? $"is below {max}" : $"is at most {max}",
            _ when AboveMin && BelowMax => $"lies strictly between {min} and {max}",
            _ when AboveMin => $"is above {min} and at most {max}",
            _ when BelowMax => $"is at least {min} and below {max}",
            _ => $"lies between {min} and {max}",
        };
        var suffix = fallback is ValueType ? $" (default: {Scalars.Format(fallback)})" : "";
        return $"is {written}; it is {Meaning}, so it {range}{suffix}";
    }
}
