using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Selfsame.Cli.Doctor;

/// <summary>What the machine has: processor, memory, disk, GPU.</summary>
internal static class HardwareChecks
{
    private const double Gibibyte = 1L << 30;
    private const double LeastMemoryGiB = 4;
    private const double LeastDiskGiB = 5;

    // As /proc/cpuinfo spells them, with the names people know.
    private static readonly (string Flag, string Name)[] s_features =
        [("avx2", "AVX2"), ("avx512f", "AVX-512"), ("avx512_bf16", "AVX512-BF16"), ("amx_bf16", "AMX")];

    /// <summary>Vector instructions of the processor.</summary>
    public static Check Processor()
    {
        const string CpuInfo = "/proc/cpuinfo";
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !File.Exists(CpuInfo))
            return Check.Ok("processor", RuntimeInformation.ProcessArchitecture.ToString());
        return ProcessorFrom(File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? "");
    }

    /// <summary>Judges an x64 processor by the <c>flags</c> line of <c>/proc/cpuinfo</c>.</summary>
    public static Check ProcessorFrom(string flags)
    {
        var have = flags.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        var found = s_features.Where(feature => have.Contains(feature.Flag)).Select(feature => feature.Name).ToList();
        if (!have.Contains("avx2"))
            return new("processor", CheckState.Warn, "no AVX2: training will be slow", "use a processor made after 2013");

        var precision = have.Contains("avx512_bf16") || have.Contains("amx_bf16") ? "bf16 by default" : "fp32 by default, as bf16 is slow here";
        return Check.Ok("processor", $"{string.Join(", ", found)}; {precision}");
    }

    /// <summary>Logical processors this process may use.</summary>
    public static Check Cores() => Check.Ok("cores", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));

    /// <summary>Threads that kernels will use.</summary>
    /// <param name="chosen">Value of <c>OMP_NUM_THREADS</c>, or null.</param>
    /// <param name="cores">Logical processors.</param>
    public static Check Threads(string? chosen, int cores)
    {
        var wait = Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is { Length: > 0 } policy ? $", waiting {policy}" : "";
        return !int.TryParse(chosen, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count >= cores
            ? Check.Ok("threads", string.Create(CultureInfo.InvariantCulture, $"{cores}{wait}"))
            : new("threads", CheckState.Warn, string.Create(CultureInfo.InvariantCulture, $"OMP_NUM_THREADS is {count}, and there are {cores} cores{wait}"), "unset OMP_NUM_THREADS, unless other work shares the machine");
    }

    /// <summary>Memory this process may use, which in a container is less than what the machine has.</summary>
    public static Check Memory() => MemoryFrom(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Judges an amount of memory.</summary>
    /// <param name="bytes">What this process may use.</param>
    public static Check MemoryFrom(long bytes)
    {
        var found = $"{(bytes / Gibibyte).ToString("F1", CultureInfo.InvariantCulture)} GiB";
        return bytes >= LeastMemoryGiB * Gibibyte
            ? Check.Ok("memory", found)
            : new("memory", CheckState.Warn, $"{found}, less than the {LeastMemoryGiB} GiB that the recipes are made for", "a smaller --batch");
    }

    /// <summary>Room in a folder.</summary>
    /// <param name="name">What the folder is for.</param>
    /// <param name="path">May not exist yet.</param>
    public static Check Disk(string name, string path)
    {
        var folder = new DirectoryInfo(path);
        while (!folder.Exists && folder.Parent is not null)
            folder = folder.Parent;
        return DiskFrom(name, new DriveInfo(folder.FullName).AvailableFreeSpace, path);
    }

    /// <summary>Judges the free room in a folder.</summary>
    public static Check DiskFrom(string name, long freeBytes, string path)
    {
        var found = $"{(freeBytes / Gibibyte).ToString("F1", CultureInfo.InvariantCulture)} GiB free for {path}";
        return freeBytes >= LeastDiskGiB * Gibibyte
            ? Check.Ok(name, found)
            : new(name, CheckState.Warn, found, name.EndsWith("runs", StringComparison.Ordinal) ? "--out on a larger disk" : "SELFSAME_CACHE=/path on a larger disk");
    }

    /// <summary>A CUDA device, and whether libtorch can use it.</summary>
    /// <param name="torchHome">Value of <c>TORCH_HOME</c>, or null for the one of the system.</param>
    /// <param name="cancellation">Ends the question to the driver.</param>
    public static async Task<Check> GpuAsync(string? torchHome, CancellationToken cancellation)
    {
        var device = await AskDriverAsync(cancellation).ConfigureAwait(false);
        var cuda = torchHome is not null && File.Exists(Path.Combine(torchHome, "lib", "libtorch_cuda.so"));
        return GpuFrom(device, cuda);
    }

    /// <summary>Judges a GPU.</summary>
    /// <param name="device">Name and memory; null where there is none.</param>
    /// <param name="cudaLibTorch">Whether the libtorch in use is built for CUDA.</param>
    public static Check GpuFrom(string? device, bool cudaLibTorch) => (device, cudaLibTorch) switch
    {
        (null, _) => Check.Ok("GPU", "none: runs on the processor"),
        (_, true) => Check.Ok("GPU", device),
        _ => new("GPU", CheckState.Warn, $"{device}, unused: this libtorch is built without CUDA", "TORCH_HOME=/path of a CUDA build of libtorch"),
    };

    private static async Task<string?> AskDriverAsync(CancellationToken cancellation)
    {
        var question = new ProcessStartInfo("nvidia-smi", ["--query-gpu=name,memory.total", "--format=csv,noheader"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(question)!;
            var answer = await process.StandardOutput.ReadToEndAsync(cancellation).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            var devices = answer.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return process.ExitCode == 0 && devices.Length > 0 ? string.Join("; ", devices) : null;
        }
        catch (Win32Exception)
        {
            return null;   // no such program: no driver, no device
        }
    }
}
