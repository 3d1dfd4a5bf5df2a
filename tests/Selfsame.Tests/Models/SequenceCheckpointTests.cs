using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Selfsame.Models.Checkpoints;
using Selfsame.Tests.Parity;
using Selfsame.Torch;

namespace Selfsame.Tests.Models;

/// <summary>Other spellings of public text and speech checkpoints give the same weights.</summary>
public sealed class SequenceCheckpointTests
{
    [Theory]
    [InlineData(".weight_g", ".parametrizations.weight.original0", ".weight_v", ".parametrizations.weight.original1", "")]
    [InlineData("", "", "", "", "wav2vec2.")]
    [InlineData("", "", "", "", "hubert.")]
    public void Speech(string old1, string new1, string old2, string new2, string prefix)
    {
        using var plain = Open("hf-wav2vec2", out var config);
        using var renamed = new Renamed(plain, name => prefix + Other(Other(name, old1, new1), old2, new2));
        using var expected = SpeechCheckpoint.Read(plain, config).Build(plain, out _);
        using var actual = SpeechCheckpoint.Read(renamed, config).Build(renamed, out var report);
        Assert.Equal([prefix + "masked_spec_embed"], report.LeftOut);
        Same(expected, actual);
    }

    [Theory]
    [InlineData("LayerNorm.weight", "LayerNorm.gamma", "LayerNorm.bias", "LayerNorm.beta", "bert.")]
    [InlineData("", "", "", "", "bert.")]
    public void Text(string old1, string new1, string old2, string new2, string prefix)
    {
        using var plain = Open("hf-bert", out var config);
        using var renamed = new Renamed(plain, name => prefix + Other(Other(name, old1, new1), old2, new2));
        using var expected = TextCheckpoint.Read(plain, config).Build(plain, out _);
        using var actual = TextCheckpoint.Read(renamed, config).Build(renamed, out var report);
        Assert.Empty(report.LeftOut);
        Same(expected, actual);
    }

    [Fact]
    public void Roberta_is_told_by_its_model_type_its_prefix_or_its_single_segment()
    {
        using var bert = Open("hf-bert", out var bertConfig);
        using var roberta = Open("hf-roberta", out var config);
        Assert.False(TextCheckpoint.Read(bert, bertConfig).IsRoberta);
        Assert.True(TextCheckpoint.Read(roberta, config).IsRoberta);
        using var typed = JsonDocument.Parse(config.GetRawText().Replace("{", """{"model_type": "bert",""", StringComparison.Ordinal));
        Assert.False(TextCheckpoint.Read(roberta, typed.RootElement).IsRoberta);
    }

    [Fact]
    public void A_missing_field_and_a_strange_file_are_named()
    {
        using var speech = Open("hf-wav2vec2", out _);
        using var empty = JsonDocument.Parse("{}");
        Assert.Equal("config.json has no conv_dim, a list of whole numbers; it belongs beside the checkpoint", Assert.Throws<WeightsException>(() => SpeechCheckpoint.Read(speech, empty.RootElement)).Message);
        Assert.Contains("is no BERT or RoBERTa", Assert.Throws<WeightsException>(() => TextCheckpoint.Read(speech, empty.RootElement)).Message, StringComparison.Ordinal);
    }

    private static string Other(string name, string old, string today) => old.Length == 0 ? name : name.Replace(old, today, StringComparison.Ordinal);

    private static SafetensorsWeights Open(string name, out JsonElement config)
    {
        var file = Selfsame.Torch.Safetensors.SafetensorsFile.Open(Path.Combine(ParityFiles.Root, "checkpoints", name + ".a.safetensors"));
        using var json = JsonDocument.Parse(file.Metadata["config"]);
        config = json.RootElement.GetProperty("hf").Clone();
        return new SafetensorsWeights(file, "param/", owned: true);
    }

    private static void Same(Module expected, Module actual)
    {
        foreach (var (a, b) in expected.Parameters().Zip(actual.Parameters()))
            Assert.Equal(a.Value.ToArray<float>(), b.Value.ToArray<float>());
    }

    private sealed class Renamed(SafetensorsWeights inner, Func<string, string> rename) : IWeightFile
    {
        public string Path => inner.Path;

        public IReadOnlyList<WeightEntry> Entries => [.. inner.Entries.Select(entry => entry with { Name = rename(entry.Name) })];

        public bool TryGet(string name, [NotNullWhen(true)] out WeightEntry? entry)
        {
            var found = Entries.Where(e => e.Name == name).ToArray();
            entry = found.Length > 0 ? found[0] : null;
            return entry is not null;
        }

        public Tensor Read(string name) => inner.Read(inner.Entries.Single(entry => rename(entry.Name) == name).Name);

        public void Dispose()
        {
        }
    }
}
