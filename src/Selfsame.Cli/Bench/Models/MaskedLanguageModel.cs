using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Cli.Bench.Models;

/// <summary>A small BERT: post-norm blocks; one token in seven is hidden and predicted. Devlin et al. 2018, https://arxiv.org/abs/1810.04805.</summary>
internal sealed class MaskedLanguageModel : PlainModel
{
    private const int Mask = 4, Every = 7;
    private const double Eps = 1e-12;

    private readonly TextEncoder _encoder;
    private readonly MaskedLanguageHead _head;
    private readonly Tensor _ids, _hidden, _targets;

    /// <summary>Makes the network and its batch.</summary>
    public MaskedLanguageModel()
    {
        _encoder = Child("encoder", new TextEncoder(new TextEncoderSettings
        {
            Embedding = new() { Vocabulary = TextBatch.Vocabulary, Positions = TextBatch.Tokens, Segments = 2, Mask = Mask, NormEps = Eps },
            Blocks = new() { Width = TextBatch.Width, Depth = TextBatch.Depth, Heads = TextBatch.Heads, PostNorm = true, NormEps = Eps },
        }));
        _head = Child("head", new MaskedLanguageHead(TextBatch.Width, TextBatch.Vocabulary, Eps));
        var text = TextBatch.Ids(TextBatch.Batch * TextBatch.Tokens);
        long[] hidden = [.. Enumerable.Range(0, (text.Length + Every - 1) / Every).Select(k => (long)k * Every)];
        long[] targets = [.. hidden.Select(place => text[place])];
        foreach (var place in hidden)
            text[place] = Mask;
        (_ids, _hidden, _targets) = (Constant(Tensor.From<long>(text, [TextBatch.Batch, TextBatch.Tokens])), Constant(Tensor.From<long>(hidden)), Constant(Tensor.From<long>(targets)));
    }

    /// <inheritdoc/>
    public override int Batch => TextBatch.Batch;

    /// <inheritdoc/>
    public override double Rate => 1e-4;

    /// <inheritdoc/>
    public override StepWork Work
    {
        get
        {
            var sum = new WorkSum();
            sum.Blocks(TextBatch.Batch * TextBatch.Tokens, TextBatch.Tokens, TextBatch.Width, TextBatch.Depth, 0);
            sum.Linear(_hidden.ElementCount, TextBatch.Width, TextBatch.Width, 1);
            sum.Linear(_hidden.ElementCount, TextBatch.Width, TextBatch.Vocabulary, 1);
            return sum.Work();
        }
    }

    /// <inheritdoc/>
    public override Tensor Loss()
    {
        var tokens = _encoder.Contextualize(_encoder.Embed(_ids)).View([-1, TextBatch.Width]).IndexSelect(0, _hidden);
        return _head.Forward(tokens, _encoder.Embedding.Words).FusedCrossEntropy(_targets);
    }
}
