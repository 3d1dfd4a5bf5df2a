using System.IO.Enumeration;
using Selfsame.Torch.Safetensors;

namespace Selfsame.Parity;

/// <summary>A path given to <see cref="Verifier"/> leads to nothing that could be verified.</summary>
/// <param name="message">Which path, and why.</param>
/// <param name="inner">The cause, if another exception told.</param>
public sealed class VerifyUsageException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Runs parity files through their adapters. A file that cannot be read, or has no adapter, has failed: nothing is skipped.</summary>
public static class Verifier
{
    private const string Extension = ".safetensors";

    /// <summary>Verifies files, and all parity files in folders, with the adapters of this library.</summary>
    /// <param name="paths">Files or folders. A folder is searched with its sub-folders, in ordinal order; safetensors files in it that do not claim to be parity files are only listed. Links to folders are not followed.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="VerifyUsageException">A path does not exist or cannot be searched, or nothing was found.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static VerifyReport Run(IEnumerable<string> paths, CancellationToken cancellation = default) => Run(paths, ParityAdapters.Default, cancellation);

    /// <inheritdoc cref="Run(IEnumerable{string}, CancellationToken)"/>
    /// <param name="paths">As above.</param>
    /// <param name="adapters">The adapters to use.</param>
    /// <param name="cancellation">As above.</param>
    public static VerifyReport Run(IEnumerable<string> paths, ParityAdapters adapters, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(adapters);
        var results = new List<VerifyResult>();
        var ignored = new List<string>();
        foreach (var (file, given) in Collect(paths))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Verify(file, given, adapters, cancellation) is { } result)
                results.Add(result);
            else
                ignored.Add(file);
        }
        if (results.Count == 0)
            throw new VerifyUsageException($"no parity files found ({ignored.Count} other safetensors files); name files or folders with {ParityFormat.Version} files");
        return new VerifyReport(results, ignored);
    }

    /// <returns>Null for a file that was met in a folder and does not claim to be a parity file.</returns>
    private static VerifyResult? Verify(string path, bool given, ParityAdapters adapters, CancellationToken cancellation)
    {
        SafetensorsFile? source = null;
        try
        {
            source = SafetensorsFile.Open(path);
            if (!given && !ParityFormat.Claims(source))
                return null;
            using var c = ParityCase.Read(source);
            return adapters.TryFind(c.System, c.Case, out var adapter)
                ? Run(c, adapter, cancellation)
                : new VerifyResult(c.System, c.Case, path, false, null, $"no adapter for {c.System}/{c.Case}");
        }
        catch (Exception error) when (error is SafetensorsException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return new VerifyResult(source?.Metadata.GetValueOrDefault("system"), source?.Metadata.GetValueOrDefault("case"), path, false, null, error.Message);
        }
        finally
        {
            source?.Dispose();
        }
    }

    private static VerifyResult Run(ParityCase c, IParityAdapter adapter, CancellationToken cancellation)
    {
        string? reason;
        try
        {
            adapter.Run(c);
            reason = c.Verdict();
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            reason = $"the adapter threw {error.GetType().Name}: {error.Message}";
        }
        return new VerifyResult(c.System, c.Case, c.Path, reason is null, c.Worst, reason);
    }

    /// <summary>Files in the order of the paths, each once; whether one was named itself, not only met in a folder.</summary>
    private static List<(string File, bool Given)> Collect(IEnumerable<string> paths)
    {
        var files = new List<(string File, bool Given)>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            var given = !Directory.Exists(path);
            if (given && !File.Exists(path))
                throw new VerifyUsageException($"path '{path}' does not exist");
            foreach (var file in given ? [path] : Search(path))
            {
                if (places.TryAdd(Path.GetFullPath(file), files.Count))
                    files.Add((file, given));
                else if (given)
                    files[places[Path.GetFullPath(file)]] = (file, true);
            }
        }
        return files;
    }

    private static string[] Search(string folder)
    {
        var found = new FileSystemEnumerable<string>(
            folder,
            static (ref entry) => entry.ToSpecifiedFullPath(),
            new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = 0 })
        {
            ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory && entry.FileName.EndsWith(Extension, StringComparison.Ordinal),
            ShouldRecursePredicate = static (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint), // a link may lead in a circle
        };
        try
        {
            string[] files = [.. found];
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new VerifyUsageException($"folder '{folder}' cannot be searched: {error.Message}", error);
        }
    }
}
