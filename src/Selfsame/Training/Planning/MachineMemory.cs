using System.Globalization;
using Selfsame.Torch;

namespace Selfsame.Training.Planning;

/// <summary>What this process takes of the machine's memory, and what it may still take; in bytes. Known on Linux, estimated elsewhere.</summary>
public static class MachineMemory
{
    /// <summary>Memory that can still be had: the least of what the system, the container, the address space and the limit on tensors leave.</summary>
    /// <remarks>Memory that the allocator keeps for the next tensors counts as free.</remarks>
    public static long Available()
    {
        var free = Math.Min(System(ReadOrEmpty("/proc/meminfo")), Math.Min(Container(), AddressSpace(ReadOrEmpty("/proc/self/limits"), ReadOrEmpty("/proc/self/status"))));
        if (free == long.MaxValue)
            free = Math.Max(0, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet);
        free += TorchMemory.Kept;
        return TorchMemory.Ceiling is { } ceiling ? Math.Min(free, Math.Max(0, ceiling - TorchMemory.Live)) : free;
    }

    /// <summary>Resident memory of this process now.</summary>
    public static long Resident => Field(ReadOrEmpty("/proc/self/status"), "VmRSS:") ?? Environment.WorkingSet;

    /// <summary>The most resident memory this process had at once.</summary>
    public static long PeakResident => Field(ReadOrEmpty("/proc/self/status"), "VmHWM:") ?? Environment.WorkingSet;

    /// <summary>Counts <see cref="PeakResident"/> anew from now on.</summary>
    /// <returns>False where the system can't do that.</returns>
    public static bool ResetPeakResident()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Free memory as <c>/proc/meminfo</c> tells it.</summary>
    internal static long System(string meminfo) => Field(meminfo, "MemAvailable:") ?? long.MaxValue;

    /// <summary>What the limit on the address space (<c>ulimit -v</c>) leaves.</summary>
    internal static long AddressSpace(string limits, string status)
    {
        foreach (var line in limits.AsSpan().EnumerateLines())
        {
            const string Name = "Max address space";
            if (!line.StartsWith(Name, StringComparison.Ordinal))
                continue;
            var soft = line[Name.Length..].Trim();
            soft = soft[..Math.Max(0, soft.IndexOf(' '))];
            return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && Field(status, "VmSize:") is { } used ? Math.Max(0, bytes - used) : long.MaxValue;
        }

        return long.MaxValue;
    }

    /// <summary>What the limits of the control groups around this process leave, version 1 or 2.</summary>
    internal static long Container(string root = "/sys/fs/cgroup", string? membership = null)
    {
        var least = long.MaxValue;
        foreach (var line in (membership ?? ReadOrEmpty("/proc/self/cgroup")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(':', 3);
            if (parts.Length < 3 || (parts[1].Length > 0 && !parts[1].Split(',').Contains("memory")))
                continue;
            var (top, limitFile, useFile) = parts[1].Length == 0
                ? (root, "memory.max", "memory.current")
                : (Path.Combine(root, "memory"), "memory.limit_in_bytes", "memory.usage_in_bytes");
            // A limit of any group above holds too. Inside a container the path may not exist: then its root is the group.
            for (var path = parts[2].Trim('/'); ; path = path[..Math.Max(0, path.LastIndexOf('/'))])
            {
                var folder = Path.Combine(top, path);
                if (Number(Path.Combine(folder, limitFile)) is { } limit and < (1L << 60) && Number(Path.Combine(folder, useFile)) is { } used)
                {
                    var reclaimable = Field(ReadOrEmpty(Path.Combine(folder, "memory.stat")), "inactive_file", unit: 1) ?? 0;
                    least = Math.Min(least, Math.Max(0, limit - used + reclaimable));
                }

                if (path.Length == 0)
                    break;
            }
        }

        return least;
    }

    private static long? Number(string file) =>
        long.TryParse(ReadOrEmpty(file).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static long? Field(string text, string name, long unit = 1024)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith(name, StringComparison.Ordinal))
                continue;
            var rest = line[name.Length..].Trim();
            var end = rest.IndexOf(' ');
            if (long.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                return value * unit;
        }

        return null;
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
