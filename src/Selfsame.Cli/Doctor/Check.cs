using System.Text.Json.Serialization;

namespace Selfsame.Cli.Doctor;

/// <summary>How one thing that is needed stands.</summary>
internal enum CheckState
{
    /// <summary>As it should be.</summary>
    [JsonStringEnumMemberName("ok")] Ok,

    /// <summary>Works, but slowly or not for everything.</summary>
    [JsonStringEnumMemberName("warn")] Warn,

    /// <summary>Nothing can be trained without it.</summary>
    [JsonStringEnumMemberName("missing")] Missing,
}

/// <summary>One finding.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="State">How it stands.</param>
/// <param name="Found">What was found: a version, a size, a path, the loader's message.</param>
/// <param name="Fix">The command or setting that helps; null where nothing needs to be done.</param>
internal sealed record Check(string Name, CheckState State, string Found, string? Fix = null)
{
    /// <summary>A finding that needs nothing done.</summary>
    public static Check Ok(string name, string found) => new(name, CheckState.Ok, found);
}

/// <summary>All findings.</summary>
/// <param name="Ok">Whether nothing essential is missing.</param>
/// <param name="Checks">In the order of the report.</param>
internal sealed record DoctorReport(bool Ok, IReadOnlyList<Check> Checks)
{
    /// <summary>Sums up the findings.</summary>
    public static DoctorReport From(IReadOnlyList<Check> checks) => new(checks.All(check => check.State != CheckState.Missing), checks);
}
