namespace Selfsame.Cli.Bench;

/// <summary>Files of the repository, which benchmarks need beside the program: recipes and peers.</summary>
internal static class RepositoryFile
{
    /// <summary>A file of the repository, seen from where this program lies, or from the current folder.</summary>
    /// <param name="relative">Path below the repository's root.</param>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static string Find(string relative)
    {
        foreach (var start in (string[])[AppContext.BaseDirectory, Environment.CurrentDirectory])
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                var path = Path.Combine(folder.FullName, relative);
                if (File.Exists(path))
                    return path;
            }
        }

        throw new FileNotFoundException($"{relative} is not in any folder above {AppContext.BaseDirectory} or the current one; bench runs from a checkout of the repository.", relative);
    }
}
