using System.Text.Json;
using Selfsame.Cli;
using Selfsame.Cli.Verbs;
using Selfsame.Tests.Cli;

namespace Selfsame.Tests.Modalities.Text;

public sealed class TokenizerVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("bpe")]
    [InlineData("wordpiece")]
    [InlineData("unigram")]
    public async Task Trains_and_encodes(string kind)
    {
        Directory.CreateDirectory(_folder["texts"]);
        for (var i = 0; i < TokenizerTexts.All.Length; i++)
            File.WriteAllText(Path.Combine(_folder["texts"], $"{i}.txt"), TokenizerTexts.All[i]);
        var file = _folder["tokenizer.json"];

        var trained = await RunAsync("tokenizer", "train", _folder["texts"], "--kind", kind, "--vocabulary", "320", "--split", "all", "--out", file);
        Assert.Equal((0, ""), (trained.ExitCode, string.Join('\n', trained.Error.Split('\n').Where(line => line.StartsWith("error", StringComparison.Ordinal)))));
        Assert.Contains($"{kind}, ", trained.Output, StringComparison.Ordinal);
        Assert.Contains("trained on 8 texts", trained.Output, StringComparison.Ordinal);

        var encoded = await RunAsync("tokenizer", "encode", file, "the fox", "--json");
        var line = JsonDocument.Parse(encoded.Output).RootElement[0];
        Assert.Equal(line.GetProperty("ids").GetArrayLength(), line.GetProperty("offsets").GetArrayLength());
        Assert.Contains("fox", string.Concat(line.GetProperty("tokens").EnumerateArray().Select(token => token.GetString())), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadUsage, (await RunAsync("tokenizer", "train", _folder["texts"], "--out", file)).ExitCode);
    }

    [Fact]
    public async Task A_line_that_is_no_UTF_8_is_named()
    {
        var (file, texts) = (_folder["tokenizer.json"], _folder["texts.txt"]);
        TokenizerTexts.Trained(Selfsame.Modalities.Text.Trainers.TokenizerKind.Bpe).Save(file);
        File.WriteAllBytes(texts, [.. "fine\n"u8, 0xC3, 0x28, .. "\nfine\n"u8]);

        var run = await RunAsync("tokenizer", "encode", file, "--file", texts);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains($"{texts}(2): the line is not UTF-8", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadUsage, (await RunAsync("tokenizer", "encode", file)).ExitCode);
    }

    public void Dispose() => _folder.Dispose();

    private static Task<CliRun> RunAsync(params string[] arguments) => CliRun.OfAsync([TokenizerVerb.Create], arguments);
}
