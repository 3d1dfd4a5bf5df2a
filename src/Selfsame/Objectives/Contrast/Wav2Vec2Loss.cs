using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Objectives.Contrast;

// B samples, T frames of a sample, C channels of a frame, D width of a token, M hidden frames of a sample, K distractors.

/// <summary>What decides the loss of wav2vec 2.0, apart from the encoder.</summary>
public sealed record Wav2Vec2LossSettings
{
    /// <summary>Width in which context and targets are compared; null takes the encoder's.</summary>
    public int? CompareWidth { get; init; }

    /// <summary>Codebooks; their <see cref="GumbelQuantizerSettings.Inputs"/> and <see cref="GumbelQuantizerSettings.Width"/> are set by the encoder and <see cref="CodeWidth"/>.</summary>
    public int Entries { get; init; } = 320;

    /// <summary>Codebooks, G.</summary>
    public int Groups { get; init; } = 2;

    /// <summary>Width of the quantised vector; null takes <see cref="CompareWidth"/>.</summary>
    public int? CodeWidth { get; init; }

    /// <summary>Linear layers that score the entries.</summary>
    public int ScoreDepth { get; init; } = 1;

    /// <summary>Width between those layers, in multiples of a frame's channels.</summary>
    public int ScoreFactor { get; init; } = 3;

    /// <summary>A gated linear layer on targets and distractors.</summary>
    public bool GatedTargets { get; init; }

    /// <summary>Distractors from the hidden frames of the same sample.</summary>
    public int Distractors { get; init; } = 100;

    /// <summary>Distractors from the hidden frames of the whole batch.</summary>
    public int CrossDistractors { get; init; }

    /// <summary>Similarities are divided by it.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Factor of the diversity loss.</summary>
    public double DiversityWeight { get; init; } = 0.1;

    /// <summary>Factor of the mean square of the convolutions' output.</summary>
    public double PenaltyWeight { get; init; } = 10;
}

/// <summary>The loss of wav2vec 2.0: at each hidden frame, tell the quantised frame that belongs there from those of other hidden frames.</summary>
/// <remarks>
/// Baevski et al. 2020, https://arxiv.org/abs/2006.11477, section 3.2: −log softmax of cos(context, target)/κ among K distractors, plus
/// weight · (G·V − perplexity)/(G·V), plus the official code's weight · mean(frame²).
/// </remarks>
public sealed class Wav2Vec2Loss : Module
{
    // Stands for minus infinity in the scores, so that what is noted stays finite.
    private const double Excluded = -1e30;

    private readonly Wav2Vec2LossSettings _settings;
    private readonly SpeechEncoder _encoder;
    private readonly Parameter _maskToken;
    private readonly Linear _codes, _context;
    private readonly Linear? _gate;

    /// <summary>Makes quantiser and projections, under fairseq's names, around an encoder.</summary>
    public Wav2Vec2Loss(Wav2Vec2LossSettings settings, SpeechEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(encoder);
        (_settings, _encoder) = (settings, Child("encoder", encoder));
        var compare = settings.CompareWidth ?? encoder.Width;
        Quantizer = Child("quantizer", new GumbelQuantizer(new GumbelQuantizerSettings
        {
            Inputs = encoder.Convolutions.Width,
            Entries = settings.Entries,
            Groups = settings.Groups,
            Width = settings.CodeWidth ?? compare,
            Depth = settings.ScoreDepth,
            Factor = settings.ScoreFactor,
        }));
        _codes = Child("project_q", new Linear(settings.CodeWidth ?? compare, compare));
        _maskToken = Trainable("mask_emb", Init.Uniform(0, 1), encoder.Width);
        if (settings.GatedTargets)
            _gate = Child("target_glu.0", new Linear(compare, 2L * compare));
        _context = Child("final_proj", new Linear(encoder.Width, compare));
    }

    /// <summary>The quantiser.</summary>
    public GumbelQuantizer Quantizer { get; }

