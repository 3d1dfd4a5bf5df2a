using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Selfsame.Cli.Bench;
using Selfsame.Torch;
using Selfsame.Training;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame bench train</c> and <c>bench data</c>: how fast training is, beside the same model in PyTorch and beside what the machine can do.</summary>
internal static class BenchVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var verb = new Verb("bench", "Measure speed", new Example("bench train", "training steps of ours and of PyTorch, in turns"),
            new Example("bench data", "files to numbers, ours and Python's, in turns")) { Train(), BenchDataVerb.Create() };
        return verb;
    }

    private static Verb Train()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each side, in turns", DefaultValueFactory = _ => 5, HelpName = "N" };
        var steps = new Option<int>("--steps") { Description = "Steps in a round", DefaultValueFactory = _ => 3, HelpName = "N" };
        var only = new Option<string?>("--only") { Description = $"One of {Names}; all when left out", HelpName = "NAME" };
        var python = new Option<string>("--python") { Description = "Python that has torch", DefaultValueFactory = _ => TrainBenchmarkSettings.DefaultPython, HelpName = "PATH" };
        var noPeer = new Option<bool>("--no-peer") { Description = "Measure without PyTorch beside it" };
        var json = new Option<bool>("--json") { Description = "Print a JSON array of {name, ours, peer, ratio, share_of_limit}" };
        var output = new Option<string?>("--out") { Description = "Also keep figures, rounds, machine and versions in a JSON file", HelpName = "FILE" };
        var verb = new Verb("train", "Samples a second of training steps: ours, and the same model in PyTorch",
            new("bench train", "all models, five rounds of three steps"),
            new("bench train --only self-flow-small --json", "one of them, for a program"),
            new("bench train --out results/bench/train.json", "keep the figures"))
        {
            rounds, steps, only, python, noPeer, json, output,
        };
        verb.SetAction((parse, cancellation) =>
        {
            var settings = new TrainBenchmarkSettings
            {
                Rounds = AtLeastOne("--rounds", parse.GetValue(rounds)),
                Steps = AtLeastOne("--steps", parse.GetValue(steps)),
                Python = parse.GetValue(noPeer) ? null : parse.GetRequiredValue(python),
                OnPhase = parse.Error.WriteLine,
            };
            return RunAsync(parse, Select(parse.GetValue(only)), settings, parse.GetValue(json), parse.GetValue(output), cancellation);
        });
        return verb;
    }

    private static string Names => string.Join(", ", BenchCase.All.Select(item => item.Name));

    private static IReadOnlyList<BenchCase> Select(string? only)
    {
        if (only is null)
            return BenchCase.All;
        return BenchCase.All.FirstOrDefault(item => item.Name == only) is { } one ? [one] : throw new UsageException($"--only is '{only}'; there are: {Names}");
    }

    internal static int AtLeastOne(string option, int value) =>
        value >= 1 ? value : throw new UsageException(FormattableString.Invariant($"{option} is {value}; it is at least 1"));

    private static async Task<int> RunAsync(ParseResult parse, IReadOnlyList<BenchCase> cases, TrainBenchmarkSettings settings, bool json, string? file, CancellationToken cancellation)
    {
        var before = LoadAverage();
        var measured = new List<BenchMeasurement>();
        foreach (var item in cases)
            measured.Add(await TrainBenchmark.RunAsync(item, settings, cancellation).ConfigureAwait(false));
        IReadOnlyList<BenchResult> results = [.. measured.Select(m => m.Result)];
        var libraries = new Dictionary<string, string> { ["libtorch"] = TorchRuntime.Version };
        if (measured[0].PeerVersion is { } version)
            libraries["peer"] = version;
        var environment = RunEnvironment.Capture(libraries);
        if (file is not null)
        {
            double[]? load = before is { } first && LoadAverage() is { } last ? [first, last] : null;
            var kept = new BenchFile(results, measured, settings.Rounds, settings.Steps, load, RootVerb.Version, environment);
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
                Directory.CreateDirectory(folder);
            AtomicFile.Write(file, JsonSerializer.Serialize(kept, VerbJson.Default.BenchFile) + "\n");
        }

        if (json)
            parse.WriteJson(results, VerbJson.Default.IReadOnlyListBenchResult);
        else
            Write(parse.Console(), measured, environment);
        return ExitCodes.Done;
    }

    private static void Write(IAnsiConsole console, List<BenchMeasurement> measured, RunEnvironment environment)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("model", "ours, samples/s", "peer, samples/s", "ratio", "share of limit", "limit, GFLOP/s");
        for (var column = 1; column < table.Columns.Count; column++)
            table.Columns[column].RightAligned();
        foreach (var one in measured)
        {
            var result = one.Result;
            table.AddRow(
                result.Name, Figure(result.Ours, "0.0"), Figure(result.Peer, "0.0"), Figure(result.Ratio, "0.00"),
                Figure(result.ShareOfLimit * 100, "0") + " %", Figure(one.LimitFlopsPerSecond / 1e9, "0"));
        }

        console.Write(table);
        console.WriteLine($"{environment.Cpu}, {environment.Cores} cores ({string.Join(", ", environment.CpuFeatures)})");
        console.WriteLine(string.Join(", ", environment.Libraries.Select(pair => $"{pair.Key} {pair.Value}").Prepend($".NET {environment.Dotnet}")));
    }

    internal static string Figure(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    private static double? LoadAverage()
    {
        const string Source = "/proc/loadavg";
        return File.Exists(Source) ? double.Parse(File.ReadAllText(Source).Split(' ')[0], CultureInfo.InvariantCulture) : null;
    }
}
