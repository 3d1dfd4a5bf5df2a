using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Selfsame.Cli.Bench;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary>The options that all of <c>bench</c>'s verbs share: rounds, the peer's Python, and where figures go.</summary>
internal sealed class BenchOptions
{
    private readonly Option<int>? _rounds;
    private readonly Option<string>? _python;
    private readonly Option<bool>? _noPeer;
    private readonly Option<bool> _json;
    private readonly Option<string?> _output = new("--out") { Description = "Also keep figures, rounds, machine and versions in a JSON file", HelpName = "FILE" };

    /// <summary>Adds them to a verb.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="rounds">Rounds by default; null for a verb that has none.</param>
    /// <param name="members">Members of what <c>--json</c> prints, for the help.</param>
    /// <param name="peer">Packages that the peer needs, for the help; null for a verb without a peer.</param>
    public BenchOptions(Verb verb, int? rounds, string members, string? peer = null)
    {
        if (rounds is { } count)
        {
            _rounds = new("--rounds") { Description = peer is null ? "Rounds" : "Rounds of each side, in turns", DefaultValueFactory = _ => count, HelpName = "N" };
            verb.Add(_rounds);
        }

        _json = new("--json") { Description = $"Print a JSON array of {{{members}}}" };
        if (peer is not null)
        {
            _python = new("--python") { Description = $"Python that has {peer}", DefaultValueFactory = _ => BenchSettings.DefaultPython, HelpName = "PATH" };
            _noPeer = new("--no-peer") { Description = "Measure without Python beside it" };
            verb.Add(_python);
            verb.Add(_noPeer);
        }

        verb.Add(_json);
        verb.Add(_output);
    }

    /// <summary>Reads how to measure.</summary>
    /// <param name="parse">The command line.</param>
    /// <exception cref="UsageException">A number is out of its range.</exception>
    public BenchSettings Settings(ParseResult parse) => new()
    {
        Rounds = _rounds is null ? 1 : AtLeastOne("--rounds", parse.GetValue(_rounds)),
        Python = _python is null || parse.GetValue(_noPeer!) ? null : parse.GetRequiredValue(_python),
        OnPhase = parse.Error.WriteLine,
    };

    /// <summary>Keeps figures where <c>--out</c> says, and prints them as a table or as <c>--json</c>.</summary>
    /// <typeparam name="TFile">What is kept.</typeparam>
    /// <typeparam name="TResults">What is printed.</typeparam>
    /// <param name="parse">The command line.</param>
    /// <param name="file">What is kept.</param>
    /// <param name="fileType">How it is written.</param>
    /// <param name="results">What is printed.</param>
    /// <param name="resultsType">How it is written.</param>
    /// <param name="table">Prints it for people.</param>
    public int Finish<TFile, TResults>(ParseResult parse, TFile file, JsonTypeInfo<TFile> fileType, TResults results, JsonTypeInfo<TResults> resultsType, Action<IAnsiConsole> table)
    {
        if (parse.GetValue(_output) is { } path)
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
                Directory.CreateDirectory(folder);
            AtomicFile.Write(path, JsonSerializer.Serialize(file, fileType) + "\n");
        }

        if (parse.GetValue(_json))
            parse.WriteJson(results, resultsType);
        else
            table(parse.Console());
        return ExitCodes.Done;
    }

    /// <summary>An option <c>--only</c> that takes one of some names.</summary>
    /// <param name="names">The names.</param>
    public static Option<string?> Only(IEnumerable<string> names) => new("--only") { Description = $"One of {string.Join(", ", names)}; all when left out", HelpName = "NAME" };

    /// <summary>Those that <see cref="Only"/> asks for.</summary>
    /// <typeparam name="T">What is chosen from.</typeparam>
    /// <param name="only">Its value; null takes all.</param>
    /// <param name="all">All there are.</param>
    /// <param name="name">Name of one.</param>
    /// <exception cref="UsageException">None has that name.</exception>
    public static IReadOnlyList<T> Select<T>(string? only, IReadOnlyList<T> all, Func<T, string> name)
    {
        if (only is null)
            return all;
        foreach (var one in all)
        {
            if (name(one) == only)
                return [one];
        }

        throw new UsageException($"--only is '{only}'; there are: {string.Join(", ", all.Select(name))}");
    }

    /// <summary>Checks a count.</summary>
    /// <exception cref="UsageException">It is below 1.</exception>
    public static int AtLeastOne(string option, int value) =>
        value >= 1 ? value : throw new UsageException(FormattableString.Invariant($"{option} is {value}; it is at least 1"));

    /// <summary>A number for a table; a dash for none.</summary>
    public static string Figure(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    /// <summary>A table with a column of names, then figures.</summary>
    /// <param name="columns">Headings.</param>
    public static Table Figures(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns(columns);
        for (var column = 1; column < table.Columns.Count; column++)
            table.Columns[column].RightAligned();
        return table;
    }

    /// <summary>Two lines below a table: the machine, and the versions.</summary>
    public static void WriteMachine(IAnsiConsole console, BenchMachine machine)
    {
        var environment = machine.Environment;
        console.WriteLine($"{environment.Cpu}, {environment.Cores} cores ({string.Join(", ", environment.CpuFeatures)})");
        console.WriteLine(string.Join(", ", environment.Libraries.Select(pair => $"{pair.Key} {pair.Value}").Prepend($".NET {environment.Dotnet}")));
    }
}
