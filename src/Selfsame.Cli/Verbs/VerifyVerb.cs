using System.CommandLine;
using System.Globalization;
using Selfsame.Parity;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame verify PATH… [--json]</c>: recomputes parity files with our own classes.</summary>
internal static class VerifyVerb
{
    private const int AllPassed = 0, SomeFailed = 1, BadUsage = 2, Cancelled = 130;

    public static Command Create()
    {
        // Not OneOrMore: the check below answers with this verb's own text and exit status.
        var paths = new Argument<string[]>("PATH") { Description = "Parity files, or folders to search for them.", Arity = ArgumentArity.ZeroOrMore };
        var json = new Option<bool>("--json") { Description = "Print the results as a JSON array." };
        var command = new Command("verify", "Recompute recorded results of official implementations and compare. Exit status: 0 all passed, 1 some failed, 2 bad usage.") { paths, json };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            parsed.GetValue(paths) ?? [], parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellation)));
        return command;
    }

    private static int Run(string[] paths, bool json, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        if (paths.Length == 0)
        {
            errors.WriteLine("verify: no path given; name one or more parity files or folders");
            return BadUsage;
        }
        try
        {
            var report = Verifier.Run(paths, cancellation);
            if (json)
                output.WriteLine(VerifyJson.Write(report));
            else
                WriteTable(report, output);
            if (report.Ignored.Count > 0)
                errors.WriteLine($"verify: {report.Ignored.Count} files that are not parity files were ignored: {string.Join(", ", report.Ignored)}");
            return report.Failed == 0 ? AllPassed : SomeFailed;
        }
        catch (VerifyUsageException error)
        {
            errors.WriteLine($"verify: {error.Message}");
            return BadUsage;
        }
        catch (OperationCanceledException)
        {
            errors.WriteLine("verify: cancelled");
            return Cancelled;
        }
    }

    private static void WriteTable(VerifyReport report, TextWriter output)
    {
        var target = new AnsiConsoleOutput(output);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = target, Ansi = target.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No });
        if (!target.IsTerminal)
            console.Profile.Width = short.MaxValue; // one case, one line, for grep
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        for (var column = 0; column < 3; column++)
            table.AddColumn(new TableColumn("") { NoWrap = true });
        foreach (var result in report)
        {
            table.AddRow(
                result.Passed ? new Text("pass", new Style(Color.Green)) : new Text("FAIL", new Style(Color.Red)),
                new Text(result.System is null ? result.File : $"{result.System}/{result.Case} {Path.GetFileName(result.File)}"),
                new Text(result.Passed ? Describe(result.Worst) : result.Reason ?? ""));
        }
        console.Write(table);
        console.WriteLine($"{report.Passed} passed, {report.Failed} failed");
    }

    private static string Describe(WorstElement? worst) => worst is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture,
            $"worst {worst.Tensor}[{string.Join(", ", worst.Index)}]: expected {worst.Expected:R}, computed {worst.Actual:R}, {worst.ToleranceUsed:0.###} of tolerance");
}
