using Selfsame.Modalities.Text;
using Selfsame.Objectives;

namespace Selfsame.Recipes;

/// <summary>Everything that decides a pre-training run. Immutable; two equal recipes on the same data and machine give the same weights.</summary>
/// <remarks>Read by <see cref="RecipeLoader"/>, written by <see cref="RecipeWriter"/>. Keys are the property names in snake case.</remarks>
public sealed record Recipe : ICheckable
{
    /// <summary>The method, a key of <see cref="SystemTable"/>; it decides what <see cref="Objective"/> holds.</summary>
    public required string System { get; init; }

    /// <summary>A name for the run in logs and reports; without one, the system's key.</summary>
    public string? Name { get; init; }

    /// <summary>Seed of every random draw: weights, order of samples, views, masks, noise. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>How long to train.</summary>
    public required Duration Duration { get; init; }

    /// <summary>Samples in one optimizer step, over all processes and micro-batches. 1 to 16,777,216.</summary>
    [Limits(1, 1 << 24, "the number of samples in one optimizer step"), Unit("samples")]
    public required int Batch { get; init; }

    /// <summary>
    /// Samples that pass through the model at once; must divide <see cref="Batch"/>, the gradients of the parts are added up.
    /// Null: the whole batch at once.
    /// </summary>
    [Limits(1, 1 << 24, "the number of samples that pass through the model at once"), Unit("samples")]
    public int? MicroBatch { get; init; }

    /// <summary>Where samples come from and how they are prepared.</summary>
    public required DataSettings Data { get; init; }

    /// <summary>The backbone that is trained.</summary>
    public required EncoderSettings Encoder { get; init; }

    /// <summary>The method's own settings; when left out, its defaults.</summary>
    [KindFrom("system")]
    public required ObjectiveSettings Objective { get; init; }

    /// <summary>The update rule and its rate.</summary>
    public required OptimizerSettings Optimizer { get; init; }

    /// <summary>
    /// Weight decay, rate and freezing of parameters; the first rule that matches a parameter counts, and each parameter needs one.
    /// Default: no decay for vectors and scalars (biases, norms), 0.05 for all else.
    /// </summary>
    [Count(1, int.MaxValue)]
    public EquatableList<ParameterRule> Parameters { get; init; } =
        [new() { Rank = 1, Decay = 0 }, new() { Match = ".*", Decay = 0.05 }];

    /// <summary>Weights to start from in place of random ones. Null (default): random.</summary>
    public FromSettings? From { get; init; }

    /// <summary>Course of the learning rate. Default: cosine to 0 without warm-up.</summary>
    public ScheduleSettings Schedule { get; init; } = new CosineScheduleSettings();

    /// <summary>The teacher, an exponential moving average of the weights. Null (default): the system's own choice, or none.</summary>
    public EmaSettings? Ema { get; init; }

    /// <summary>Largest 2-norm of the gradient over all parameters; a longer one is scaled down to it. Above 0. Null (default): never.</summary>
    [Limits(0, double.PositiveInfinity, "the largest norm of the gradient", AboveMin = true)]
    public double? ClipNorm { get; init; }

    /// <summary>Number format of the forward and backward pass; weights and optimizer state are always fp32. Default auto.</summary>
    public Precision Precision { get; init; }

    /// <summary>Where to compute. Default auto.</summary>
    public DeviceChoice Device { get; init; }

    /// <summary>When to save, and how many to keep.</summary>
    public CheckpointSettings Checkpoint { get; init; } = new();

    /// <summary>When to write metrics.</summary>
    public LogSettings Log { get; init; } = new();

    /// <summary>What to do about losses that explode.</summary>
    public GuardSettings Guard { get; init; } = new();

    /// <summary>What to measure, and when. Null: nothing.</summary>
    public EvaluateSettings? Evaluate { get; init; } = new();

    /// <summary>Micro-batches in one optimizer step, at least 1.</summary>
    public int Accumulate => MicroBatch is { } micro ? Batch / micro : 1;

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (MicroBatch is { } micro && Batch % micro != 0)
            yield return new("micro_batch", $"is {micro}, which does not divide batch {Batch}; {NearestDivisor(Batch, micro)} would");
        if (Data.Text is { Packing: not TextPacking.None } && Objective.LabelColumn is { } label)
            yield return new("data.text.packing", $"is given, but {System} learns from the labels of column {label}, and a row of several texts has no one label; leave packing out");
        if (Data.PictureSize() is { } side && side % Encoder.Patch != 0)
        {
            yield return new(Data.ImageSize is null ? "data.image.size" : "data.image_size", $"is {side}; patches of side {Encoder.Patch} need a multiple of {Encoder.Patch}, such as {Multiples(side)}");
        }
        for (var k = 0; k < Data.Views.Count; k++)
        {
            if (Data.Views[k].Size % Encoder.Patch != 0)
                yield return new(FormattableString.Invariant($"data.views[{k}].size"), $"is {Data.Views[k].Size}; patches of side {Encoder.Patch} need a multiple of {Encoder.Patch}, such as {Multiples(Data.Views[k].Size)}");
        }
    }

    private string Multiples(int side)
    {
        var below = side / Encoder.Patch * Encoder.Patch;
        return below > 0 ? $"{below} or {below + Encoder.Patch}" : $"{Encoder.Patch}";
    }

    private static int NearestDivisor(int number, int near)
    {
        var best = 1;
        for (var d = 1; (long)d * d <= number; d++)
            if (number % d == 0)
                best = new[] { best, d, number / d }.MinBy(c => Math.Abs((long)c - near));
        return best;
    }
}

/// <summary>Number format of the forward and backward pass.</summary>
public enum Precision
{
    /// <summary>bf16 where the device multiplies it natively, else fp32.</summary>
    Auto,

    /// <summary>32-bit floating point.</summary>
    Fp32,

    /// <summary>bfloat16 with fp32 weights, by autocast.</summary>
    Bf16,
}

/// <summary>Where to compute.</summary>
public enum DeviceChoice
{
    /// <summary>CUDA if there is a device, else the processor.</summary>
    Auto,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>The CUDA device of the process.</summary>
    Cuda,
}
