using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Tests.Models;

public sealed class SequenceEncoderTests
{
    private static readonly TransformerSettings s_blocks = new() { Width = 16, Depth = 2, Heads = 2, PostNorm = true, NormEps = 1e-5 };

    [Fact]
    public void A_second_of_speech_is_49_frames()
    {
        using var convolutions = new ConvFeatureExtractor(new SpeechEncoderSettings { Blocks = s_blocks }.Convolutions, ConvNorm.Layer);
        Assert.Equal(320, convolutions.Stride);
        Assert.Equal((49, 1, 1, 0), (convolutions.Frames(16000), convolutions.Frames(719), convolutions.Frames(400), convolutions.Frames(399)));
    }

    [Fact]
    public void Frames_of_padding_are_those_that_the_samples_do_not_fill()
    {
        using var scope = Scope.Enter();
        using var convolutions = new ConvFeatureExtractor([new(4, 4, 2), new(4, 2, 2)], ConvNorm.Group);
        var padding = Ops.Arange(20).Unsqueeze(0).Ge(Tensor.From<float>([20, 12, 3], [3, 1]));
        Assert.Equal([0L, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], convolutions.FramePadding(padding).ToArray<long>());
    }

    [Fact]
    public void Too_short_a_waveform_is_refused()
    {
        using var scope = Scope.Enter();
        using var convolutions = new ConvFeatureExtractor([new(4, 10, 5)], ConvNorm.Group);
        Assert.StartsWith("A waveform of 9 samples is too short", Assert.Throws<ShapeException>(() => convolutions.Forward(Ops.Zeros([1, 9]))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Padding_of_a_sound_changes_nothing_else(bool postNorm)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var generator = new Generator(1);
        using var encoder = new SpeechEncoder(new SpeechEncoderSettings
        {
            Convolutions = [new(8, 4, 2), new(8, 2, 2)], Positions = new ConvPositionSettings { Kernel = 4, Groups = 2, Depth = 1 }, Blocks = s_blocks with { PostNorm = postNorm },
        });
        encoder.Initialize(2);
        var wave = Ops.Empty([1, 40]).NormalInPlace(generator: generator);
        var filled = Ops.Cat([wave, Ops.Full([1, 24], 5.0)], 1);
        var padding = Ops.Arange(64).Unsqueeze(0).Ge(40.0);
        var alone = encoder.Contextualize(encoder.Embed(wave));
        var padded = encoder.Contextualize(encoder.Embed(filled, padding)).Narrow(1, 0, alone.Size(1));
        Close(alone, padded, 1e-5);
    }

    [Fact]
    public void Padding_of_a_text_changes_nothing_else_and_places_are_counted_from_it()
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var encoder = Text();
        var (ids, filled) = (Tensor.From<long>([5, 6, 7], [1, 3]), Tensor.From<long>([5, 6, 7, 1, 1], [1, 5]));
        Assert.Equal([2L, 3, 4, 1, 1], encoder.Embedding.PlacesOf(filled).ToArray<long>());
        var alone = encoder.Contextualize(encoder.Embed(ids));
        var padded = encoder.Contextualize(encoder.Embed(filled, encoder.PaddingOf(filled)));
        Close(alone, padded.Narrow(1, 0, 3), 1e-5);
    }

    [Fact]
    public void Hiding_a_token_of_a_text_is_the_same_as_writing_the_mask_symbol()
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var encoder = Text();
        var (ids, masked) = (Tensor.From<long>([5, 6, 7], [1, 3]), Tensor.From<long>([5, 9, 7], [1, 3]));
        var hidden = encoder.Embed(ids).Hide(Tensor.From<bool>([false, true, false], [1, 3]), encoder.MaskToken!);
        Assert.Equal(encoder.Embed(masked).Values.ToArray<float>(), hidden.Values.ToArray<float>());
    }

