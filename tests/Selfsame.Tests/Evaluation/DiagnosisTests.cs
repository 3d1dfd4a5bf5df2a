using Selfsame.Evaluation;
using Selfsame.Models;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Tests.Parity;
using Selfsame.Tests.Training;
using Selfsame.Torch;
using Selfsame.Training;
using Xunit.Abstractions;

namespace Selfsame.Tests.Evaluation;

/// <summary>Runs that go wrong on purpose, and what the program says of them.</summary>
public sealed class DiagnosisTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(TinyRun.SelfFlow, "")]
    [InlineData(TinyRun.Mae, "")]
    [InlineData(TinyRun.SelfFlow, "0.1")]
    [InlineData(TinyRun.Mae, "0.1")]
    public async Task Experiment(string yaml, string rate)
    {
        using var folder = new TemporaryFolder();
        foreach (var (part, count) in new[] { ("train", 60), ("val", 20), ("test", 40) })
            TinyRun.Pictures(folder[$"pictures/{part}"], count);
        string[] sets = ["evaluate={ knn: { k: 3 } }", "data.split=train", "duration.steps=150", "checkpoint.every.steps=100", "data.views=[{ size: 16, crop: { scale: [0.5, 1.0] } }]"];
        var recipe = TinyRun.Load(yaml, folder["pictures"], rate.Length > 0 ? [.. sets, "optimizer.rate=" + rate] : sets);
        var watcher = new Watcher();
        try
        {
            var result = await TinyRun.RunAsync(recipe, folder["run"], watcher);
            output.WriteLine($"{result.Diagnosis}\n{string.Join('\n', result.Evaluation.Select(e => $"{e.Key} {e.Value} random {result.Baselines["random_init"].GetValueOrDefault(e.Key)} {result.Protocols!.GetValueOrDefault(e.Key)}"))}");
        }
        catch (TrainingStoppedException stopped)
        {
            output.WriteLine(stopped.Message);
        }

        output.WriteLine(string.Join('\n', watcher.Warnings));
        output.WriteLine(string.Join(' ', watcher.Events.OfType<Selfsame.Training.Progress.TrainingEvent.StepDone>().Select(s => $"{s.Loss:g4}")));
    }
}
