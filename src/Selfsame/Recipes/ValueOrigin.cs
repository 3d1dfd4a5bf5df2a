namespace Selfsame.Recipes;

/// <summary>Who gave a value. A later kind wins over an earlier one.</summary>
public enum OriginKind
{
    /// <summary>Nobody; the record's own default.</summary>
    Default,

    /// <summary>The recipe file.</summary>
    Recipe,

    /// <summary>An environment variable, <c>SELFSAME_BATCH</c> or <c>SELFSAME_DATA__SOURCE</c>.</summary>
    Environment,

    /// <summary>The command line.</summary>
    Flag,
}

/// <summary>Where a value was written.</summary>
/// <param name="Kind">Who gave it.</param>
/// <param name="Name">File name, or the variable or flag as typed.</param>
/// <param name="Line">Line in the file, from 1; 0 outside files.</param>
public readonly record struct ValueOrigin(OriginKind Kind, string Name, int Line = 0)
{
    /// <summary>The origin of a value nobody gave.</summary>
    public static ValueOrigin Default { get; } = new(OriginKind.Default, "default");

    /// <summary><c>recipes/mae.yaml(11)</c>, <c>SELFSAME_BATCH=64</c>, <c>--batch 64</c> or <c>default</c>.</summary>
    public override string ToString() => Line > 0 ? $"{Name}({Line})" : Name;
}
