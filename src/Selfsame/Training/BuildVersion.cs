using System.Reflection;

namespace Selfsame.Training;

/// <summary>Which build of the program this is, as the compiler noted it: version, a plus, and the commit of its source.</summary>
internal static class BuildVersion
{
    private static readonly string[] Parts =
        (typeof(BuildVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+', 2);

    /// <summary>The version alone, such as 0.1.0.</summary>
    internal static string Number => Parts[0];

    /// <summary>The commit that was built, 40 or 64 hex digits; null when it was built outside of a git work tree. Changes that were not committed do not show.</summary>
    internal static string? Commit => Parts.Length > 1 ? Parts[1] : null;
}
