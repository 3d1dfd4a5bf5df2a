using Selfsame.Objectives;

namespace Selfsame.Recipes;

/// <summary>One published method: what a recipe calls it, where it comes from, which settings it takes.</summary>
/// <param name="Key">The word after <c>system:</c>, lower case: <c>mae</c>, <c>self-flow</c>.</param>
/// <param name="Name">The name its authors use: <c>Masked autoencoder</c>.</param>
/// <param name="Family">Where the target comes from: <c>Reconstruction</c>, <c>Latents</c>, ….</param>
/// <param name="Modalities">The kinds of data it learns from: <c>image</c>, <c>audio</c>, ….</param>
/// <param name="Paper">Authors, year and address of the paper.</param>
/// <param name="Recipe">Its recipe, relative to the repository: <c>recipes/mae.yaml</c>.</param>
/// <param name="SettingsType">A sealed record derived from <see cref="ObjectiveSettings"/>.</param>
public sealed record SystemEntry(
    string Key, string Name, string Family, EquatableList<string> Modalities, string Paper, string Recipe, Type SettingsType);

/// <summary>The systems a recipe can name.</summary>
public sealed partial class SystemTable : IKindTable
{
    private readonly OrderedDictionary<string, SystemEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>A table of systems.</summary>
    /// <param name="entries">Each key once.</param>
    /// <exception cref="ArgumentException">A key occurs twice, or a settings type is no <see cref="ObjectiveSettings"/>.</exception>
    public SystemTable(IEnumerable<SystemEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (!entry.SettingsType.IsSubclassOf(typeof(ObjectiveSettings)) || entry.SettingsType.IsAbstract)
                throw new ArgumentException($"{entry.SettingsType} of system {entry.Key} is not an objective's settings record.", nameof(entries));
            _entries.Add(entry.Key, entry);
        }
    }

    /// <summary>All systems in the order of the table.</summary>
    public IReadOnlyList<SystemEntry> Entries => [.. _entries.Values];

    /// <summary>All keys in the order of the table.</summary>
    public IReadOnlyList<string> Keys => [.. _entries.Keys];

    Type IKindTable.Base => typeof(ObjectiveSettings);

    string IKindTable.Noun => "system";

    string IKindTable.Title => "Systems";

    /// <summary>The system with this key, or null.</summary>
    public SystemEntry? Find(string key) => _entries.GetValueOrDefault(key);

    Type? IKindTable.TypeOf(string key) => Find(key)?.SettingsType;

    string? IKindTable.KeyOf(Type type) => _entries.Values.FirstOrDefault(e => e.SettingsType == type)?.Key;
}
