using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Selfsame.Data;
using Selfsame.Modalities.Text;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame tokenizer encode FILE TEXT</c>: how a tokenizer cuts a text.</summary>
internal static class TokenizerEncodeVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var tokenizer = new Argument<string>("TOKENIZER") { Description = "A tokenizer.json." };
        var text = new Argument<string?>("TEXT") { Description = "The text.", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("--file") { Description = "Take every line of this file, in UTF-8, as a text.", HelpName = "FILE" };
        var plain = new Option<bool>("--no-special") { Description = "Put no special tokens around the text." };
        var json = new Option<bool>("--json") { Description = "Print JSON for a program to read." };
        var verb = new Verb("encode", "Show the tokens of a text: number, token, and the code points it covers.",
            new("tokenizer encode tokenizer.json \"Hello world\"", "a line for each token"),
            new("tokenizer encode tokenizer.json --file articles.txt --json", "every line of a file, for a program"))
        {
            tokenizer, text, file, plain, json,
        };
        verb.SetAction(parse =>
        {
            if (parse.GetValue(text) is null == parse.GetValue(file) is null)
                throw new UsageException("give a text, or --file with a file of texts.");
            var opened = TextTokenizer.Open(parse.GetValue(tokenizer)!);
            var texts = parse.GetValue(text) is { } one ? [one] : Lines(parse.GetValue(file)!);
            var encoded = texts.Select(line => opened.Encode(line, null, !parse.GetValue(plain))).ToArray();
            if (parse.GetValue(json))
                parse.WriteJson<IReadOnlyList<EncodedLine>>([.. encoded.Select(EncodedLine.Of)], TokenizerVerbJson.Default.IReadOnlyListEncodedLine);
            else
                Write(parse.Output, encoded);
            return ExitCodes.Done;
        });
        return verb;
    }

    /// <summary>The lines of a file.</summary>
    /// <exception cref="DataSourceException">It cannot be read, or a line is no UTF-8.</exception>
    private static List<string> Lines(string file)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new DataSourceException($"{file} can't be read: {problem.Message}", problem);
        }

        var lines = new List<string>();
        for (var rest = bytes.AsSpan(); rest.Length > 0;)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = (end < 0 ? rest : rest[..end]).TrimEnd((byte)'\r');
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (!Utf8.IsValid(line))
                throw new DataSourceException(string.Create(CultureInfo.InvariantCulture, $"{file}({lines.Count + 1}): the line is not UTF-8; convert the file, for instance with iconv -t utf-8"));
            lines.Add(Encoding.UTF8.GetString(line));
        }

        return lines;
    }

    private static void Write(TextWriter output, EncodedText[] texts)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            if (i > 0)
                output.WriteLine();
            foreach (var token in texts[i].Tokens)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{token.Id,7}  {token.Start,5} - {token.End,-5}  {token.Text}"));
        }
    }
}

/// <summary>Tokens of a text, for a program.</summary>
/// <param name="Ids">Numbers.</param>
/// <param name="Tokens">Texts.</param>
/// <param name="Offsets">First code point that each covers, and the one behind its last.</param>
/// <param name="TypeIds">Types.</param>
/// <param name="AttentionMask">1 for each token, 0 for padding.</param>
internal sealed record EncodedLine(int[] Ids, string[] Tokens, int[][] Offsets, int[] TypeIds, int[] AttentionMask)
{
    /// <summary>Makes one.</summary>
    public static EncodedLine Of(EncodedText text) => new(
        text.Ids, [.. text.Tokens.Select(token => token.Text)], [.. text.Tokens.Select(token => new[] { token.Start, token.End })], text.TypeIds, text.AttentionMask);
}
