using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>One published method: what is held back, what must be predicted, and how wrong it was. Knows no device, optimizer, file or log.</summary>
/// <remarks>Its trainable parameters are those of its children; teachers are children that the trainer moves as averages and the optimizer leaves alone.</remarks>
public abstract class Objective : Module
{
    /// <summary>Student and teacher pairs of equal structure; the trainer averages after each step.</summary>
    public virtual IReadOnlyList<(Module Student, Module Teacher)> Teachers => [];

    /// <summary>
    /// Whether the loss of a batch is the mean of the losses of its samples, so that it may be computed in parts (<c>micro_batch</c>) with the same result.
    /// False where samples are compared with each other or share statistics: contrast within the batch, batch norm, centring.
    /// </summary>
    public virtual bool IsMeanOverSamples => true;

    /// <summary>True for a parameter that a teacher takes over from its student after each step instead of averaging it. None by default.</summary>
    /// <param name="teacher">One of the teachers.</param>
    /// <param name="name">The parameter's name within it.</param>
    public virtual bool IsCopied(Module teacher, string name) => false;

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="batch">What the step sees.</param>
    /// <param name="step">Random draws by name.</param>
    /// <returns>The loss to minimise, figures to log, and intermediates by name.</returns>
    public abstract ObjectiveResult Compute(Batch batch, StepContext step);

    /// <summary>Changes state that no gradient changes (queues, centres), after the optimizer's step. Nothing by default.</summary>
    public virtual void AfterStep(ObjectiveResult result)
    {
    }

    /// <summary>Factor that the method itself puts on the learning rate of a parameter, beside the recipe's rules; 1 by default.</summary>
    /// <param name="name">Full name of the parameter.</param>
    public virtual double RateScale(string name) => 1;

    /// <summary>Blocks whose features serve best where the user names none, from 1; empty takes the last.</summary>
    public virtual IReadOnlyList<int> FeatureLayers => [];

    /// <summary>The part that is kept: turns samples into features.</summary>
    /// <param name="averaged">Take the teacher's average of the weights where there is one.</param>
    public abstract IFeatureExtractor Features(bool averaged);
}

/// <summary>Loss, figures and intermediates of one step.</summary>
public sealed class ObjectiveResult
{
    private readonly Dictionary<string, Tensor> _intermediates = [];
    private readonly List<(string Name, Tensor Value)> _figures = [];

    /// <summary>Makes a result.</summary>
    /// <param name="loss">Scalar with a graph behind it.</param>
    public ObjectiveResult(Tensor loss) => Loss = loss;

    /// <summary>Makes a result with intermediates.</summary>
    /// <param name="loss">Scalar with a graph behind it.</param>
    /// <param name="intermediates">By name.</param>
    public ObjectiveResult(Tensor loss, IEnumerable<(string Name, Tensor Value)> intermediates)
        : this(loss)
    {
        ArgumentNullException.ThrowIfNull(intermediates);
        foreach (var (name, value) in intermediates)
            _intermediates[name] = value;
    }

    /// <summary>What is minimised.</summary>
    public Tensor Loss { get; }

    /// <summary>
    /// How many things the loss is a mean over, where their number differs from sample to sample (masked words); null where each sample counts alike.
    /// The parts of a batch are weighted by it.
    /// </summary>
    public double? Weight { get; init; }

    /// <summary>Scalars worth a curve, beside the loss.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Figures => _figures;

    /// <summary>Intermediates by name, for parity, probes and the report.</summary>
    public IReadOnlyDictionary<string, Tensor> Intermediates => _intermediates;

    /// <summary>Names an intermediate.</summary>
    public Tensor this[string name]
    {
        get => _intermediates[name];
        init => _intermediates[name] = value;
    }

    /// <summary>Adds a scalar worth a curve.</summary>
    public ObjectiveResult Log(string name, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _figures.Add((name, value.Detach()));
        return this;
    }
}

/// <summary>Tokens of a batch, layer by layer.</summary>
/// <param name="Layers">One (B, prefix + N, D) for each block run.</param>
/// <param name="Mask">Which tokens are real, (B, prefix + N), bool; null where all are. The rest is padding, or a modality that a sample lacks.</param>
public sealed record FeatureTokens(IReadOnlyList<Tensor> Layers, Tensor? Mask = null);

/// <summary>Turns samples into tokens, layer by layer, for evaluation and embedding.</summary>
/// <remarks>Calls draw nothing at random and change nothing, so that several threads may call at once.</remarks>
public interface IFeatureExtractor
{
    /// <summary>Blocks there are to choose from.</summary>
    int Layers { get; }

    /// <summary>Tokens in front of the others (class token, registers) that a mean over the others leaves out.</summary>
    int Prefix { get; }

    /// <summary>Rows and columns of the grid of tokens; 0 and 0 (default) where they are no grid.</summary>
    (int Rows, int Columns) Grid => (0, 0);

    /// <summary>Tokens after each block; the last entry is after the final norm where the model has one.</summary>
    /// <param name="batch">Samples.</param>
    /// <param name="last">Blocks to run, from 1; null runs all.</param>
    /// <returns>One (B, prefix + N, D) for each block run.</returns>
    IReadOnlyList<Tensor> Extract(Batch batch, int? last = null);

    /// <summary>The prefix tokens after the last block, as <see cref="Extract"/> gives them, to the last bits; for less work where the model knows a way.</summary>
    /// <param name="batch">Samples.</param>
    /// <returns>(B, prefix, D).</returns>
    Tensor PrefixTokens(Batch batch) => Tokens(batch).Layers[^1].Narrow(1, 0, Prefix);

    /// <summary>Tokens after each block, and which of them are real. Sequences of varying length, or with modalities missing, say so here.</summary>
    /// <param name="batch">Samples.</param>
    /// <param name="last">Blocks to run, from 1; null runs all.</param>
    FeatureTokens Tokens(Batch batch, int? last = null) => new(Extract(batch, last));
}

/// <summary>An extractor that can also say where each token looked.</summary>
public interface IAttentionExtractor : IFeatureExtractor
{
    /// <summary>Attention weights of one block.</summary>
    /// <param name="batch">Samples.</param>
    /// <param name="block">The block, from 1.</param>
    /// <returns>(B, heads, prefix + N, prefix + N); rows sum to one.</returns>
    Tensor Attention(Batch batch, int block);
}
