using System.CommandLine;
using System.Globalization;
using Selfsame.Data;
using Selfsame.Evaluation;
using Selfsame.Generation;

using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame generate RUN</c>: makes new samples with a trained generative model.</summary>
internal static class GenerateVerb
{
    private const int Batch = 64;

    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "Run folder of a generative method." };
        var output = new Option<string>("--out") { Description = "PNG file for a grid, or a folder (ending in /) for one file each.", DefaultValueFactory = _ => "samples.png", HelpName = "PATH" };
        var count = new Option<int>("--count") { Description = "Samples to make.", DefaultValueFactory = _ => 64, HelpName = "N" };
        var steps = new Option<int>("--steps") { Description = "Steps from noise to data.", DefaultValueFactory = _ => 50, HelpName = "N" };
        var sampler = new Option<Sampler>("--sampler") { Description = "euler, heun or euler_maruyama (with fresh noise).", CustomParser = result => ParseSampler(result.Tokens[0].Value) };
        var shift = new Option<double?>("--shift") { Description = "Time shift of the grid; above 1 spends more steps near noise. Default: the modality's own.", HelpName = "A" };
        var guidance = new Option<double>("--guidance") { Description = "Classifier-free guidance; 1 is none.", DefaultValueFactory = _ => 1, HelpName = "W" };
        var label = new Option<string?>("--label") { Description = "Class to ask for, of a model that is conditioned on classes.", HelpName = "NAME" };
        var modality = new Option<string?>("--modality") { Description = "What to make: image, video, audio or text, or several with commas. Default: the model's first.", HelpName = "NAME" };
        var fromTest = new Option<int?>("--from-test") { Description = "Given the other modalities of so many test samples, which are written beside.", HelpName = "N" };
        var from = new Option<string?>("--from") { Description = "Given what a data source, or a folder of files, has of the other modalities.", HelpName = "SOURCE" };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the noise.", HelpName = "N" };
        var verb = new Verb("generate", "Make new samples with a trained generative model",
            new("generate runs/quickstart", "64 samples as one picture"),
            new("generate runs/quickstart --count 1000 --out fakes/ --sampler heun --steps 25", "a folder of pictures"),
            new("generate runs/joint-stamps --modality audio --from-test 8 --out said/", "sounds for the pictures and texts of test samples"))
        {
            run, output, count, steps, sampler, shift, guidance, label, modality, fromTest, from, seed,
        };
        verb.SetAction((parse, cancellation) =>
        {
            var settings = new SamplerSettings
            {
                Kind = parse.GetValue(sampler) == Sampler.EulerMaruyama ? SamplerKind.Sde : SamplerKind.Ode,
                Method = parse.GetValue(sampler) == Sampler.Heun ? StepMethod.Heun : StepMethod.Euler,
                Steps = Positive(steps.Name, parse.GetValue(steps)),
                Shift = parse.GetValue(shift) ?? 1,
                Guidance = parse.GetValue(guidance) == 1 ? null : new Guidance(parse.GetValue(guidance)),
            };
            if (parse.GetValue(modality) is not null || parse.GetValue(fromTest) is not null || parse.GetValue(from) is not null)
            {
                var wanted = new GenerateModalities.Wanted(parse.GetValue(modality)?.Split(','), parse.GetValue(fromTest), parse.GetValue(from), parse.GetValue(shift));
                return GenerateModalities.Run(parse, parse.GetValue(run)!, parse.GetValue(output)!, Positive(count.Name, parse.GetValue(count)), settings, wanted, parse.GetValue(seed), cancellation);
            }

            return Run(parse, parse.GetValue(run)!, parse.GetValue(output)!, Positive(count.Name, parse.GetValue(count)), settings, parse.GetValue(label), parse.GetValue(seed), cancellation);
        });
        return verb;
    }

    private static int Positive(string name, int value) => value > 0 ? value : throw new UsageException($"{name} is {value}; give at least 1.");

    private static Sampler ParseSampler(string text) => text switch
    {
        "euler" => Sampler.Euler,
        "heun" => Sampler.Heun,
        "euler_maruyama" => Sampler.EulerMaruyama,
        _ => throw new UsageException($"--sampler is '{text}'; there are: euler, heun, euler_maruyama."),
    };

    private static async Task<int> Run(ParseResult parse, string path, string output, int count, SamplerSettings settings, string? label, ulong seed, CancellationToken cancellation)
    {
        using var run = await TrainedRun.OpenAsync(path, [], new DataOptions(), cancellation);
        if (run.Objective is not IGenerator generator)
            throw new UsageException($"{run.Recipe.System} is not a generative method; self-flow is.");
        if (!generator.Generates.Contains(Modality.Image))
            throw new UsageException($"This model makes {string.Join(", ", generator.Generates)}; say which with --modality.");
        var wanted = Label(run, generator, label);
        if (wanted is null && settings.Guidance is not null)
            throw new UsageException("--guidance needs --label.");
        var evaluator = run.Evaluator();
        var parts = new List<Tensor>();
        try
        {
            for (var done = 0; done < count; done += Batch)
            {
                using var scope = Scope.Enter();
                using var precision = run.Precision.Enter();
                var size = Math.Min(Batch, count - done);
                var labels = wanted is { } number ? Ops.Full([size], number, DType.Int64) : null;
                var samples = generator.MakeOnHost(size, labels, settings, new SeededStep(seed, done), averaged: true, cancellation);
                parts.Add(Scope.Release(evaluator.ToPixels(samples)));
                parse.Error.WriteLine($"{done + size} of {count} samples");
            }

            Write(output, parts);
        }
        finally
        {
            parts.ForEach(part => part.Dispose());
        }

        parse.Output.WriteLine(output);
        return ExitCodes.Done;
    }

    private static long? Label(TrainedRun run, IGenerator generator, string? label)
    {
        if (generator.Classes == 0)
            return label is null ? null : throw new UsageException("--label: this model was trained without classes.");
        if (label is null)
            return null;
        var names = run.Data.Labels!.Names;
        var index = names.ToList().FindIndex(name => name.Equals(label, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index : throw new UsageException($"--label is '{label}'; there are: {string.Join(", ", names)}.");
    }

    private static void Write(string output, List<Tensor> parts)
    {
        using var scope = Scope.Enter();
        var all = Ops.Cat([.. parts], 0);
        if (!output.EndsWith('/') && !Directory.Exists(output))
        {
            AtomicFile.Write(output, SampleGrid.Png(all));
            return;
        }

        Directory.CreateDirectory(output);
        for (var k = 0; k < all.Size(0); k++)
            AtomicFile.Write(Path.Combine(output, k.ToString("D6", CultureInfo.InvariantCulture) + ".png"), SampleGrid.Png(all.Narrow(0, k, 1)));
    }
}