    [Fact]
    public void Post_norm_blocks_put_out_normalised_tokens()
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var generator = new Generator(3);
        using var blocks = new Transformer(s_blocks);
        blocks.Initialize(1);
        var layers = new List<Tensor>();
        var branches = new List<Tensor>();
        var x = Ops.Empty([2, 5, 16]).NormalInPlace(0, 3, generator);
        blocks.Forward(x, new BlockContext { FeedForwards = branches }, layers: layers);
        Assert.Equal(2, branches.Count);
        foreach (var layer in layers)
        {
            Assert.All(layer.Mean(-1, keepDim: false).ToArray<float>(), mean => Assert.Equal(0, mean, 1e-5));
            Assert.All(layer.Variance(-1, 0, keepDim: false).ToArray<float>(), variance => Assert.Equal(1, variance, 1e-3));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Causal_blocks_do_not_look_ahead(bool queryNorm)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var generator = new Generator(4);
        using var blocks = new Transformer(s_blocks with { Causal = true, PostNorm = false, QkNorm = queryNorm });  // the norm takes the path that is not fused
        blocks.Initialize(1);
        var x = Ops.Empty([1, 6, 16]).NormalInPlace(generator: generator);
        var other = Ops.Cat([x.Narrow(1, 0, 4), Ops.Empty([1, 2, 16]).NormalInPlace(generator: generator)], 1);
        Assert.Equal(blocks.Forward(x).Narrow(1, 0, 4).ToArray<float>(), blocks.Forward(other).Narrow(1, 0, 4).ToArray<float>());
    }

    [Fact]
    public void Without_query_norm_the_fused_and_the_plain_attention_agree_with_mask_and_bias()
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var generator = new Generator(5);
        using var attention = new Attention(s_blocks);
        attention.Initialize(1);
        var x = Ops.Empty([2, 5, 16]).NormalInPlace(generator: generator);
        var bias = Ops.Empty([1, 2, 5, 5]).NormalInPlace(generator: generator);
        var padding = Ops.Arange(5).Unsqueeze(0).Ge(Tensor.From<float>([5, 3], [2, 1]));
        using var rotary = new RotaryPositions(new float[5], 5, 8);  // all at one place: the identity, but not fused
        var context = new BlockContext { Mask = BlockContext.KeyMask(padding), Bias = bias };
        Close(attention.Forward(x, context), attention.Forward(x, context with { Rotary = rotary }), 1e-5);
    }

    [Fact]
    public void The_best_entry_is_taken_and_its_perplexity_counts_entries_in_use()
    {
        using var scope = Scope.Enter();
        using var quantizer = new GumbelQuantizer(new GumbelQuantizerSettings { Inputs = 4, Entries = 4, Groups = 1, Width = 2 });
        quantizer.Initialize(1);
        using (GradMode.Off())
        {
            quantizer.Parameters().Single(p => p.FullName == "weight_proj.weight").Value.CopyFrom(Ops.Eye(4) * 10.0);
            var (values, codes, used, _) = quantizer.Forward(Ops.Eye(4).Narrow(0, 0, 2).Unsqueeze(0));
            Assert.Equal([0L, 1], codes.ToArray<long>());
            Assert.Equal(quantizer.Parameters()[0].Value.View([4, 2]).Narrow(0, 0, 2).ToArray<float>(), values.ToArray<float>());
            Assert.Equal(2, used.Item(), 1e-4);  // two of four entries, equally often
        }

        Assert.Equal((2.0, 1.0, 0.5), (GumbelQuantizer.Temperature(2, 0.5, 0.5, 0), GumbelQuantizer.Temperature(2, 0.5, 0.5, 1), GumbelQuantizer.Temperature(2, 0.5, 0.5, 9)));
    }

    private static TextEncoder Text()
    {
        var encoder = new TextEncoder(new TextEncoderSettings
        {
            Embedding = new TextEmbeddingSettings { Vocabulary = 10, Positions = 8, Padding = 1, Mask = 9, CountFromPadding = true, ZeroPadding = true, NormEps = 1e-5 },
            Blocks = s_blocks,
        });
        encoder.Initialize(7);
        return encoder;
    }

    private static void Close(Tensor expected, Tensor actual, double tolerance)
    {
        var (a, b) = (expected.ToArray<float>(), actual.ToArray<float>());
        Assert.Equal(a.Length, b.Length);
        for (var k = 0; k < a.Length; k++)
            Assert.Equal(a[k], b[k], tolerance);
    }
}
