using System.Globalization;
using Selfsame.Corruption;
using Selfsame.Models;
using Selfsame.Models.Checkpoints;
using Selfsame.Objectives.Contrast;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>wav2vec 2.0's whole loss.</summary>
internal sealed class Wav2Vec2LossCase : IParityAdapter
{
    public string System => "wav2vec2";

    public string Case => "loss";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var config = c.Config;
        var speech = FairseqSpeech.Settings(config);
        var weights = config.Numbers("loss_weights");
        var width = config.Whole("final_dim") is > 0 and var given ? given : speech.Blocks.Width;
        var settings = new Wav2Vec2LossSettings
        {
            CompareWidth = width,
            Entries = config.Whole("latent_vars"),
            Groups = config.Whole("latent_groups"),
            CodeWidth = config.TryGetProperty("latent_dim", out var codeWidth) && codeWidth.GetInt32() > 0 ? codeWidth.GetInt32() : null,
            ScoreDepth = config.TryGetProperty("quantizer_depth", out var depth) ? depth.GetInt32() : 1,
            ScoreFactor = config.TryGetProperty("quantizer_factor", out var factor) ? factor.GetInt32() : 3,
            GatedTargets = config.Flag("target_glu"),
            Distractors = config.Whole("num_negatives"),
            CrossDistractors = config.TryGetProperty("cross_sample_negatives", out var cross) ? cross.GetInt32() : 0,
            Temperature = config.Number("logit_temp"),
            DiversityWeight = weights[0],
            PenaltyWeight = weights[^1],
        };
        using var loss = new Wav2Vec2Loss(settings, new SpeechEncoder(speech));
        c.LoadParts(loss, ours => Names("param/", ours));

        var hidden = c.Tensor("in/mask_indices");
        var count = hidden.Sum().Item();
        var frames = (long)count / hidden.Size(0);
        var own = settings.Distractors > 0 ? c.Tensor("in/neg_draws") : null;
        var batch = settings.CrossDistractors > 0 ? c.Tensor(c.Names("in/").First(name => name.Contains("cross", StringComparison.Ordinal))) : null;
        var negatives = Distractors.Resolve(own, batch, frames);
        var temperatures = config.Numbers("latent_temp");
        var temperature = GumbelQuantizer.Temperature(temperatures[0], temperatures[1], temperatures[2], config.Number("num_updates"));
        var result = loss.Compute(c.Tensor("in/source"), c.Has("in/padding_mask") ? c.Tensor("in/padding_mask") : null, hidden, temperature, negatives, c.Tensor("in/gumbel"));
        result.Loss.Backward();

        c.Expect("out/loss", result.Loss);
        c.Expect("out/loss_sum", result.Loss * count);
        c.Expect("out/sample_size", (long)count);
        c.Expect("out/temp", temperature);
        c.Expect("out/neg_idxs", negatives);
        c.Expect("out/conv_features", result["frames"].Transpose(1, 2));
        foreach (var name in new[] { "contrastive", "diversity", "features_pen", "context", "targets", "quantized", "logits", "code_perplexity", "prob_perplexity" })
            c.Expect($"out/{name}", result[name]);
        c.ExpectGradientParts(loss, ours => Names("grad/", ours));

        string[] Names(string prefix, string ours)
        {
            const string Encoder = "encoder.";
            if (!ours.StartsWith(Encoder, StringComparison.Ordinal))
                return [prefix + ours];
            return SpeechKeys.Fairseq(speech.ConvNorm).TheirsOf(ours[Encoder.Length..]) is var (_, theirs)
                ? [.. theirs.Select(their => prefix + their.Name)]
                : throw new InvalidDataException($"fairseq has no name for {ours}");
        }
    }
}

/// <summary>The Gumbel quantiser alone.</summary>
internal sealed class Wav2Vec2Quantizer : IParityAdapter
{
    public string System => "wav2vec2";

    public string Case => "quantizer";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var config = c.Config;
        using var quantizer = new GumbelQuantizer(new GumbelQuantizerSettings
        {
            Inputs = config.Whole("dim"),
            Entries = config.Whole("num_vars"),
            Groups = config.Whole("groups"),
            SharedEntries = config.Flag("combine_groups"),
            Width = config.Whole("vq_dim"),
            Depth = config.Whole("depth"),
            Factor = config.Whole("factor"),
        });
        c.Load(quantizer);
        var course = config.Numbers("temp");
        double Temperature(double updates) => GumbelQuantizer.Temperature(course[0], course[1], course[2], updates);

        var x = c.Leaf("in/x");
        var drawn = quantizer.Forward(x, c.Tensor("in/gumbel"), Temperature(config.Number("num_updates")));
        var scores = (double)config.Whole("groups") * config.Whole("num_vars");
        var loss = (drawn.Values * c.Tensor("in/ct")).Sum() + ((scores - drawn.ScorePerplexity) / scores * config.Number("div_weight"));
        loss.Backward();
        using var guard = GradMode.Off();
        var best = quantizer.Forward(x);

