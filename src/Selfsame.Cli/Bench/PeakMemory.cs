using System.Globalization;

namespace Selfsame.Cli.Bench;

/// <summary>The most memory that a process had in use, as Linux counts it.</summary>
internal static class PeakMemory
{
    private const string Clear = "/proc/self/clear_refs";

    /// <summary>Starts the count of this process anew, from what it has in use now.</summary>
    /// <returns>False where the system has no such thing or forbids it: the count then goes on from the start of the process.</returns>
    public static bool Reset()
    {
        try
        {
            if (!File.Exists(Clear))
                return false;
            File.WriteAllText(Clear, "5");
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reads a count.</summary>
    /// <param name="process">Its number.</param>
    /// <returns>Bytes; null where the system does not tell.</returns>
    public static long? Of(int process)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status");
        return File.Exists(file) ? Parse(File.ReadAllText(file)) : null;
    }

    /// <summary>Finds the line "VmHWM:    123 kB".</summary>
    internal static long? Parse(string status)
    {
        foreach (var line in status.Split('\n'))
            if (line.StartsWith("VmHWM:", StringComparison.Ordinal) && long.TryParse(line.AsSpan(6).TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes))
                return kilobytes * 1024;
        return null;
    }
}
