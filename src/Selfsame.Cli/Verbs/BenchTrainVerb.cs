using System.CommandLine;
using Selfsame.Cli.Bench;
using Selfsame.Recipes;
using Selfsame.Training;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame bench train</c>: how fast training is, beside the same model in PyTorch and beside what the machine can do.</summary>
internal static class BenchTrainVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var verb = new Verb("train", "Samples a second of training steps: ours, and the same model in PyTorch",
            new("bench train", "all models, five rounds of three steps"),
            new("bench train --only self-flow-small --json", "one of them, for a program"),
            new("bench train --out results/bench/train.json", "keep the figures"),
            new("bench train --device cuda --compiled", "on a GPU, against a peer that compiles its model"));
        var steps = new Option<int>("--steps") { Description = "Steps in a round", DefaultValueFactory = _ => 3, HelpName = "N" };
        var only = BenchOptions.Only(TrainCase.All.Select(item => item.Name));
        var device = new Option<string>("--device") { Description = "cpu or cuda, for both sides", DefaultValueFactory = _ => "cpu", HelpName = "DEVICE" };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        var compiled = new Option<bool>("--compiled") { Description = "Let the peer compile its model (torch.compile, PyTorch 2)" };
        verb.Add(steps);
        verb.Add(device);
        verb.Add(compiled);
        verb.Add(only);
        var options = new BenchOptions(verb, rounds: 5, "name, precision, ours, peer, ratio, share_of_limit, share_of_float32, share_of_bfloat16, memory, peer_memory, memory_ratio", peer: "torch and torchvision");
        verb.SetAction(async (parse, cancellation) =>
        {
            var cases = BenchOptions.Select(parse.GetValue(only), TrainCase.All, item => item.Name);
            var settings = options.Settings(parse) with
            {
                Steps = BenchOptions.AtLeastOne("--steps", parse.GetValue(steps)),
                Device = RunDevice.Of(parse.GetValue(device) == "cuda" ? DeviceChoice.Cuda : DeviceChoice.Cpu),
                Compiled = parse.GetValue(compiled),
            };
            var before = BenchMachine.Load();
            var measured = new List<BenchMeasurement>();
            try
            {
                foreach (var item in cases)
                    measured.Add(await TrainBenchmark.RunAsync(item, settings, cancellation).ConfigureAwait(false));
            }
            catch (OperationCanceledException) when (measured.Count > 0)
            {
                Finish(); // some minutes each: what was measured is not thrown away
                throw;
            }

            return Finish();

            int Finish()
            {
                IReadOnlyList<BenchResult> results = [.. measured.Select(m => m.Result)];
                var machine = BenchMachine.Capture(before, [("peer", measured[0].PeerVersion)]);
                var file = new BenchFile(results, measured, settings.Rounds, settings.Steps, machine);
                return options.Finish(parse, file, VerbJson.Default.BenchFile, results, VerbJson.Default.IReadOnlyListBenchResult, console => Write(console, measured, machine));
            }
        });
        return verb;
    }

    private static void Write(IAnsiConsole console, List<BenchMeasurement> measured, BenchMachine machine)
    {
        var table = BenchOptions.Figures("model", "precision", "ours, samples/s", "peer, samples/s", "ratio", "share of limit", "fp32, GFLOP/s", "bf16", "memory, MB", "peer's", "ratio");
        foreach (var one in measured)
        {
            var result = one.Result;
            table.AddRow(
                result.Name, result.Precision, BenchOptions.Figure(result.Ours, "0.0"), BenchOptions.Figure(result.Peer, "0.0"), BenchOptions.Figure(result.Ratio, "0.00"),
                BenchOptions.Figure(result.ShareOfLimit * 100, "0") + " %", BenchOptions.Figure(one.Limits.Float32FlopsPerSecond / 1e9, "0"), BenchOptions.Figure(one.Limits.BFloat16FlopsPerSecond / 1e9, "0"),
                BenchOptions.Figure(result.Memory / 1e6, "0"), BenchOptions.Figure(result.PeerMemory / 1e6, "0"), BenchOptions.Figure(result.MemoryRatio, "0.00"));
        }

        console.Write(table);
        console.WriteLine(FormattableString.Invariant($"memory copied: {measured.Max(one => one.Limits.CopyBytesPerSecond) / 1e9:0.0} GB read and written a second"));
        BenchOptions.WriteMachine(console, machine);
    }
}
