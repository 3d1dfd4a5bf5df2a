using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Scores of a language model over any number of batches (<c>text/perplexity-1</c>): every counted token weighs the same, whatever batch it came in.</summary>
public sealed class TokenScore
{
    /// <summary>The protocol's name and version.</summary>
    public const string Protocol = "text/perplexity-1";

    /// <summary>Label of a token that doesn't count.</summary>
    public const long Ignored = -100;

    private readonly long[]? _bytesPerToken;
    private readonly List<double> _perSequence = [];
    private double _negativeLogLikelihood;

    /// <summary>Starts at nothing.</summary>
    /// <param name="bytesPerToken">UTF-8 bytes that each token of the vocabulary stands for; null when bits per byte aren't asked for.</param>
    public TokenScore(ReadOnlySpan<long> bytesPerToken = default) => _bytesPerToken = bytesPerToken.IsEmpty ? null : bytesPerToken.ToArray();

    /// <summary>Tokens counted.</summary>
    public long Tokens { get; private set; }

    /// <summary>Bytes they stand for; 0 when not known.</summary>
    public long Bytes { get; private set; }

    /// <summary>Negative log-likelihood in nats per token; NaN without tokens.</summary>
    public double Loss => _negativeLogLikelihood / Tokens;

    /// <summary>exp of <see cref="Loss"/>.</summary>
    public double Perplexity => Math.Exp(Loss);

    /// <summary><see cref="Loss"/> in bits.</summary>
    public double BitsPerToken => Loss / Math.Log(2);

    /// <summary>Bits per byte of text, which compares models of different tokenizers; NaN when bytes are not known.</summary>
    public double BitsPerByte => Bytes > 0 ? _negativeLogLikelihood / Math.Log(2) / Bytes : double.NaN;

    /// <summary>Perplexity of each sequence alone; NaN for one without counted tokens.</summary>
    public IReadOnlyList<double> PerSequence => _perSequence;

    /// <summary>Adds a batch.</summary>
    /// <param name="logits">(B, L, V), any floating-point type; place l scores label l, nothing is shifted.</param>
    /// <param name="labels">(B, L), int64, 0 to V - 1 or <see cref="Ignored"/>.</param>
    /// <exception cref="ShapeException">The shapes don't fit.</exception>
    /// <exception cref="ArgumentException">A label is out of range.</exception>
    public void Add(Tensor logits, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        if (logits.Dimensions != 3 || labels.Dimensions != 2 || logits.Size(0) != labels.Size(0) || logits.Size(1) != labels.Size(1))
            throw new ShapeException($"logits are {logits} and labels {labels}; expected (B, L, V) and (B, L).");
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var (length, vocabulary) = ((int)logits.Size(1), logits.Size(2));
        var ids = labels.To(Device.Cpu, DType.Int64).ToArray<long>();
        foreach (var id in ids)
        {
            if (id != Ignored && (ulong)id >= (ulong)vocabulary)
                throw new ArgumentException($"label {id} is not one of {vocabulary} tokens; labels run from 0, and {Ignored} is left out");
            if (id != Ignored && _bytesPerToken is { } known && id >= known.Length)
                throw new ArgumentException($"label {id} has no entry among the bytes of {known.Length} tokens");
        }

        const long None = 0;   // reduction: one value a token
        var losses = logits.Reshape([-1, vocabulary]).To(DType.Float32).CrossEntropy(labels.Reshape([-1]), null, None, Ignored).To(DType.Float64).ToArray<double>();
        for (var start = 0; start < ids.Length; start += length)
            AddSequence(ids.AsSpan(start, length), losses.AsSpan(start, length));
    }

    private void AddSequence(ReadOnlySpan<long> ids, ReadOnlySpan<double> losses)
    {
        var (sum, count) = (0.0, 0);
        for (var k = 0; k < ids.Length; k++)
        {
            if (ids[k] == Ignored)
                continue;
            sum += losses[k];
            count++;
            Bytes += _bytesPerToken?[ids[k]] ?? 0;
        }

        _negativeLogLikelihood += sum;
        Tokens += count;
        _perSequence.Add(Math.Exp(sum / count));
    }
}
