using System.Reflection;
using System.Runtime.InteropServices;

namespace Selfsame.Torch;

/// <summary>Finds <c>libselfsame</c>: SELFSAME_NATIVE, beside the assembly, then native/build of the source tree above it.</summary>
public static partial class NativeLibraryLoader
{
    /// <summary>The name that imports use.</summary>
    public const string Library = "selfsame";

    private static readonly (string Name, string Value)[] s_waiting = [("GOMP_SPINCOUNT", "100000"), ("OMP_WAIT_POLICY", "passive"), ("OPENBLAS_THREAD_TIMEOUT", "4")];

    // Set by the launcher to the names that it gave a value, where the user had given none.
    private const string SetByLauncher = "_SELFSAME_WAITING";

    // Beside the library: empty libraries in place of those that libtorch names and does not use.
    private const string Unused = "unused";

    private static readonly Lazy<nint> Handle = new(Load);

    private static volatile bool s_ownProcess;

    /// <summary>Lets imports of <see cref="Library"/> in an assembly find the library. Call it from a module initializer.</summary>
    public static void Register(Assembly assembly) =>
        NativeLibrary.SetDllImportResolver(assembly, static (name, _, _) => name == Library ? Handle.Value : 0);

    /// <summary>
    /// Starts to load the library on a thread of its own; libtorch alone takes a third of a second and more. What goes wrong is thrown where the library is first used.
    /// </summary>
    /// <remarks>
    /// For a program that is nothing but Selfsame: where libtorch names OpenCV's libraries without using them, as Debian's does, empty ones take their names, which saves two fifths of the time
    /// and would hide OpenCV from other code of the process. Without this call, the library is loaded as it is when it is first used.
    /// </remarks>
    public static void Preload()
    {
        SetWaitPolicy(); // here, where no other thread reads the environment yet
        s_ownProcess = true;
        new Thread(static () =>
        {
            try
            {
                _ = Handle.Value;
            }
            catch (DllNotFoundException)
            {
            }
        })
        { IsBackground = true, Name = "load libselfsame" }.Start();
    }

    /// <summary>
    /// Ends a program that is nothing but Selfsame. Once libtorch is loaded the process ends at once, after both console streams are flushed: taking down libtorch's tables, which nobody
    /// will read, takes a tenth of a second. Whatever must outlive the process is on disk by then.
    /// </summary>
    /// <param name="status">Exit status, 0 to 255.</param>
    /// <returns>The status, for <c>Main</c> to return, where the process ends in the usual way.</returns>
    public static int End(int status)
    {
        if (!Handle.IsValueCreated || OperatingSystem.IsWindows())
            return status;
        Console.Out.Flush();
        Console.Error.Flush();
        EndNow(status);
        return status;
    }

    /// <summary>Variables that say how threads wait and that the user did not set: another program should not inherit them.</summary>
    public static IReadOnlyList<string> OwnVariables { get; } =
        [.. s_waiting.Select(variable => variable.Name).Where(name => Environment.GetEnvironmentVariable(name) is null || (Environment.GetEnvironmentVariable(SetByLauncher) ?? "").Split(' ').Contains(name))];

    /// <summary>The places searched, in order.</summary>
    public static IEnumerable<string> Candidates()
    {
        var file = OperatingSystem.IsWindows() ? "selfsame.dll" : OperatingSystem.IsMacOS() ? "libselfsame.dylib" : "libselfsame.so";
        if (Environment.GetEnvironmentVariable("SELFSAME_NATIVE") is { Length: > 0 } given)
            yield return Directory.Exists(given) ? Path.Combine(given, file) : given;
        yield return Path.Combine(AppContext.BaseDirectory, file);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "native", "build", file);
            if (File.Exists(candidate))
                yield return candidate;
        }
    }

    private static nint Load()
    {
        SetWaitPolicy();
        var tried = new List<string>();
        foreach (var path in Candidates())
        {
            if (!File.Exists(path))
            {
                tried.Add($"  {path}: not there");
                continue;
            }

            if (s_ownProcess)
                LoadUnused(Path.Combine(Path.GetDirectoryName(path)!, Unused));
            if (NativeLibrary.TryLoad(path, out var handle))
                return handle;
            try
            {
                return NativeLibrary.Load(path);
            }
            catch (DllNotFoundException problem)
            {
                tried.Add($"  {path}: {problem.Message.Split('\n')[0]}");
            }
        }

        throw new DllNotFoundException(
            "The native part of Selfsame could not be loaded. Tried:\n" + string.Join('\n', tried)
            + "\nBuild it with ./selfsame (or cmake -S native -B native/build && cmake --build native/build), or set SELFSAME_NATIVE to the file.");
    }

    // What does not load is left to the loader, which then takes the real one.
    private static void LoadUnused(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var file in Directory.EnumerateFiles(folder))
            _ = NativeLibrary.TryLoad(file, out _);
    }

    // Threads of OpenMP and of OpenBLAS spin while they wait, for 2^26 cycles after each product, which takes the cores from those that work: measured on
    // two cores, the products of the other pool then run at half their speed. Without any spinning a step of many small operators pays for waking threads
    // up: a tenth of a millisecond of it is enough. The runtimes read their environment when they are loaded, and .NET's own variables do not reach it.
    // What the user has set stays, and a policy of theirs is not spun around.
    private static void SetWaitPolicy()
    {
        if (!OperatingSystem.IsLinux())
            return;
        foreach (var (name, value) in s_waiting)
            if (Environment.GetEnvironmentVariable(name) is null && (name != "GOMP_SPINCOUNT" || Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null))
                _ = SetEnvironment(name, value, overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8), UnmanagedCallConv(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "_exit"), UnmanagedCallConv(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static partial void EndNow(int status);
}
