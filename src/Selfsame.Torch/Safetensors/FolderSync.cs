using System.Runtime.InteropServices;

namespace Selfsame.Torch.Safetensors;

/// <summary>Makes a rename durable: on Unix a folder's entries reach the disk only when the folder itself is flushed.</summary>
internal static partial class FolderSync
{
    private const int InvalidArgument = 22; // EINVAL: the file system cannot flush folders, so there is nothing to do

    /// <exception cref="IOException">The folder could not be opened or flushed.</exception>
    internal static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return; // NTFS journals renames
        var descriptor = Open(folder, 0);
        if (descriptor < 0)
            throw Failure(folder, Marshal.GetLastPInvokeError());
        try
        {
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() is not InvalidArgument and var error)
                throw Failure(folder, error);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string folder, int error) =>
        new($"{folder}: could not flush the folder to disk: {Marshal.GetPInvokeErrorMessage(error)}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
