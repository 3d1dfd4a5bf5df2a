using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Cli.Bench.Models;

/// <summary>A small GPT-2: pre-norm blocks, each token sees those before it, and the next one is predicted everywhere. Radford et al. 2019.</summary>
internal sealed class CausalLanguageModel : PlainModel
{
    private readonly TextEncoder _encoder;
    private readonly Tensor _ids, _targets;

    /// <summary>Makes the network and its batch.</summary>
    public CausalLanguageModel()
    {
        _encoder = Child("encoder", new TextEncoder(new TextEncoderSettings
        {
            Embedding = new() { Vocabulary = TextBatch.Vocabulary, Positions = TextBatch.Tokens, Norm = false },
            Blocks = new() { Width = TextBatch.Width, Depth = TextBatch.Depth, Heads = TextBatch.Heads, Mlp = MlpKind.GeluTanh, NormEps = 1e-5, Causal = true },
        }));
        var text = TextBatch.Ids(TextBatch.Batch * (TextBatch.Tokens + 1));
        var (ids, next) = (new long[TextBatch.Batch * TextBatch.Tokens], new long[TextBatch.Batch * TextBatch.Tokens]);
        for (var k = 0; k < ids.Length; k++)
        {
            var place = k / TextBatch.Tokens * (TextBatch.Tokens + 1) + k % TextBatch.Tokens;
            (ids[k], next[k]) = (text[place], text[place + 1]);
        }

        (_ids, _targets) = (Constant(Tensor.From<long>(ids, [TextBatch.Batch, TextBatch.Tokens])), Constant(Tensor.From<long>(next)));
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
            sum.Blocks(_targets.ElementCount, TextBatch.Tokens, TextBatch.Width, TextBatch.Depth, 0);
            sum.Linear(_targets.ElementCount, TextBatch.Width, TextBatch.Vocabulary, 1);
            return sum.Work();
        }
    }

    /// <inheritdoc/>
    public override Tensor Loss() =>
        _encoder.Contextualize(_encoder.Embed(_ids)).View([-1, TextBatch.Width]).FusedLinear(_encoder.Embedding.Words, null, null, "none").FusedCrossEntropy(_targets);
}
