using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Selfsame.Data.Packages;

/// <summary>Runs another program and reads what it says.</summary>
internal static class ExternalTool
{
    /// <summary>Exit status and both outputs.</summary>
    public readonly record struct Result(int Status, string Output, string Errors);

    /// <summary>Runs to the end; kills it when cancelled.</summary>
    /// <exception cref="DataSourceException">The program is not installed.</exception>
    public static async Task<Result> RunAsync(string program, IReadOnlyList<string> arguments, string folder, CancellationToken cancel)
    {
        using var process = Start(program, arguments, folder);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancel);
            var errors = process.StandardError.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel).ConfigureAwait(false);
            return new(process.ExitCode, await output.ConfigureAwait(false), await errors.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Starts a program whose output is read as it comes. Its errors must be read too, or it may stall.</summary>
    public static Process Start(string program, IReadOnlyList<string> arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["NO_UPDATE_NOTIFIER"] = "1";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new DataSourceException($"'{program}' is needed to fetch this data set and is not installed; on Debian: apt-get install {PackageOf(program)}");
        }
    }

    private static string PackageOf(string program) => program switch
    {
        "apt-get" or "apt-cache" => "apt",
        "dpkg-deb" => "dpkg",
        _ => program,
    };
}
