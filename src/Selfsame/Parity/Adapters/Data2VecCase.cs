using System.Text.Json;
using Selfsame.Models;
using Selfsame.Models.Checkpoints;
using Selfsame.Objectives.Latents;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training.Schedules;

namespace Selfsame.Parity.Adapters;

/// <summary>One training step of data2vec: loss, gradients, and the teacher after it. What the modalities share.</summary>
internal abstract class Data2VecCase : IParityAdapter
{
    public string System => "data2vec";

    public abstract string Case { get; }

    /// <summary>Name of the tensor with the teacher's layers.</summary>
    protected virtual string LayersName => "out/teacher_fc";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        using var objective = new Data2Vec(Settings(c.Config), Encoder(c), Targets(c.Config));
        using var arena = new ParameterArena(objective.Student);
        using var teacher = new Training.Teacher(objective.Teacher, objective.Student, arena, low: false, name => objective.IsCopied(objective.Teacher, name));
        c.LoadParts(objective, ours => [.. Names(c, ours).Select(name => "param/" + name)]);

        var (seen, whole, hidden) = Inputs(c, objective);
        var result = objective.Compare(seen, whole, hidden);
        result.Loss.Backward();

        var count = result["targets"].Size(0);
        c.Expect("out/loss", result.Loss);
        c.Expect("out/loss_sum", result.Loss * (double)count);
        c.Expect("out/num_masked", count);
        c.Expect("out/predictions", result["predictions"]);
        c.Expect("out/targets", result["targets"]);
        if (c.Has(LayersName))
            c.Expect(LayersName, Ops.Stack([.. objective.Layers(whole)], 0));
        ExpectFigure(c, result, "target_var", "target_deviation");
        ExpectFigure(c, result, "pred_var", "prediction_deviation");
        c.ExpectGradientParts(objective, ours => ours.StartsWith("teacher.", StringComparison.Ordinal) ? [] : [.. Names(c, ours).Select(name => "grad/" + name)]);

        var momentum = MomentumSchedules.Data2Vec(c.Config.Number("ema_decay"), c.Config.Number("ema_end_decay"), c.Config.Number("ema_anneal_end_step"))
            .At(c.Config.Number("num_updates"));
        c.Expect("out/ema_decay", momentum);
        teacher.Follow(momentum);
        objective.Parameters();  // full names as seen from the root again
        c.ExpectValueParts(objective, ours => [.. Names(c, ours).Select(name => "next/" + name)]);
    }

    /// <summary>Settings of the method.</summary>
    protected virtual Data2VecSettings Settings(JsonElement config) => new()
    {
        TopLayers = config.Whole("average_top_k_layers"),
        Beta = config.Number("loss_beta"),
        Scale = Scale(config),
        LayerNorms = EachNorm(config),
        TargetNorms = MeanNorm(config),
    };

    /// <summary>Makes encoders.</summary>
    protected abstract Func<ContextEncoder> Encoder(ParityCase c);

    /// <summary>Norms that no setting names; null goes by the settings.</summary>
    protected virtual LayerTargets? Targets(JsonElement config) => null;

    /// <summary>What student and teacher see, and which places are hidden.</summary>
    protected abstract (EmbeddedTokens Seen, EmbeddedTokens Whole, Tensor Hidden) Inputs(ParityCase c, Data2Vec objective);

    /// <summary>The encoder's recorded names.</summary>
    protected abstract KeyMap Map(JsonElement config);

    /// <summary>What stands before the names of the part that the teacher has as well.</summary>
    protected virtual string Shared => "encoder.";

    /// <summary>Recorded name of a parameter of the head, <c>0.weight</c> for the first layer's.</summary>
    protected virtual string HeadName(string inner) => "student.final_proj." + inner["0.".Length..];

    // Recorded names of one of our parameters. What the teacher has no copy of, it takes from the student.
    private string[] Names(ParityCase c, string ours)
    {
        const string Student = "student.", Own = "teacher.", Layers = "head.";
        if (ours == "mask_token")
            return [Student + "mask_emb"];
        if (ours.StartsWith(Layers, StringComparison.Ordinal))
            return [HeadName(ours[Layers.Length..])];
        var inner = ours[(ours.IndexOf('.', StringComparison.Ordinal) + 1)..];
        var map = Map(c.Config);
        var names = map.TheirsOf(inner) is var (_, theirs) ? theirs.Select(their => their.Name) : throw new InvalidDataException($"{map.Name} has no name for {inner}");
        var isTeacher = ours.StartsWith(Own, StringComparison.Ordinal);
        return [.. names.Select(name => isTeacher && name.StartsWith(Shared, StringComparison.Ordinal) ? Own + name[Shared.Length..] : Student + name)];
    }

    /// <summary>Factor of the loss; null is one over the root of the width.</summary>
    protected virtual double? Scale(JsonElement config) =>
        config.TryGetProperty("loss_scale", out var scale) && scale.ValueKind == JsonValueKind.Number ? scale.GetDouble() : null;

    protected static EquatableList<TargetNorm> EachNorm(JsonElement config) => Chosen(
        config, ("batch_norm_target_layer", TargetNorm.Batch), ("instance_norm_target_layer", TargetNorm.Instance),
        ("group_norm_target_layer", TargetNorm.Group), ("layer_norm_target_layer", TargetNorm.Layer));

    protected static EquatableList<TargetNorm> MeanNorm(JsonElement config) =>
        Chosen(config, ("layer_norm_targets", TargetNorm.Layer), ("instance_norm_targets", TargetNorm.Instance));

    private static EquatableList<TargetNorm> Chosen(JsonElement config, params ReadOnlySpan<(string Key, TargetNorm Norm)> all)
    {
        var chosen = new List<TargetNorm>();
        foreach (var (key, norm) in all)
        {
            if (config.Flag(key))
                chosen.Add(norm);
        }

        return [.. chosen];
    }

    private static void ExpectFigure(ParityCase c, Objectives.ObjectiveResult result, string recorded, string ours)
    {
        if (c.Has($"out/{recorded}"))
            c.Expect($"out/{recorded}", result.Figures.Single(figure => figure.Name == ours).Value);
    }
}

