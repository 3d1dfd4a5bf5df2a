using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Selfsame;

/// <summary>Tells one process from all others on a machine, also from a later one that was given the same number.</summary>
internal static class ProcessIdentity
{
    /// <summary>This process.</summary>
    internal static string Own { get; } = Of(Environment.ProcessId)
        ?? throw new InvalidOperationException("The system doesn't tell when this process started.");

    /// <summary>When a process started, as a text that stays the same over its life; null when no such process runs.</summary>
    internal static string? Of(int pid)
    {
        try
        {
            if (OperatingSystem.IsLinux())
                return OfLinux(pid);
            using var process = Process.GetProcessById(pid);
            return process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Clock ticks since boot don't move when the wall clock is set, unlike Process.StartTime; the boot's own number makes them unique.
    private static string? OfLinux(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");

        // The second field is the program's name in brackets and may hold blanks and brackets itself: count from the last bracket.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        const int state = 0, startTime = 19;
        if (fields[state] is "Z" or "X")
            return null;
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        return $"{fields[startTime]}@{boot}";
    }
}
