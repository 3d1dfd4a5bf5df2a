using System.Text.Json;
using Selfsame.Models;
using Selfsame.Objectives;
using Selfsame.Objectives.Generation;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>What the Self-Flow cases share: networks out of a configuration.</summary>
internal static class SelfFlowCases
{
    internal static DiffusionTransformerSettings Network(JsonElement config)
    {
        var (patch, channels) = (config.Whole("patch_size"), config.Whole("in_channels"));
        var side = config.Whole("input_size") / patch;
        return new DiffusionTransformerSettings
        {
            Blocks = Blocks(config),
            TokenWidth = patch * patch * channels,
            PatchArea = patch * patch,
            Grid = (side, side),
            Classes = config.Whole("num_classes"),
            LearnSigma = config.TryGetProperty("learn_sigma", out var learn) && learn.GetBoolean(),
        };
    }

    internal static TransformerSettings Blocks(JsonElement config) => new()
    {
        Width = config.Whole("hidden_size"),
        Depth = config.Whole("depth"),
        Heads = config.Whole("num_heads"),
        MlpRatio = config.Number("mlp_ratio"),
        Mlp = MlpKind.GeluTanh,
    };

    internal static SelfFlowLossSettings Loss(JsonElement config) => new()
    {
        MaskRatio = config.TryGetProperty("mask_ratio", out var ratio) ? ratio.GetDouble() : 0.25,
        Gamma = config.Number("gamma"),
        StudentLayer = config.Whole("student_layer"),
        TeacherLayer = config.Whole("teacher_layer"),
        LabelDrop = 0,
    };
}

/// <summary>Self-Flow's training loss and its gradients.</summary>
internal sealed class SelfFlowLossCase : IParityAdapter
{
    public string System => "self-flow";

    public string Case => "loss";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var network = SelfFlowCases.Network(c.Config);
        var width = network.Blocks.Width;
        using var student = new DiffusionTransformer(network);
        using var teacher = new DiffusionTransformer(network);
        using var projector = new Projector(width, 2 * width, width);
        c.Load(student, "param/student.");
        c.Load(projector, "param/student.projector.");
        c.Load(teacher, "param/teacher.");

        var result = new SelfFlowLoss(SelfFlowCases.Loss(c.Config), student, teacher, projector).Compute(c.Tensor("in/x0"), c.Tensor("in/labels"), new RecordedStep(c));
        result.Loss.Backward();

        c.Expect("out/loss", result.Loss);
        foreach (var name in new[] { "loss_gen", "loss_rep", "mask", "pred", "student_features", "tau", "tau_min", "teacher_features", "x_tau", "x_tau_min" })
            c.Expect($"out/{name}", result[name]);
        c.ExpectGradients(student, "grad/student.");
        c.ExpectGradients(projector, "grad/student.projector.");
    }
}

/// <summary>Self-Flow on three modalities with one trunk.</summary>
internal sealed class SelfFlowModalities : IParityAdapter
{
    public string System => "self-flow";

    public string Case => "loss-modalities";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var blocks = SelfFlowCases.Blocks(c.Config);
        var members = new List<(string, DiffusionTransformerSettings)>();
        var modalities = c.Config.Section("modalities");
        foreach (var modality in modalities.EnumerateObject())
        {
            var grid = modality.Value.Whole("grid");
            members.Add((modality.Name, new DiffusionTransformerSettings { Blocks = blocks, TokenWidth = modality.Value.Whole("token_dim"), Grid = (grid, grid), Classes = c.Config.Whole("num_classes") }));
        }

        using var student = new DiffusionFamily(members);
        using var teacher = new DiffusionFamily(members);
        using var projector = new Projector(blocks.Width, 2 * blocks.Width, blocks.Width);
        c.Load(student, "param/student.");
        c.Load(teacher, "param/teacher.");
        c.Load(projector, "param/student.shared.projector.");

        Tensor? total = null;
        foreach (var modality in modalities.EnumerateObject())
        {
            var settings = SelfFlowCases.Loss(c.Config) with { MaskRatio = modality.Value.Number("mask_ratio"), Weight = modality.Value.Number("weight") };
            var loss = new SelfFlowLoss(settings, student[modality.Name], teacher[modality.Name], projector);
            var result = loss.Compute(c.Tensor($"in/{modality.Name}.x0"), c.Tensor($"in/{modality.Name}.labels"), new RecordedStep(c, name => $"in/{modality.Name}.{name}"));
            c.Expect($"out/{modality.Name}.loss_gen", result["loss_gen"]);
            c.Expect($"out/{modality.Name}.loss_rep", result["loss_rep"]);
            c.Expect($"out/{modality.Name}.loss_unweighted", result.Loss / settings.Weight);
            c.Expect($"out/{modality.Name}.pred", result["pred"]);
            c.Expect($"out/{modality.Name}.tau", result["tau"]);
            total = total is null ? result.Loss : total + result.Loss;
        }

