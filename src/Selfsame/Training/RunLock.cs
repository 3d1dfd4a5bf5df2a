using System.Globalization;
using System.Text.Json;

namespace Selfsame.Training;

/// <summary>Keeps a run folder to one training process. Dispose it to let the next one in; a killed process lets go by itself.</summary>
/// <remarks>
/// The operating system's file lock decides, since it ends with the process however that ends. A note beside it names the owner for the message,
/// and decides where the file system has no locks: then the folder is taken only while the noted process lives on this machine.
/// </remarks>
public sealed class RunLock : IDisposable
{
    internal const string LockName = ".lock", OwnerName = ".lock.owner";

    private readonly string _folder;
    private FileStream? _file;

    private RunLock(string folder, FileStream file) => (_folder, _file) = (folder, file);

    /// <summary>Takes a folder.</summary>
    /// <param name="folder">An existing run folder.</param>
    /// <param name="time">Clock for the note; null: the system's.</param>
    /// <exception cref="RunFolderInUseException">Another process, or this one, is training there.</exception>
    /// <exception cref="IOException">The folder can't be written.</exception>
    public static RunLock Take(string folder, TimeProvider? time = null)
    {
        FileStream file;
        try
        {
            file = new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw new RunFolderInUseException(folder, Owner.Read(folder));
        }

        try
        {
            if (Owner.Read(folder) is { } owner && owner.Lives())
                throw new RunFolderInUseException(folder, owner);
            Owner.Current(time ?? TimeProvider.System).Write(folder);
            return new RunLock(folder, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Lets the folder go.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _file, null) is not { } file)
            return;

        // The locked file itself stays: deleting it would let two processes hold locks on two files of the same name.
        File.Delete(Path.Combine(_folder, OwnerName));
        file.Dispose();
    }

    // The low half of the code is the system's: a sharing violation on Windows, "would block" on Linux and macOS.
    private static bool IsHeld(IOException e) =>
        (e.HResult & 0xFFFF) == (OperatingSystem.IsWindows() ? 32 : OperatingSystem.IsLinux() ? 11 : 35);

    /// <summary>Who holds a folder.</summary>
    internal sealed record Owner(int Pid, string Identity, string Machine, string Since)
    {
        internal static Owner Current(TimeProvider time) =>
            new(Environment.ProcessId, ProcessIdentity.Own, Environment.MachineName, time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));

        internal static Owner? Read(string folder)
        {
            try
            {
                return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, OwnerName)), RunJson.Default.Owner);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                return null; // no note, or one that can't be read: the lock alone decides
            }
        }

        internal void Write(string folder) =>
            AtomicFile.Write(Path.Combine(folder, OwnerName), JsonSerializer.SerializeToUtf8Bytes(this, RunJson.Default.Owner));

        internal bool Lives() => Machine == Environment.MachineName && ProcessIdentity.Of(Pid) == Identity;
    }
}

/// <summary>A run folder is held by another process.</summary>
public sealed class RunFolderInUseException : IOException
{
    internal RunFolderInUseException(string folder, RunLock.Owner? owner)
        : base(owner is null
            ? $"{folder} is in use by another process. Wait for it to end, or train into another folder with --out."
            : $"{folder} is in use by process {owner.Pid} on {owner.Machine} since {owner.Since}. Wait for it, stop it with \"kill {owner.Pid}\", or train into another folder with --out.")
    {
        Folder = folder;
        ProcessId = owner?.Pid;
    }

    /// <summary>The run folder.</summary>
    public string Folder { get; }

    /// <summary>Number of the process that holds it; null when it isn't known.</summary>
    public int? ProcessId { get; }
}