/// <summary>Speech: convolutions over a waveform, shared by student and teacher.</summary>
internal sealed class Data2VecAudio : Data2VecCase
{
    public override string Case => "audio";

    protected override Data2VecSettings Settings(JsonElement config) => base.Settings(config) with
    {
        HeadLayers = 1,
        AverageAll = !config.Flag("ema_layers_only", otherwise: true),
    };

    protected override Func<ContextEncoder> Encoder(ParityCase c)
    {
        var settings = FairseqSpeech.Settings(c.Config) with { Project = true };
        return () => new SpeechEncoder(settings);
    }

    // Without a norm that turns them round, the official code still has time first when it normalises the rest.
    protected override LayerTargets? Targets(JsonElement config)
    {
        if (config.Flag("instance_norm_target_layer") || config.Flag("batch_norm_target_layer") || !(config.Flag("group_norm_target_layer") || config.Flag("instance_norm_targets")))
            return null;
        var each = new List<long[]>();
        if (config.Flag("group_norm_target_layer"))
            each.Add([0, 2]);
        if (config.Flag("layer_norm_target_layer"))
            each.Add([2]);
        var mean = new List<long[]>();
        if (config.Flag("layer_norm_targets"))
            mean.Add([2]);
        if (config.Flag("instance_norm_targets"))
            mean.Add([0]);
        return LayerTargets.OverAxes([.. each], [.. mean]);
    }

    protected override (EmbeddedTokens Seen, EmbeddedTokens Whole, Tensor Hidden) Inputs(ParityCase c, Data2Vec objective)
    {
        var padding = c.Has("in/padding_mask") ? c.Tensor("in/padding_mask") : null;
        var tokens = objective.Student.Embed(c.Tensor("in/source"), padding);
        if (c.Has("out/teacher_input"))
            c.Expect("out/teacher_input", tokens.Values);
        return (tokens, tokens with { Values = tokens.Values.Detach() }, c.Tensor("in/mask_indices"));
    }

    protected override KeyMap Map(JsonElement config) => SpeechKeys.Fairseq(FairseqSpeech.Norm(config));
}

/// <summary>Text: student and teacher have tables of their own.</summary>
internal sealed class Data2VecText : Data2VecCase
{
    private const string Prefix = "encoder.sentence_encoder.";

    private static readonly KeyMap s_map = new("fairseq-text", [.. TextKeys.Fairseq.Rules.Select(rule => rule.Under("", Prefix))]);

