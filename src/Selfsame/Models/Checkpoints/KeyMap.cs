using System.Text.RegularExpressions;

namespace Selfsame.Models.Checkpoints;

/// <summary>The names of one public checkpoint format as a table, read in both directions.</summary>
/// <param name="name">What the format is called in messages and on the command line: <c>timm</c>, <c>hf-vit</c>.</param>
/// <param name="rules">The table; the first rule that fits a name counts.</param>
public sealed class KeyMap(string name, IReadOnlyList<KeyRule> rules)
{
    private static readonly string[] Wrappers = ["module.", "backbone.", "model.", "encoder.", "module.backbone.", "teacher.", "teacher.backbone.", "student.", "student.backbone."];

    private Regex[]? _unused, _heads;

    /// <summary>What the format is called.</summary>
    public string Name { get; } = name;

    /// <summary>The table.</summary>
    public IReadOnlyList<KeyRule> Rules { get; } = rules;

    /// <summary>What whole models of this format put before the encoder's names, such as <c>vit.</c>; the first is written when exporting a whole model.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>Spellings of older files, and what they mean: <c>.gamma</c> and <c>.weight</c>. Parts of names.</summary>
    public IReadOnlyList<(string Old, string New)> Aliases { get; init; } = [];

    /// <summary>Patterns, as in <see cref="KeyRule"/>, of foreign names that carry nothing to load: computed tables, counters.</summary>
    public IReadOnlyList<string> Unused { get; init; } = [];

    /// <summary>Patterns of foreign names that belong to heads and decoders; left out, and said so, where the model has no such part.</summary>
    public IReadOnlyList<string> Heads { get; init; } = [];

    /// <summary>Names that stay as they are.</summary>
    public static KeyMap Same { get; } = new("selfsame", [new KeyRule("{rest}", "{rest}")]);

    /// <summary>What stands before the encoder's names in a file: the prefix under which most names are known.</summary>
    /// <param name="file">The file.</param>
    public string PrefixIn(IWeightFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var (best, most) = ("", -1);
        foreach (var prefix in (string[])["", .. Prefixes, .. Wrappers])
        {
            var known = file.Entries.Count(entry => OursOf(entry.Name, prefix) is not null);
            if (known > most)
                (best, most) = (prefix, known);
        }

        return best;
    }

    /// <summary>Our name for a foreign one; null when the table has none.</summary>
    /// <param name="theirs">Name in the file.</param>
    /// <param name="prefix">From <see cref="PrefixIn"/>.</param>
    public (string Name, KeyRule Rule, int Part)? OursOf(string theirs, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(theirs);
        var inside = theirs.StartsWith(prefix, StringComparison.Ordinal);
        var bare = Modern(inside ? theirs[prefix.Length..] : theirs);
        foreach (var rule in Rules)
        {
            if ((rule.Outside ? !inside || prefix.Length == 0 : inside) && rule.OursOf(bare) is var (ours, part))
                return (ours, rule, part);
        }

        return null;
    }

    /// <summary>The rule for a parameter of ours, and its foreign names; null when the table has none.</summary>
    /// <param name="ours">Our full name.</param>
    /// <param name="prefix">Put before names that stand inside.</param>
    public (KeyRule Rule, IReadOnlyList<(string Name, bool Optional)> Theirs)? TheirsOf(string ours, string prefix = "")
    {
        foreach (var rule in Rules)
        {
            if (rule.TheirsOf(ours) is { } theirs)
                return (rule, rule.Outside ? theirs : [.. theirs.Select(their => (prefix + their.Name, their.Optional))]);
        }

        return null;
    }

    /// <summary>The name a file of an older spelling would have today.</summary>
    internal string Modern(string theirs)
    {
        foreach (var (old, today) in Aliases)
            theirs = theirs.Replace(old, today, StringComparison.Ordinal);
        return theirs;
    }

    internal bool IsUnused(string theirs, string prefix) => Matches(_unused ??= [.. Unused.Select(KeyRule.Compile)], theirs, prefix);

    internal bool IsHead(string theirs, string prefix) => Matches(_heads ??= [.. Heads.Select(KeyRule.Compile)], theirs, prefix);

    private static bool Matches(Regex[] patterns, string theirs, string prefix)
    {
        var bare = theirs.StartsWith(prefix, StringComparison.Ordinal) ? theirs[prefix.Length..] : theirs;
        return patterns.Any(pattern => pattern.IsMatch(bare) || pattern.IsMatch(theirs));
    }
}
