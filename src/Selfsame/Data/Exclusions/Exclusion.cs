namespace Selfsame.Data.Exclusions;

/// <summary>A sample that is to be left out.</summary>
/// <param name="Key">Its name in the data set.</param>
/// <param name="Reason">Why; one of <see cref="ExclusionReasons"/>, or a person's own words.</param>
/// <param name="Kept">The sample that stays in its place; null where none does.</param>
/// <param name="Distance">From <paramref name="Kept"/>; null where there is none.</param>
public sealed record Exclusion(string Key, string Reason, string? Kept = null, double? Distance = null);

/// <summary>Why a check leaves samples out.</summary>
public static class ExclusionReasons
{
    /// <summary>The same to the pixel as another.</summary>
    public const string Exact = "exact duplicate";

    /// <summary>Nearly the same as another.</summary>
    public const string Near = "near duplicate";

    /// <summary>A copy is held out for measuring.</summary>
    public const string Leak = "leak";

    /// <summary>Cannot be read.</summary>
    public const string Broken = "broken";

    /// <summary>Shows nothing.</summary>
    public const string Empty = "empty";
}

/// <summary>A list at work.</summary>
/// <param name="Path">The file.</param>
/// <param name="Excluded">Samples it keeps out.</param>
/// <param name="Unknown">Names in it that the data does not have.</param>
public sealed record AppliedExclusions(string Path, int Excluded, int Unknown);
