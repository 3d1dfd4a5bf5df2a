using System.CommandLine;
using Selfsame.Data;
using Selfsame.Generation;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Cli.Verbs;

/// <summary>Makes samples of any modality, from noise or given others, as a folder of files.</summary>
internal static class GenerateModalities
{
    private const int Batch = 16;

    /// <summary>Makes the files.</summary>
    internal static async Task<int> Run(ParseResult parse, string path, string output, int count, SamplerSettings settings, Wanted wanted, ulong seed, CancellationToken cancellation)
    {
        Override[] changes = wanted.From is { } source
            ? [Override.Set($"data.source={Folder(source)}"), Override.Set("data.need=any"), Override.Set("data.split=all")]
            : [];
        using var run = await TrainedRun.OpenAsync(path, changes, new DataOptions(), cancellation);
        if (run.Objective is not IGenerator generator)
            throw new UsageException($"{run.Recipe.System} is not a generative method; self-flow is.");
        var modalities = wanted.Modalities ?? [generator.Generates[0]];
        if (Array.Find(modalities, name => !generator.Generates.Contains(name)) is { } unknown)
            throw new UsageException($"--modality is '{unknown}'; this model makes {string.Join(", ", generator.Generates)}.");
        settings = settings with { Shift = wanted.Shift ?? generator.SamplingShift(modalities[0]) };
        if (!wanted.IsGiven)
        {
            if (settings.Guidance is not null)
                throw new UsageException("--guidance needs something to be guided by: --from-test, --from or --label.");
            for (var done = 0; done < count; done += Batch)
                Make(new(Math.Min(Batch, count - done), modalities), done);
        }
        else
        {
            if (generator is not IJointModel { TakesConditions: true })
                throw new UsageException("This model was trained without conditions; leave out --from-test and --from.");
            string[] others = [.. generator.Generates.Except(modalities)];
            if (others.Length == 0)
                throw new UsageException("There is nothing to be given: --modality names all that the model reads.");
            string[] needed = wanted.From is null ? others : [];
            run.WithTestSamples(needed, wanted.FromTest ?? count, given =>
            {
                var number = (int)given.Count;
                for (var done = 0; done < number; done += Batch)
                    Make(new(Math.Min(Batch, number - done), modalities) { Given = given.Rows(done, Math.Min(Batch, number - done)) }, done);
                return run.Exhibit().Write(given, Path.Combine(output, "given"));
            }, cancellation);
        }

        parse.Output.WriteLine(output);
        return ExitCodes.Done;

        void Make(GenerationRequest request, int done)
        {
            using var scope = Scope.Enter();
            using var precision = run.Precision.Enter();
            var made = generator.MakeOnHost(request, settings, new SeededStep(seed, done), averaged: true, cancellation);
            run.Exhibit().Write(made, output, done);
            parse.Error.WriteLine($"{done + request.Count} samples");
        }
    }

    // A data source is a folder; one file alone becomes one.
    private static string Folder(string source)
    {
        if (!File.Exists(source) || Path.GetExtension(source) is ".jsonl" or ".csv" or ".tar")
            return source;
        var folder = Directory.CreateTempSubdirectory("selfsame-").FullName;
        File.Copy(source, Path.Combine(folder, Path.GetFileName(source)));
        return folder;
    }

    /// <summary>What is asked for.</summary>
    /// <param name="Modalities">What to make; null for the model's first.</param>
    /// <param name="FromTest">Test samples to be given; null for none.</param>
    /// <param name="From">Source of what is given; null for none.</param>
    /// <param name="Shift">Time shift; null for the modality's own.</param>
    internal sealed record Wanted(string[]? Modalities, int? FromTest, string? From, double? Shift)
    {
        /// <summary>Something is given.</summary>
        internal bool IsGiven => FromTest is not null || From is not null;
    }
}
