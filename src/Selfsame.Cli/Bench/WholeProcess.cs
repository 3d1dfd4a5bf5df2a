using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Selfsame.Cli.Bench;

/// <summary>A process that is timed as a whole: from its start to its end.</summary>
internal static class WholeProcess
{
    /// <summary>How this program is started again.</summary>
    /// <param name="arguments">Verb and options.</param>
    public static (string File, string[] Arguments) Own(params string[] arguments)
    {
        var (program, assembly) = (Environment.ProcessPath!, typeof(WholeProcess).Assembly.Location);
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? (program, [assembly, .. arguments]) : (program, arguments);
    }

    /// <summary>Runs a process to its end.</summary>
    /// <param name="file">Program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellation">Ends the process.</param>
    /// <returns>Seconds, and the first line that it printed.</returns>
    /// <exception cref="PeerException">There is no such program, or it failed.</exception>
    public static async Task<(double Seconds, string FirstLine)> RunAsync(string file, string[] arguments, TimeProvider time, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        PeerProcess.ClearWaiting(start); // ours sets them itself
        start.Environment["PEER_THREADS"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        var from = time.GetTimestamp();
        using var process = Started(start);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            var seconds = time.GetElapsedTime(from).TotalSeconds;
            if (process.ExitCode != 0)
                throw new PeerException($"{file} {string.Join(' ', arguments)} ended with {process.ExitCode}: {(await errors.ConfigureAwait(false)).TrimEnd().Split('\n')[^1]}");
            return (seconds, (await output.ConfigureAwait(false)).Split('\n')[0]);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new PeerException($"there is no {start.FileName}, which runs the peer. {PeerProcess.Remedy}");
        }
    }
}
