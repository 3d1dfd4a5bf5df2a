using System.CommandLine;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame tokenizer train|encode</c>: learns a tokenizer from texts, and shows what one does.</summary>
internal static class TokenizerVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var verb = new Verb("tokenizer", "Train a tokenizer on texts, or show how one cuts them.",
            new("tokenizer train articles/ --kind bpe --vocabulary 8000 --out tokenizer.json", "learn 8,000 tokens from a folder of texts"),
            new("tokenizer encode tokenizer.json \"Hello world\"", "tokens, their numbers and places"));
        verb.Subcommands.Add(TokenizerTrainVerb.Create());
        verb.Subcommands.Add(TokenizerEncodeVerb.Create());
        return verb;
    }
}
