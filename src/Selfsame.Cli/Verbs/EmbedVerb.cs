using System.CommandLine;
using System.Globalization;
using Selfsame.Cli.Display;
using Selfsame.Data;
using Selfsame.Export.Embeddings;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame embed RUN --data SOURCE --out FILE</c>: vectors of samples, in a file.</summary>
internal static class EmbedVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var output = new Option<string?>("--out") { Description = "File to write; its ending picks the format: npy, npz, csv, jsonl, safetensors.", HelpName = "FILE" };
        var layer = new Option<string?>("--layer") { Description = "Block to take, from 1; several, put side by side, with commas. Without it, the recipe's or the last.", HelpName = "N[,N]" };
        var pooling = new Option<string?>("--pooling") { Description = "How tokens become a vector: auto, class_token, mean, max, quarters, sixteenths.", HelpName = "KIND" };
        var tokens = new Option<bool>("--per-token") { Description = "Keep every token of a sample, prefix tokens first." };
        var batch = new Option<int>("--batch") { Description = "Samples at a time, for each of the threads that compute.", DefaultValueFactory = _ => 64, HelpName = "N" };
        var teacher = new Option<bool>("--teacher") { Description = "Take the teacher's average of the weights; so by default where there is one." };
        var student = new Option<bool>("--student") { Description = "Take the trained weights themselves." };
        var type = new Option<string>("--dtype") { Description = "float32 or float16.", DefaultValueFactory = _ => "float32", HelpName = "TYPE" };
        var split = new Option<string>("--split") { Description = "Part of the data: all, train, validation or test.", DefaultValueFactory = _ => "all", HelpName = "PART" };
        var workers = new Option<int>("--workers") { Description = "Threads that decode; 0 for one a core.", HelpName = "N" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file where it is there already." };
        var json = new Option<bool>("--json") { Description = "Print a JSON object that says what was written." };
        var verb = new Verb("embed", "Turn samples into vectors in a file; an interrupted start goes on where it was",
            new("embed runs/mae --data photos/ --out photos.npz", "vectors and file names, for numpy.load"),
            new("embed --from vit_base.safetensors --data emoji --out emoji.jsonl --layer 9,12", "public weights, two blocks side by side"),
            new("embed runs/mae --data photos/ --out tokens.safetensors --per-token --dtype float16", "every token, half the bytes"))
        {
            output, layer, pooling, tokens, batch, teacher, student, type, split, workers, overwrite, json,
        };
        var encoder = new EncoderOptions(verb);
        verb.SetAction((parse, cancellation) =>
        {
            if (parse.GetValue(teacher) && parse.GetValue(student))
                throw new UsageException("give --teacher or --student, not both.");
            var request = new EmbeddingRequest
            {
                Output = parse.GetValue(output) ?? throw new UsageException("--out is missing: name a file that ends in .npy, .npz, .csv, .jsonl or .safetensors."),
                Layers = Layers(parse.GetValue(layer)),
                Pooling = parse.GetValue(pooling) is { } kind ? ParsePooling(kind) : null,
                PerToken = parse.GetValue(tokens),
                Batch = parse.GetValue(batch) is > 0 and var size ? size : throw new UsageException($"--batch is {parse.GetValue(batch)}; give at least 1."),
                Averaged = !parse.GetValue(student),
                DType = ParseType(parse.GetValue(type)!),
                Workers = parse.GetValue(workers) is >= 0 and var threads ? threads : throw new UsageException($"--workers is {parse.GetValue(workers)}; give at least 0."),
                Overwrite = parse.GetValue(overwrite),
            };
            if (request.PerToken && request.Pooling is not null)
                throw new UsageException("give --per-token or --pooling, not both: tokens that are kept are not pooled.");
            return Run(parse, encoder, request, parse.GetValue(split)!, parse.GetValue(teacher), parse.GetValue(json), cancellation);
        });
        return verb;
    }

    /// <summary>Reads a kind of pooling.</summary>
    internal static Pooling ParsePooling(string text) => text switch
    {
        "auto" => Pooling.Auto,
        "class_token" => Pooling.ClassToken,
        "mean" => Pooling.Mean,
        "max" => Pooling.Max,
        "quarters" => Pooling.Quarters,
        "sixteenths" => Pooling.Sixteenths,
        _ => throw new UsageException($"--pooling is '{text}'; there are: auto, class_token, mean, max, quarters, sixteenths."),
    };

    /// <summary>Reads numbers of blocks.</summary>
    internal static int[] Layers(string? text) => text is null ? [] : Array.ConvertAll(text.Split(','), part =>
        int.TryParse(part.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new UsageException($"--layer is '{text}'; give numbers from 1, with commas between them."));

    private static DType ParseType(string text) => text switch
    {
        "float32" or "fp32" => DType.Float32,
        "float16" or "fp16" => DType.Float16,
        _ => throw new UsageException($"--dtype is '{text}'; there are: float32, float16."),
    };

    private static int[] Samples(DataSet data, string split) => split switch
    {
        "all" => [.. Enumerable.Range(0, data.Count)],
        _ when SplitRule.TryParse(split, out var part) => data.Split(part),
        _ => throw new UsageException($"--split is '{split}'; there are: all, train, validation, test."),
    };

    private static async Task<int> Run(ParseResult parse, EncoderOptions options, EmbeddingRequest request, string split, bool teacher, bool json, CancellationToken cancellation)
    {
        var (encoder, data) = await options.OpenAsync(parse, cancellation);
        using var ownEncoder = encoder;
        using var ownData = data;
        if (teacher && !encoder.HasTeacher)
            throw new UsageException($"--teacher: {encoder.Name} has no average of its weights.");
        var lines = new CountLines(parse.Error, TimeProvider.System);
        var result = EmbeddingJob.Run(encoder, data, Samples(data, split), request, done => lines.Show(done.Done, done.Total, done.Skipped), cancellation);
        if (json)
        {
            parse.WriteJson(result, VerbJson.Default.EmbeddingResult);
            return ExitCodes.Done;
        }

        parse.Output.WriteLine(FormattableString.Invariant($"{result.Output}: {result.Rows} x {string.Join(" x ", result.Shape)}"));
        if (result.Names is not null)
            parse.Output.WriteLine($"{result.Names}: names of the rows");
        if (result.Skipped > 0)
            parse.Output.WriteLine(FormattableString.Invariant($"{result.Quarantine}: {result.Skipped} samples that could not be used"));
        return ExitCodes.Done;
    }
}
