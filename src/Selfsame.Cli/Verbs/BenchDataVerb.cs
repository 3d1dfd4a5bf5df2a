using System.CommandLine;
using System.Text.Json;
using Selfsame.Cli.Bench;
using Selfsame.Torch;
using Selfsame.Training;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame bench data</c>: how fast files become numbers on one core, beside Python's usual libraries.</summary>
internal static class BenchDataVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each side, in turns", DefaultValueFactory = _ => 7, HelpName = "N" };
        var passes = new Option<int>("--passes") { Description = "Passes over the samples in a round", DefaultValueFactory = _ => 2, HelpName = "N" };
        var only = new Option<string?>("--only") { Description = $"One of {Names}; all when left out", HelpName = "NAME" };
        var python = new Option<string>("--python") { Description = "Python that has torchvision, torchaudio and PyAV", DefaultValueFactory = _ => TrainBenchmarkSettings.DefaultPython, HelpName = "PATH" };
        var noPeer = new Option<bool>("--no-peer") { Description = "Measure without Python beside it" };
        var json = new Option<bool>("--json") { Description = "Print a JSON array of {name, ours, peer, ratio, smallest_ratio, largest_ratio}" };
        var output = new Option<string?>("--out") { Description = "Also keep figures, rounds, machine and versions in a JSON file", HelpName = "FILE" };
        var verb = new Verb("data", "Samples a second and core from file to numbers: ours, and Python's libraries",
            new("bench data", "pictures, sound and films, seven rounds each"),
            new("bench data --only pictures --json", "one of them, for a program"),
            new("bench data --out results/bench/data.json", "keep the figures"))
        {
            rounds, passes, only, python, noPeer, json, output,
        };
        verb.SetAction((parse, cancellation) =>
        {
            var settings = new TrainBenchmarkSettings
            {
                Rounds = BenchVerb.AtLeastOne("--rounds", parse.GetValue(rounds)),
                Steps = BenchVerb.AtLeastOne("--passes", parse.GetValue(passes)),
                Python = parse.GetValue(noPeer) ? null : parse.GetRequiredValue(python),
                OnPhase = parse.Error.WriteLine,
                Time = ProcessorTime.Own,
            };
            return RunAsync(parse, Select(parse.GetValue(only)), settings, parse.GetValue(json), parse.GetValue(output), cancellation);
        });
        return verb;
    }

    private static string Names => string.Join(", ", DataCase.All.Select(item => item.Name));

    private static IReadOnlyList<DataCase> Select(string? only)
    {
        if (only is null)
            return DataCase.All;
        return DataCase.All.FirstOrDefault(item => item.Name == only) is { } one ? [one] : throw new UsageException($"--only is '{only}'; there are: {Names}");
    }

    private static async Task<int> RunAsync(ParseResult parse, IReadOnlyList<DataCase> cases, TrainBenchmarkSettings settings, bool json, string? file, CancellationToken cancellation)
    {
        var measured = new List<DataBenchMeasurement>();
        foreach (var item in cases)
            measured.Add(await DataBenchmark.RunAsync(item, settings, cancellation).ConfigureAwait(false));
        IReadOnlyList<DataBenchResult> results = [.. measured.Select(m => m.Result)];
        var libraries = new Dictionary<string, string> { ["libtorch"] = TorchRuntime.Version };
        foreach (var one in measured)
            if (one.PeerVersion is { } version)
                libraries[$"peer of {one.Result.Name}"] = version;
        var environment = RunEnvironment.Capture(libraries);
        if (file is not null)
        {
            var kept = new DataBenchFile(results, measured, settings.Rounds, settings.Steps, RootVerb.Version, environment);
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
                Directory.CreateDirectory(folder);
            AtomicFile.Write(file, JsonSerializer.Serialize(kept, VerbJson.Default.DataBenchFile) + "\n");
        }

        if (json)
            parse.WriteJson(results, VerbJson.Default.IReadOnlyListDataBenchResult);
        else
            Write(parse.Console(), results, environment);
        return ExitCodes.Done;
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<DataBenchResult> results, RunEnvironment environment)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("data", "ours, samples/s", "peer, samples/s", "ratio", "smallest", "largest");
        for (var column = 1; column < table.Columns.Count; column++)
            table.Columns[column].RightAligned();
        foreach (var one in results)
            table.AddRow(one.Name, BenchVerb.Figure(one.Ours, "0.0"), BenchVerb.Figure(one.Peer, "0.0"), BenchVerb.Figure(one.Ratio, "0.00"), BenchVerb.Figure(one.SmallestRatio, "0.00"), BenchVerb.Figure(one.LargestRatio, "0.00"));
        console.Write(table);
        console.WriteLine($"one thread each; {environment.Cpu}");
    }
}
