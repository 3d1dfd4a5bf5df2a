using System.Globalization;
using Selfsame.Models;
using Selfsame.Models.Checkpoints;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>BERT or RoBERTa under Hugging Face's names: tokens by layer, pooled vector, scores.</summary>
internal sealed class CheckpointText(string name) : IParityAdapter
{
    public string System => "checkpoints";

    public string Case => name;

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var weights = new SafetensorsWeights(c.Source, "param/");
        var read = TextCheckpoint.Read(weights, c.Config.Section("hf"), roberta: name == "hf-roberta");
        using var model = read.Build(weights, out _);
        using var head = read.BuildHead(weights);
        using var next = NextSentence.Of(weights, read.Settings.Blocks.Width);

        var padding = c.Has("in/attention_mask") ? c.Tensor("in/attention_mask").Eq(0) : null;
        var segments = c.Has("in/token_type_ids") ? c.Tensor("in/token_type_ids") : null;
        var embedded = model.Embed(c.Tensor("in/input_ids"), padding);
        var layers = new List<Tensor>();
        var tokens = model.Contextualize(embedded, segments, new LayerTaps { Blocks = layers });
        foreach (var output in c.Names("out/"))
            c.Expect(output, Output(output["out/".Length..]));

        Tensor Output(string output) => output switch
        {
            "last_hidden_state" => tokens,
            "pooler_output" => model.Pool(tokens),
            "logits" or "prediction_logits" => Head().Forward(tokens, model.Embedding.Words),
            "seq_relationship_logits" or "seq_relationship" => (next ?? throw new InvalidDataException("the file has no cls.seq_relationship")).Forward(model.Pool(tokens)),
            _ when CheckpointOutputs.State(output) is { } state => state == 0 ? model.Embedding.Place(embedded, segments) : layers[state - 1],
            _ => throw new InvalidDataException($"out/{output} is no known output"),
        };

        MaskedLanguageHead Head() => head ?? throw new InvalidDataException("the file has no masked language head");
    }

    /// <summary>BERT's second head: does one sentence follow the other?</summary>
    private sealed class NextSentence : Module
    {
        private readonly Linear _linear;

        private NextSentence(int width) => _linear = Child("seq_relationship", new Linear(width, 2));

        internal static NextSentence? Of(SafetensorsWeights weights, int width)
        {
            if (!weights.TryGet("cls.seq_relationship.weight", out _))
                return null;
            var head = new NextSentence(width);
            WeightLoader.Load(weights, head, new KeyMap("hf-bert-next", [new KeyRule("seq_relationship.{p}", "cls.seq_relationship.{p}")]) { Heads = ["{rest}"] });
            return head;
        }

        internal Tensor Forward(Tensor pooled) => _linear.Forward(pooled);
    }
}

/// <summary>Wav2Vec2 or HuBERT under Hugging Face's names: frames, tokens by layer, scores of a CTC head.</summary>
internal sealed class CheckpointSpeech : IParityAdapter
{
    public string System => "checkpoints";

    public string Case => "hf-wav2vec2";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var weights = new SafetensorsWeights(c.Source, "param/");
        var read = SpeechCheckpoint.Read(weights, c.Config.Section("hf"));
        using var model = read.Build(weights, out _);
        using var head = Scores.Of(weights, read.Settings.Blocks.Width);

        var wave = c.Tensor("in/input_values");
        var padding = c.Has("in/attention_mask") ? c.Tensor("in/attention_mask").Eq(0) : null;
        var frames = model.Normalize(model.Frames(wave));
        var embedded = model.Embed(wave, padding);
        var layers = new List<Tensor>();
        var tokens = model.Contextualize(embedded, new LayerTaps { Blocks = layers });
        layers[^1] = tokens;  // the last state is the one behind the final norm
        foreach (var output in c.Names("out/"))
            c.Expect(output, Output(output["out/".Length..]));

        Tensor Output(string output) => output switch
        {
            "last_hidden_state" => tokens,
            "extract_features" => frames,
            "logits" => (head ?? throw new InvalidDataException("the file has no lm_head")).Forward(tokens),
            _ when CheckpointOutputs.State(output) is { } state => state == 0 ? model.Placed(embedded) : layers[state - 1],
            _ => throw new InvalidDataException($"out/{output} is no known output"),
        };
    }

    /// <summary>Scores of letters for each frame.</summary>
    private sealed class Scores : Module
    {
        private readonly Linear _head;

        private Scores(int width, int letters) => _head = Child("head", new Linear(width, letters));

        internal static Scores? Of(SafetensorsWeights weights, int width)
        {
            if (!weights.TryGet("lm_head.weight", out var shape))
                return null;
            var head = new Scores(width, (int)shape.Value.Shape[0]);
            WeightLoader.Load(weights, head, new KeyMap("hf-ctc", [new KeyRule("head.{p}", "lm_head.{p}")]) { Heads = ["{rest}"] });
            return head;
        }

        internal Tensor Forward(Tensor tokens) => _head.Forward(tokens);
    }
}

/// <summary>Names of recorded outputs.</summary>
internal static class CheckpointOutputs
{
    /// <summary>The number in <c>hidden_states.3</c>; null for other names.</summary>
    internal static int? State(string output)
    {
        const string Prefix = "hidden_states.";
        return output.StartsWith(Prefix, StringComparison.Ordinal) && int.TryParse(output.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
