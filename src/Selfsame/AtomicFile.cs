using System.Runtime.InteropServices;
using System.Text;

namespace Selfsame;

/// <summary>Writes files so that a reader, or a run killed at any instant, sees the old content or the new one and never a part.</summary>
/// <remarks>
/// The content goes to a file aside, in the same folder, is flushed to the disk and renamed over the target; then the folder is flushed, since
/// until then a power failure may undo the rename.
/// </remarks>
public static partial class AtomicFile
{
    private const string AsideExtension = ".tmp";
    private static int s_count;

    /// <summary>Replaces a file by a text in UTF-8 without byte order mark.</summary>
    /// <param name="path">The file; its folder is made where missing.</param>
    /// <param name="text">The whole new content.</param>
    /// <exception cref="IOException">The folder can't be written, or the disk is full; the old file is untouched.</exception>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Replaces a file.</summary>
    /// <param name="path">The file; its folder is made where missing.</param>
    /// <param name="content">The whole new content.</param>
    /// <exception cref="IOException">The folder can't be written, or the disk is full; the old file is untouched.</exception>
    public static void Write(string path, byte[] content) => Write(path, stream => stream.Write(content));

    /// <summary>Replaces a file by what <paramref name="write"/> puts into a stream.</summary>
    /// <param name="path">The file; its folder is made where missing.</param>
    /// <param name="write">Writes the whole new content. If it throws, the old file is untouched.</param>
    /// <exception cref="IOException">The folder can't be written, or the disk is full; the old file is untouched.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        path = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var aside = $"{path}.{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}{AsideExtension}";
        try
        {
            using (var stream = new FileStream(aside, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(aside, path, overwrite: true);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }
        SyncFolder(folder);
    }

    /// <summary>Gives a folder that was filled aside its final name, for content of several files such as a checkpoint.</summary>
    /// <param name="aside">The filled folder; its files must already be flushed.</param>
    /// <param name="final">The name readers look for, on the same file system; must not exist yet.</param>
    /// <exception cref="IOException"><paramref name="final"/> exists, or lies on another file system.</exception>
    public static void PublishFolder(string aside, string final)
    {
        final = Path.TrimEndingDirectorySeparator(Path.GetFullPath(final));
        SyncFolder(aside);
        Directory.Move(aside, final);
        SyncFolder(Path.GetDirectoryName(final)!);
    }

    /// <summary>Flushes a folder's list of names to the disk. Does nothing where the system has no such call (Windows does it by itself).</summary>
    /// <exception cref="IOException">The folder can't be opened or flushed.</exception>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = Libc.Open(folder, flags: 0);
        if (handle < 0)
            throw new IOException($"{folder} can't be opened to flush it: {Marshal.GetLastPInvokeErrorMessage()}.");
        try
        {
            // Some network file systems refuse to flush a folder and need no flush either: EINVAL, 22 everywhere .NET runs.
            if (Libc.Sync(handle) != 0 && Marshal.GetLastPInvokeError() != 22)
                throw new IOException($"{folder} can't be flushed: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
        finally
        {
            _ = Libc.Close(handle);
        }
    }

    /// <summary>Deletes what writers that were killed left aside in a folder (not below it).</summary>
    internal static void Sweep(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*" + AsideExtension))
        {
            var mark = Path.GetExtension(Path.GetFileNameWithoutExtension(path)).TrimStart('.');
            if (int.TryParse(mark.Split('-')[0], out var pid) && ProcessIdentity.Of(pid) is null)
                File.Delete(path);
        }
    }

    private static partial class Libc
    {
        [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
        internal static partial int Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
        internal static partial int Sync(int handle);

        [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
        internal static partial int Close(int handle);
    }
}
