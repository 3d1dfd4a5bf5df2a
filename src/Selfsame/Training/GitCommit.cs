namespace Selfsame.Training;

/// <summary>Reads the commit a git work tree stands at from its files, so that git itself need not be installed.</summary>
internal static class GitCommit
{
    /// <summary>The commit, 40 or 64 hex digits; null when the folder is in no work tree or nothing was committed yet.</summary>
    internal static string? Of(string folder)
    {
        try
        {
            for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
            {
                var dotGit = Path.Combine(at.FullName, ".git");
                if (Directory.Exists(dotGit))
                    return Head(dotGit);
                if (File.Exists(dotGit)) // an additional work tree: the file names the real folder
                    return Head(Path.Combine(at.FullName, After(File.ReadAllText(dotGit), "gitdir:") ?? ""));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not knowing the commit must not stop a run.
        }
        return null;
    }

    private static string? Head(string gitFolder)
    {
        var head = File.ReadAllText(Path.Combine(gitFolder, "HEAD")).Trim();
        if (After(head, "ref:") is not { } reference)
            return head;

        var commonFile = Path.Combine(gitFolder, "commondir");
        var common = File.Exists(commonFile) ? Path.Combine(gitFolder, File.ReadAllText(commonFile).Trim()) : gitFolder;
        var loose = Path.Combine(common, reference);
        if (File.Exists(loose))
            return File.ReadAllText(loose).Trim();

        var packed = Path.Combine(common, "packed-refs");
        if (!File.Exists(packed))
            return null;
        foreach (var line in File.ReadLines(packed))
        {
            if (line.EndsWith(" " + reference, StringComparison.Ordinal))
                return line[..line.IndexOf(' ', StringComparison.Ordinal)];
        }
        return null;
    }

    private static string? After(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..].Trim() : null;
}
