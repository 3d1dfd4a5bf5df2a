using System.CommandLine;
using System.Text.Json.Serialization;
using Selfsame.Data;
using Selfsame.Modalities.Text;
using Selfsame.Modalities.Text.Trainers;
using Selfsame.Recipes;
using Selfsame.Training;
using Selfsame.Training.Progress;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame tokenizer train SOURCE --out FILE</c>: learns a tokenizer from the texts of a data set.</summary>
internal static class TokenizerTrainVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var source = new Argument<string>("SOURCE") { Description = "A folder, manifest (.jsonl, .csv), shards or a data set of the catalogue, with texts." };
        var kinds = Names.OfEnum(typeof(TokenizerKind)).ToDictionary(entry => entry.Key, entry => (TokenizerKind)entry.Value);
        var kind = new Option<string>("--kind") { Description = $"What is trained: {string.Join(", ", kinds.Keys)}.", DefaultValueFactory = _ => kinds.Keys.First(), HelpName = "KIND" };
        kind.CompletionSources.Add([.. kinds.Keys]);
        var vocabulary = new Option<int>("--vocabulary") { Description = "Tokens at most, special ones included.", DefaultValueFactory = _ => TokenizerSettings.DefaultVocabulary, HelpName = "N" };
        var output = new Option<string?>("--out") { Description = "File to write, a tokenizer.json.", HelpName = "FILE" };
        var split = new Option<string>("--split") { Description = "Part of the data: all, train, validation or test.", DefaultValueFactory = _ => "train", HelpName = "PART" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file where it is there already." };
        var json = new Option<bool>("--json") { Description = "Print a JSON object that says what was written." };
        var verb = new Verb("train", "Learn a tokenizer from texts; the same texts give the same one.",
            new("tokenizer train articles/ --out tokenizer.json", "byte-level BPE with 8,000 tokens"),
            new("tokenizer train dictionary --kind unigram --vocabulary 4000 --out words.json", "a unigram language model, on a data set of the catalogue"))
        {
            source, kind, vocabulary, output, split, overwrite, json,
        };
        verb.SetAction(async (parse, cancel) =>
        {
            if (!kinds.TryGetValue(parse.GetValue(kind)!, out var chosen))
                throw new UsageException($"--kind is {parse.GetValue(kind)}; there are {string.Join(", ", kinds.Keys)}.");
            var file = parse.GetValue(output) ?? throw new UsageException("--out is missing: name the tokenizer.json to write.");
            var size = parse.GetValue(vocabulary) is >= 300 and <= 1 << 20 and var given ? given : throw new UsageException($"--vocabulary is {parse.GetValue(vocabulary)}; give 300 to 1048576.");
            if (File.Exists(file) && !parse.GetValue(overwrite))
                throw new UsageException($"{file} is there already; give --overwrite to replace it, or another name.");
            var result = await TrainAsync(parse, parse.GetValue(source)!, parse.GetValue(split)!, chosen, size, file, parse.GetValue(json), cancel);
            if (parse.GetValue(json))
                parse.WriteJson(result, TokenizerVerbJson.Default.TrainedTokenizer);
            else
                await parse.Output.WriteLineAsync($"{file}: {result.Kind}, {HumanText.Count(result.Tokens)} tokens, trained on {HumanText.Count(result.Texts)} texts");
            return ExitCodes.Done;
        });
        return verb;
    }

    private static async Task<TrainedTokenizer> TrainAsync(ParseResult parse, string source, string split, TokenizerKind kind, int vocabulary, string file, bool quiet, CancellationToken cancel)
    {
        var text = ModalitySet.Of(Modality.Text);
        var options = new DataOptions { Modalities = text, Progress = quiet ? null : new DataVerb.ProgressLines(parse.Error) };
        using var data = (await DataSource.OpenAsync(source, options, cancel)).Holding(text);
        int[] part = split switch
        {
            "all" => [.. Enumerable.Range(0, data.Count)],
            "train" => data.Split(DataSplit.Train),
            "validation" => data.Split(DataSplit.Validation),
            "test" => data.Split(DataSplit.Test),
            _ => throw new UsageException($"--split is {split}; there are all, train, validation and test."),
        };
        var texts = 0;
        var tokenizer = TokenizerTrainer.Train(kind, vocabulary, RunTokenizer.Texts(data, part).Select(sample =>
        {
            cancel.ThrowIfCancellationRequested();
            texts++;
            return sample;
        }));
        tokenizer.Save(file);
        return new(file, Names.OfEnumValue(kind), tokenizer.VocabularySize, texts);
    }
}

/// <summary>What <c>tokenizer train</c> wrote.</summary>
/// <param name="File">The file.</param>
/// <param name="Kind">What was trained.</param>
/// <param name="Tokens">Tokens it has.</param>
/// <param name="Texts">Texts it was trained on.</param>
internal sealed record TrainedTokenizer(string File, string Kind, int Tokens, int Texts);

[JsonSerializable(typeof(TrainedTokenizer))]
[JsonSerializable(typeof(IReadOnlyList<EncodedLine>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
internal sealed partial class TokenizerVerbJson : JsonSerializerContext;