        c.Expect("out/loss", loss);
        c.Expect("out/quantized", drawn.Values);
        c.Expect("out/codes", drawn.Codes);
        c.Expect("out/code_perplexity", drawn.CodePerplexity);
        c.Expect("out/prob_perplexity", drawn.ScorePerplexity);
        c.Expect("out/quantized_eval", best.Values);
        c.Expect("out/codes_eval", best.Codes);
        c.Expect("out/codebook_index_eval", quantizer.Index(best.Codes));
        c.Expect("out/temps", Array.ConvertAll(config.Numbers("temp_updates"), Temperature));
        c.ExpectGradients(quantizer);
        c.Expect("grad/in.x", x.Gradient!);
    }
}

/// <summary>Span masks from recorded draws.</summary>
internal sealed class Wav2Vec2SpanMask : IParityAdapter
{
    public string System => "wav2vec2";

    public string Case => "span-mask";

    public void Run(ParityCase c)
    {
        var config = c.Config;
        var settings = new SpanMaskSettings
        {
            Ratio = config.Number("mask_prob"),
            Length = config.Whole("mask_length"),
            Lengths = config.Text("mask_type") switch
            {
                "static" => SpanLengths.Fixed,
                "uniform" => SpanLengths.Uniform,
                "normal" => SpanLengths.Normal,
                "poisson" => SpanLengths.Poisson,
                var other => throw new InvalidDataException($"mask_type is '{other}'; known: static, uniform, normal, poisson"),
            },
            Spread = config.Number("mask_other"),
            MinSpans = config.Whole("min_masks"),
            Same = config.Flag("require_same_masks", otherwise: true),
            AddToReachSame = config.Flag("add_masks"),
            Dropout = config.Number("mask_dropout"),
        };
        var (batch, length) = (config.Whole("batch"), config.Whole("length"));
        var padding = c.Has("in/padding_mask") ? c.Integers("in/padding_mask") : new long[batch * length];
        var lengths = new int[batch];
        for (var b = 0; b < batch; b++)
            lengths[b] = length - (int)padding.AsSpan(b * length, length).ToArray().Sum();
        var hidden = new bool[batch * length];
        settings.Draw(new Recorded(c), new MaskShape(batch, 1, length, lengths), hidden);

        c.Expect("out/mask", hidden.AsSpan());
        var counts = new long[batch];
        for (var b = 0; b < batch; b++)
            counts[b] = hidden.AsSpan(b * length, length).Count(true);
        c.Expect("out/counts", counts.AsSpan());
    }

    /// <summary>The recorded decisions. Starts and lengths stand in rows, padded with -1; subsets one after the other.</summary>
    private sealed class Recorded(ParityCase c) : ISpanDraws
    {
        private static readonly string[] Others = ["in/u", "in/starts", "in/padding_mask"];
        private int _subsets;

        // As a float: a draw just below 1 is recorded in single precision.
        public double Rounding(int sample) => c.Floats("in/u")[sample];

        public void Lengths(int sample, SpanMaskSettings settings, Span<int> lengths)
        {
            if (settings.Lengths == SpanLengths.Fixed)
            {
                lengths.Fill(settings.Length);
                return;
            }

            var name = c.Names("in/").First(n => !Others.Contains(n) && !n.StartsWith("in/choice_", StringComparison.Ordinal));
            var row = Row(name, sample);
            for (var k = 0; k < lengths.Length; k++)
                lengths[k] = Math.Max(settings.Lengths == SpanLengths.Normal ? 1 : 0, (int)Math.Round(row[k]));
        }

        public void Starts(int sample, int below, Span<int> starts)
        {
            var row = Row("in/starts", sample);
            for (var k = 0; k < starts.Length; k++)
                starts[k] = row[k] >= 0 && row[k] < below ? (int)row[k] : throw new InvalidDataException($"start {k} of sample {sample} is {row[k]}, expected 0 to {below - 1}");
        }

        public void Choose(ReadOnlySpan<int> from, Span<int> chosen)
        {
            var name = "in/choice_" + _subsets++.ToString(CultureInfo.InvariantCulture);
            var recorded = c.Integers(name);
            if (recorded.Length != chosen.Length)
                throw new InvalidDataException($"{name} holds {recorded.Length} places, {chosen.Length} are chosen");
            for (var k = 0; k < chosen.Length; k++)
                chosen[k] = from.Contains((int)recorded[k]) ? (int)recorded[k] : throw new InvalidDataException($"{name} holds {recorded[k]}, which is not to choose from");
        }

        private double[] Row(string name, int sample)
        {
            var columns = (int)c.Shape(name)[1];
            return c.Doubles(name).AsSpan(sample * columns, columns).ToArray();
        }
    }
}