    /// <summary>Loss of a batch.</summary>
    /// <param name="wave">(B, S).</param>
    /// <param name="padding">True where there is no sample, (B, S), bool; null when there are samples everywhere.</param>
    /// <param name="hidden">Hidden frames, (B, T), bool; as many in every row.</param>
    /// <param name="temperature">Of the quantiser.</param>
    /// <param name="negatives">Distractors, from <see cref="Distractors.Resolve"/>.</param>
    /// <param name="noise">Gumbel noise, (B·M·G, V), see <see cref="GumbelQuantizer.Noise"/>.</param>
    /// <returns>
    /// Loss, mean over hidden frames; also <c>contrastive</c>, <c>diversity</c>, <c>features_pen</c>, <c>frames</c> (B, T, C), <c>context</c>, <c>targets</c> and
    /// <c>quantized</c> (B, M, ·), <c>logits</c> (1 + K, B, M), <c>code_perplexity</c>, <c>prob_perplexity</c>.
    /// </returns>
    public ObjectiveResult Compute(Tensor wave, Tensor? padding, Tensor hidden, double temperature, Tensor negatives, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(negatives);
        var batch = hidden.Size(0);
        var places = hidden.Reshape([-1]).Nonzero().Reshape([-1]);
        var frames = _encoder.Frames(wave);
        var penalty = frames.Square().Mean();
        var normalized = _encoder.Normalize(frames);
        var tokens = new EmbeddedTokens(_encoder.Project(normalized), padding is null ? null : _encoder.Convolutions.FramePadding(padding));
        var contextBMF = _context.Forward(Hidden(_encoder.Contextualize(tokens.Hide(hidden, _maskToken.Value))));

        var quantized = Quantizer.Forward(Hidden(normalized), noise, temperature);
        var targetsBMF = _codes.Forward(quantized.Values);
        var distractorsKBMF = Distractors.Take(targetsBMF, negatives);
        if (_gate is not null)
            (targetsBMF, distractorsKBMF) = (Gated(targetsBMF), Gated(distractorsKBMF));
        var logits = Scores(contextBMF, targetsBMF, distractorsKBMF);

        var contrastive = logits.Reshape([logits.Size(0), -1]).Transpose(0, 1).CrossEntropy(Ops.Zeros([places.Size(0)], DType.Int64, device: logits.Device));
        var entries = (double)_settings.Groups * _settings.Entries;
        var diversity = (entries - quantized.ScorePerplexity) / entries;
        var loss = contrastive + (diversity * _settings.DiversityWeight) + (penalty * _settings.PenaltyWeight);
        return new ObjectiveResult(loss)
        {
            ["contrastive"] = contrastive, ["diversity"] = diversity, ["features_pen"] = penalty, ["frames"] = frames,
            ["context"] = contextBMF, ["targets"] = targetsBMF, ["quantized"] = quantized.Values, ["logits"] = logits,
            ["code_perplexity"] = quantized.CodePerplexity, ["prob_perplexity"] = quantized.ScorePerplexity,
        };

        Tensor Hidden(Tensor all) => all.Reshape([-1, all.Size(-1)]).IndexSelect(0, places).View([batch, -1, all.Size(-1)]);
    }

    private Tensor Scores(Tensor contextBMF, Tensor targetsBMF, Tensor distractorsKBMF)
    {
        var all = Ops.Cat([targetsBMF.Unsqueeze(0), distractorsKBMF], 0);
        var logits = Ops.CosineSimilarity(contextBMF.To(DType.Float32).Unsqueeze(0), all.To(DType.Float32), -1, 1e-8) / _settings.Temperature;
        return logits.MaskedFill(Same(targetsBMF, distractorsKBMF), Excluded);
    }

    // A distractor that equals the target is none. The target itself stands first.
    private static Tensor Same(Tensor targetsBMF, Tensor distractorsKBMF)
    {
        using var guard = GradMode.Off();
        var same = (distractorsKBMF - targetsBMF).Abs().Amax([-1]).Eq(0.0);
        return Ops.Cat([same.Narrow(0, 0, 1).ZerosLike(), same], 0);
    }

    private Tensor Gated(Tensor x)
    {
        var halves = _gate!.Forward(x).Chunk(2, -1);
        return halves[0] * halves[1].Sigmoid();
    }
}

/// <summary>Which other frames a target is told apart from.</summary>
public static class Distractors
{
    /// <summary>Turns draws into frames of the flattened batch, as fairseq does.</summary>
    /// <remarks>
    /// A draw d for frame m means frame d + 1 if d ≥ m and d otherwise, so that it is never m itself; for those of the whole batch m counts within its row, so
    /// they may meet it. Both lists stand one after the other in a row, and are dealt out to the frames in order.
    /// </remarks>
    /// <param name="own">Draws from 0 to M − 2 for the same sample, (B, M · K), frame by frame; null for none.</param>
    /// <param name="cross">Draws from 0 to B · M − 2 for the batch, (B, M · K'); null for none.</param>
    /// <param name="frames">M.</param>
    /// <returns>(B, M · (K + K')), int64.</returns>
    /// <exception cref="ArgumentException">Both are null.</exception>
    public static Tensor Resolve(Tensor? own, Tensor? cross, long frames)
    {
        if (own is null && cross is null)
            throw new ArgumentException("a contrast needs distractors of the same sample, of the batch, or both", nameof(own));
        var ownFrames = own is null ? null : Skip(own, frames) + Ops.Arange(own.Size(0), dtype: DType.Int64, device: own.Device).Mul(frames).Unsqueeze(1);
        var crossFrames = cross is null ? null : Skip(cross, frames);
        return ownFrames is null ? crossFrames! : crossFrames is null ? ownFrames : Ops.Cat([ownFrames, crossFrames], 1);
    }

    /// <summary>The vectors of resolved distractors.</summary>
    /// <param name="targets">(B, M, F).</param>
    /// <param name="frames">From <see cref="Resolve"/>.</param>
    /// <returns>(K, B, M, F).</returns>
    public static Tensor Take(Tensor targets, Tensor frames)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(frames);
        var (batch, count, width) = (targets.Size(0), targets.Size(1), targets.Size(2));
        return targets.Reshape([-1, width]).IndexSelect(0, frames.Reshape([-1])).View([batch, count, -1, width]).Permute([2, 0, 1, 3]);
    }

    private static Tensor Skip(Tensor draws, long frames)
    {
        var each = draws.Size(1) / frames;
        var own = Ops.Arange(frames, dtype: DType.Int64, device: draws.Device).RepeatInterleave(each).Unsqueeze(0);
        return draws + draws.Ge(own).To(DType.Int64);
    }
}