        total!.Backward();
        c.Expect("out/loss", total);
        c.ExpectGradients(student, "grad/student.");
        c.ExpectGradients(projector, "grad/student.shared.projector.");
    }
}

/// <summary>Several noise groups with separated attention, as in SRA's code.</summary>
internal sealed class SelfFlowSeparation : IParityAdapter
{
    public string System => "self-flow";

    public string Case => "attention-separation";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var config = c.Config;
        var patch = config.TryGetProperty("patch_size", out var side) ? side.GetInt32() : 2;
        var channels = config.Whole("in_channels");
        var grid = config.Whole("input_size") / patch;
        var network = new DiffusionTransformerSettings
        {
            Blocks = SelfFlowCases.Blocks(config),
            TokenWidth = patch * patch * channels,
            PatchArea = patch * patch,
            Grid = (grid, grid),
            Classes = (int)c.Shape("param/student.y_embedder.embedding_table.weight")[0],
            OfficialTime = false,
        };
        var width = network.Blocks.Width;
        using var student = new DiffusionTransformer(network);
        using var teacher = new DiffusionTransformer(network);
        using var projector = new Projector(width, 2 * width, width);
        c.Load(student, "param/student.");
        c.Load(teacher, "param/teacher.");
        c.Load(projector, "param/student.ap_head.");

        var ratio = config.GetProperty("mask_ratio");
        double[] ratios = ratio.ValueKind == JsonValueKind.Array ? config.Numbers("mask_ratio") : [ratio.GetDouble()];
        var path = config.Text("path_type") == "cosine" ? FlowPath.Cosine : FlowPath.Linear;
        var settings = new SelfFlowLossSettings
        {
            GroupShares = Corruption.TokenGroups.Normalise(ratios),
            SeparateAttention = config.GetProperty("attention_separation").GetBoolean(),
            Gamma = config.Number("align_weight"),
            StudentLayer = config.Whole("block_out_s"),
            TeacherLayer = config.Whole("block_out_t"),
            TeacherTime = config.Text("teacher_t") switch { "sra" => TeacherTime.Earlier, "same" => TeacherTime.Same, _ => TeacherTime.Cleanest },
            TeacherGroups = config.GetProperty("teacher_mask").GetBoolean(),
            CosineAxis = CosineAxis.Tokens,
            Path = path,
            LabelDrop = 0,
        };
        var loss = new SelfFlowLoss(settings, student, teacher, projector);
        var result = loss.Compute(Tokens(c.Tensor("in/images")), c.Tensor("in/labels"), new Draws(c, Times(c, path), patch));
        result.Loss.Backward();

        c.Expect("out/loss", result.Loss);
        c.Expect("out/loss_align", result["loss_rep"]);
        c.Expect("out/loss_gen_per_sample", (result["pred"] - result["target"]).Square().Mean([1, 2]));
        c.Expect("out/group_ids", result["group_ids"]);
        c.Expect("out/student_timesteps", result["tau"]);
        c.Expect("out/teacher_timesteps", result["teacher_times"]);
        c.Expect("out/student_features", result["student_features"]);
        c.Expect("out/teacher_features", result["teacher_features"]);
        c.Expect("out/pred_tokens", ChannelLast(result["pred"]));
        c.Expect("out/target_tokens", ChannelLast(result["target"]));
        c.ExpectGradients(student, "grad/student.");
        c.ExpectGradients(projector, "grad/student.ap_head.");

        Tensor Tokens(Tensor image) => Patches.Split(image, patch, PatchOrder.ChannelFirst);

