using System.CommandLine;
using Selfsame.Cli.Doctor;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame doctor</c>: what this machine has, what is missing, and the command that helps.</summary>
internal static class DoctorVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print a JSON object" };
        var verb = new Verb("doctor", "Say what this machine has, what is missing, and how to get it",
            new("doctor", "exit code 1 if something essential is missing"),
            new("doctor --json", "for a program"))
        {
            json,
        };
        verb.SetAction(async (parse, cancellation) =>
        {
            var report = DoctorReport.From(await ExamineAsync(cancellation).ConfigureAwait(false));
            if (parse.GetValue(json))
                parse.WriteJson(report, VerbJson.Default.DoctorReport);
            else
                Write(report, parse.Console());
            return report.Ok ? ExitCodes.Done : ExitCodes.Failed;
        });
        return verb;
    }

    /// <summary>Prints the findings as a table, and under it what to do.</summary>
    internal static void Write(DoctorReport report, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders();
        table.AddColumns("state", "name", "found");
        foreach (var check in report.Checks)
        {
            table.AddRow(
                check.State switch
                {
                    CheckState.Ok => new Markup("[green]ok[/]"),
                    CheckState.Warn => new Markup("[yellow]warn[/]"),
                    _ => new Markup("[red]missing[/]"),
                },
                new Text(check.Name), new Text(check.Found));
        }

        console.Write(table);
        foreach (var check in report.Checks.Where(check => check.Fix is not null))
            console.WriteLine($"{check.Name}: {check.Fix}");
    }

    private static async Task<IReadOnlyList<Check>> ExamineAsync(CancellationToken cancellation)
    {
        var torchHome = Environment.GetEnvironmentVariable("TORCH_HOME") is { Length: > 0 } home ? home : null;
        return
        [
            SoftwareChecks.DotNet(),
            SoftwareChecks.LibTorch(torchHome),
            SoftwareChecks.Blas(torchHome),
            SoftwareChecks.Ffmpeg(),
            SoftwareChecks.NativeLibrary(SoftwareChecks.FindNativeLibrary()),
            HardwareChecks.Processor(),
            HardwareChecks.Cores(),
            HardwareChecks.Threads(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), Environment.ProcessorCount),
            HardwareChecks.Memory(),
            HardwareChecks.Disk("disk for data", CacheFolder()),
            HardwareChecks.Disk("disk for runs", Path.GetFullPath("runs")),
            await HardwareChecks.GpuAsync(torchHome, cancellation).ConfigureAwait(false),
            .. ToolChecks.All(),
        ];
    }

    private static string CacheFolder()
    {
        if (Environment.GetEnvironmentVariable("SELFSAME_CACHE") is { Length: > 0 } chosen)
            return chosen;
        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } shared
            ? shared
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(caches, "selfsame");
    }
}