    public override string Case => "text";

    protected override Data2VecSettings Settings(JsonElement config) => base.Settings(config) with
    {
        HeadLayers = config.Whole("head_layers"),
        AverageAll = !config.Flag("ema_transformer_layers_only", otherwise: true),
    };

    protected override double? Scale(JsonElement config) => base.Scale(config) is > 0 and var scale ? scale : null;

    protected override Func<ContextEncoder> Encoder(ParityCase c)
    {
        var config = c.Config;
        var width = config.Whole("embed_dim");
        var table = c.Shape("param/student.encoder.sentence_encoder.embed_tokens.weight");
        var settings = new TextEncoderSettings
        {
            Embedding = new TextEmbeddingSettings
            {
                Vocabulary = (int)table[0],
                Positions = (int)c.Shape("param/student.encoder.sentence_encoder.embed_positions.weight")[0],
                Padding = 1,
                Mask = (int)table[0] - 1,
                CountFromPadding = true,
                Scale = config.Flag("no_scale_embedding") ? 1 : Math.Sqrt(width),
                Norm = config.Flag("layernorm_embedding"),
                ZeroPadding = true,
                NormEps = 1e-5,
            },
            Blocks = FairseqSpeech.Blocks(config, postNorm: !config.Flag("normalize_before")),
        };
        return () => new TextEncoder(settings);
    }

    protected override (EmbeddedTokens Seen, EmbeddedTokens Whole, Tensor Hidden) Inputs(ParityCase c, Data2Vec objective)
    {
        var (student, teacher) = ((TextEncoder)objective.Student, (TextEncoder)objective.Teacher);
        var (seen, whole) = (c.Tensor("in/src_tokens"), c.Tensor("in/target_tokens"));
        var hidden = seen.Eq(student.Settings.Embedding.Mask!.Value);
        return (student.Embed(seen, student.PaddingOf(seen)), teacher.Embed(whole, teacher.PaddingOf(whole)), hidden);
    }

    protected override KeyMap Map(JsonElement config) => s_map;

    protected override string Shared => Prefix;

    protected override string HeadName(string inner) => "student.encoder.regression_head." + inner;
}

/// <summary>Pictures: a ViT with relative positions.</summary>
internal sealed class Data2VecVision : Data2VecCase
{
    public override string Case => "vision";

    protected override string LayersName => "out/teacher_layers";

    protected override Data2VecSettings Settings(JsonElement config) => base.Settings(config) with
    {
        HeadLayers = 0,
        Target = config.Flag("end_of_block_targets", otherwise: true) ? TargetSource.Block : TargetSource.FeedForward,
    };

    // Zero and less switch the factor off.
    protected override double? Scale(JsonElement config) => base.Scale(config) is { } scale ? (scale > 0 ? scale : 1) : null;

    protected override Func<ContextEncoder> Encoder(ParityCase c)
    {
        var config = c.Config;
        var (side, width, start) = (config.Whole("image_size"), config.Whole("embed_dim"), config.Number("layer_scale_init_value"));
        var settings = new VisionTransformerSettings
        {
            ImageSize = (side, side),
            Patch = config.Whole("patch_size"),
            Channels = (int)c.Shape("in/images")[1],
            Positions = c.Has("param/student.encoder.rel_pos_bias.relative_position_bias_table") ? PositionKind.Relative : PositionKind.None,
            Blocks = new TransformerSettings
            {
                Width = width, Depth = config.Whole("depth"), Heads = config.Whole("heads"), NormEps = 1e-5, KeyBias = false, LayerScale = start > 0 ? start : null,
                MlpHidden = (int)c.Shape("param/student.encoder.blocks.0.mlp.0.weight")[0],
            },
        };
        return () => new VisionTransformer(settings);
    }

    protected override (EmbeddedTokens Seen, EmbeddedTokens Whole, Tensor Hidden) Inputs(ParityCase c, Data2Vec objective)
    {
        var tokens = objective.Student.Embed(c.Tensor("in/images"));
        return (tokens, tokens with { Values = tokens.Values.Detach() }, c.Tensor("in/mask").Flatten(1));
    }

    protected override KeyMap Map(JsonElement config) => VisionKeys.FairseqData2Vec;
}