        Tensor ChannelLast(Tensor tokens)
        {
            var (batch, count) = (tokens.Size(0), tokens.Size(1));
            return tokens.Reshape([batch, count, channels, patch * patch]).Transpose(2, 3).Reshape([batch, count, -1]);
        }
    }

    // Recorded uniform times are used as they are; log-normal ones are recorded as normal draws.
    private static Tensor Times(ParityCase c, FlowPath path)
    {
        var drawn = c.Tensor("in/time_random");
        if (c.Config.Text("weighting") != "lognormal")
            return drawn;
        var sigma = ((drawn * c.Config.Number("std")) + c.Config.Number("mu")).Exp();
        return path == FlowPath.Linear ? sigma / (sigma + 1.0) : sigma.Atan() * (2 / Math.PI);
    }

    private sealed class Draws(ParityCase c, Tensor times, int patch) : StepContext
    {
        public override Tensor Uniform(string name, params ReadOnlySpan<long> shape) => c.Tensor(name == "u" ? "in/mask_u" : $"in/{name}").Reshape(shape);

        public override Tensor Normal(string name, params ReadOnlySpan<long> shape) => Patches.Split(c.Tensor("in/noise"), patch, PatchOrder.ChannelFirst);

        public override Tensor NoiseLevels(string name, Corruption.INoiseLevels distribution, int count)
        {
            var group = name == "t" ? 0 : name == "s" ? 1 : int.Parse(name.AsSpan(1), global::System.Globalization.CultureInfo.InvariantCulture);
            return times.Reshape([-1, count]).Select(0, group);
        }
    }
}

/// <summary>The teacher's average.</summary>
internal sealed class SelfFlowAverage : IParityAdapter
{
    public string System => "self-flow";

    public string Case => "ema";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        foreach (var name in c.Names("param/teacher.").Select(n => n["param/teacher.".Length..]))
        {
            var teacher = c.Tensor($"param/teacher.{name}");
            var steps = c.Tensor($"in/student_steps.{name}");
            for (var k = 0; k < c.Config.Whole("steps"); k++)
            {
                teacher.FollowInPlace(steps.Select(0, k).Contiguous(), c.Config.Number("decay"), null);
                if (k == 0)
                    c.Expect($"out/teacher_after_first.{name}", teacher);
            }

            c.Expect($"next/teacher.{name}", teacher);
        }
    }
}

/// <summary>Whole training steps: loss, clipping, AdamW, teacher.</summary>
internal sealed class SelfFlowTrainStep : IParityAdapter
{
    public string System => "self-flow";

    public string Case => "train-step";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var network = SelfFlowCases.Network(c.Config);
        using var model = new Student(network);
        using var twin = new Student(network);
        c.Load(model, "param/student.", OfficialName);
        using var arena = new ParameterArena(model);
        using var teacher = new Training.Teacher(twin, model, arena, low: false);
        var betas = c.Config.Numbers("betas");
        var decay = new ParameterGroup { Decay = c.Config.Number("weight_decay") };
        using var optimizer = new AdamWSettings { Beta1 = betas[0], Beta2 = betas[1], Eps = c.Config.Number("eps") }
            .Build(arena, [.. arena.Parameters.Select(_ => decay)]);
        optimizer.Rate = c.Config.Number("lr");

        var loss = new SelfFlowLoss(SelfFlowCases.Loss(c.Config), model.Network, twin.Network, model.Projector);
        var (losses, norms) = (new List<double>(), new List<double>());
        for (var k = 0; k < c.Config.Whole("steps"); k++)
        {
            using var inner = Scope.Enter();
            var step = k;
            var result = loss.Compute(c.Tensor("in/x0").Select(0, step), c.Tensor("in/labels").Select(0, step), new RecordedStep(c, take: all => all.Select(0, step)));
            optimizer.ClearGradients();
            result.Loss.Backward();
            var gradient = GradientClipping.Measure(arena, c.Config.Number("max_grad_norm"));
            optimizer.Step(gradient.Factor);
            teacher.Follow(c.Config.Number("decay"));
            losses.AddRange([result.Loss.Item(), result["loss_gen"].Item(), result["loss_rep"].Item()]);
            norms.Add(gradient.Value);
        }

        c.Expect("out/losses", losses.ToArray());
        c.Expect("out/grad_norms", norms.ToArray());
        c.ExpectNext(model, "next/student.", OfficialName);
        c.ExpectNext(twin, "next/teacher.", OfficialName);
    }

    private static string OfficialName(string ours) => ours.StartsWith("network.", StringComparison.Ordinal) ? ours["network.".Length..] : ours;

    private sealed class Student : Module
    {
        internal Student(DiffusionTransformerSettings network)
        {
            Network = Child("network", new DiffusionTransformer(network));
            Projector = Child("projector", new Projector(network.Blocks.Width, 2 * network.Blocks.Width, network.Blocks.Width));
        }

        internal DiffusionTransformer Network { get; }

        internal Projector Projector { get; }
    }
}
