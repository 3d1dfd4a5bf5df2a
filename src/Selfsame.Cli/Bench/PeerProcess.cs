using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Selfsame.Torch;

namespace Selfsame.Cli.Bench;

/// <summary>A peer's training step in a process of its own, warm and waiting: says <c>ready VERSION THREADS</c>, answers <c>round N</c> with the seconds that N steps took.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private PeerProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>What the peer runs on, such as <c>torch 1.13.0</c>.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Most memory that it had in use so far, bytes; null where the system does not tell.</summary>
    public long? PeakBytes => PeakMemory.Of(_process.Id);

    /// <summary>Starts a peer and waits until it is warm.</summary>
    /// <param name="python">Interpreter.</param>
    /// <param name="script">The peer.</param>
    /// <param name="threads">Threads it may use.</param>
    /// <param name="precision">bf16 or fp32, which peers that train compute in.</param>
    /// <param name="settings">Where peers that train compute, and whether they compile.</param>
    /// <param name="cancellation">Ends the process.</param>
    /// <param name="arguments">Given to the script.</param>
    /// <exception cref="PeerException">No Python, no PyTorch, or the script failed.</exception>
    public static async Task<PeerProcess> StartAsync(string python, string script, int threads, string precision, BenchSettings settings, CancellationToken cancellation, params string[] arguments)
    {
        var start = new ProcessStartInfo(python, [script, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        ClearWaiting(start);
        start.Environment["PEER_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["PEER_PRECISION"] = precision;
        start.Environment["PEER_DEVICE"] = settings.Device.ToString();
        start.Environment["PEER_COMPILE"] = settings.Compiled ? "1" : "0";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        PeerProcess peer;
        try
        {
            peer = new PeerProcess(Process.Start(start)!);
        }
        catch (Win32Exception)
        {
            throw new PeerException($"there is no {python}, which runs the peer. {Remedy}");
        }

        try
        {
            var words = (await peer.ReadAsync(cancellation).ConfigureAwait(false)).Split(' ');
            if (words is not ["ready", var version, var used] || used != threads.ToString(CultureInfo.InvariantCulture))
                throw new PeerException($"{script} answered '{string.Join(' ', words)}'; wanted: ready VERSION {threads}");
            peer.Version = $"torch {version}";
            return peer;
        }
        catch
        {
            peer.Dispose();
            throw;
        }
    }

    /// <summary>Runs some steps.</summary>
    /// <param name="steps">How many, at least 1.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Seconds, by the peer's own clock.</returns>
    /// <exception cref="PeerException">The peer ended, or answered something else.</exception>
    public async Task<double> RoundAsync(int steps, CancellationToken cancellation)
    {
        await _process.StandardInput.WriteLineAsync(FormattableString.Invariant($"round {steps}")).ConfigureAwait(false);
        await _process.StandardInput.FlushAsync(cancellation).ConfigureAwait(false);
        var answer = await ReadAsync(cancellation).ConfigureAwait(false);
        return double.TryParse(answer, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? seconds
            : throw new PeerException($"the peer answered '{answer}' to 'round {steps}'; wanted: seconds");
    }

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    /// <summary>Takes out of a process's environment how this program's threads wait: a peer waits as its own libraries do.</summary>
    internal static void ClearWaiting(ProcessStartInfo start)
    {
        foreach (var name in NativeLibraryLoader.OwnVariables)
            _ = start.Environment.Remove(name);
    }

    internal const string Remedy = "On Debian: apt-get install python3-torch. Or measure without a peer: --no-peer.";

    private async Task<string> ReadAsync(CancellationToken cancellation)
    {
        if (await _process.StandardOutput.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
            return line;
        var errors = await _errors.ConfigureAwait(false);
        throw new PeerException(errors.Contains("No module named 'torch'", StringComparison.Ordinal)
            ? $"{_process.StartInfo.FileName} has no PyTorch. {Remedy}"
            : $"the peer {string.Join(' ', _process.StartInfo.ArgumentList)} ended early: {errors.TrimEnd().Split('\n')[^1]}");
    }
}

/// <summary>The peer can't be measured.</summary>
/// <param name="message">Why, and what to do.</param>
internal sealed class PeerException(string message) : Exception(message);
