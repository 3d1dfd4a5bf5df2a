namespace Selfsame.Training.Planning;

/// <summary>What a run would do, found out without starting it.</summary>
public sealed record RunPlan
{
    /// <summary>Name of the method.</summary>
    public required string System { get; init; }

    /// <summary>The folder the run would write to.</summary>
    public required string Folder { get; init; }

    /// <summary>Every value of the recipe, and who gave it.</summary>
    public required IReadOnlyList<PlannedValue> Recipe { get; init; }

    /// <summary>The data.</summary>
    public required PlannedData Data { get; init; }

    /// <summary>The first batch: shape of each tensor.</summary>
    public required IReadOnlyList<NamedShape> Batch { get; init; }

    /// <summary>What the stages of the model put out for it, in the order of computation.</summary>
    public required IReadOnlyList<NamedShape> Stages { get; init; }

    /// <summary>Numbers in the model, by the parts directly below its root.</summary>
    public required IReadOnlyList<PlannedPart> Parts { get; init; }

    /// <summary>Numbers that are trained.</summary>
    public required long TrainedParameters { get; init; }

    /// <summary>All numbers, teachers and fixed tables included.</summary>
    public required long TotalParameters { get; init; }

    /// <summary>Length of the run.</summary>
    public required PlannedLength Length { get; init; }

    /// <summary>Memory.</summary>
    public required PlannedMemory Memory { get; init; }

    /// <summary>Time; null where no step could be measured.</summary>
    public PlannedTime? Time { get; init; }

    /// <summary>Number format of the computation: bf16 or fp32.</summary>
    public required string Precision { get; init; }

    /// <summary>Learning rate at evenly spaced steps, first and last among them.</summary>
    public required IReadOnlyList<double> Rate { get; init; }

    /// <summary>Share of itself that the teacher keeps, likewise; empty without a teacher.</summary>
    public required IReadOnlyList<double> TeacherMomentum { get; init; }

    /// <summary>What is likely not meant, with what to do about it.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}

/// <summary>A value of the recipe.</summary>
/// <param name="Key">Full key.</param>
/// <param name="Value">As a recipe writes it.</param>
/// <param name="Source"><c>default</c>, <c>recipe</c>, <c>environment</c> or <c>flag</c>.</param>
/// <param name="Origin">File and line, variable or flag; null for a default.</param>
public sealed record PlannedValue(string Key, string Value, string Source, string? Origin);

/// <summary>The data of a run.</summary>
/// <param name="Name">Name in the catalogue, or path.</param>
/// <param name="Samples">All samples.</param>
/// <param name="Train">Samples that are trained on: one epoch.</param>
/// <param name="Rows">Rows that they are packed into, which then are what a batch and an epoch count; null where each has its own.</param>
public sealed record PlannedData(string Name, int Samples, int Train, int? Rows = null);

/// <summary>A tensor's name and sizes.</summary>
/// <param name="Name">The tensor, or the module that puts it out; a range where several alike follow each other.</param>
/// <param name="Shape">Sizes, samples first.</param>
public sealed record NamedShape(string Name, IReadOnlyList<long> Shape);

/// <summary>A part of the model.</summary>
/// <param name="Name">The module.</param>
/// <param name="Parameters">Numbers in it.</param>
/// <param name="Trained">Those that are trained.</param>
public sealed record PlannedPart(string Name, long Parameters, long Trained);

/// <summary>Length of a run.</summary>
/// <param name="Steps">Optimizer steps; an estimate where the recipe gives a time, null where that is not known.</param>
/// <param name="Samples">Samples seen, repeats counted.</param>
/// <param name="Epochs">Passes through the training data.</param>
/// <param name="WarmupSteps">Steps in which the rate rises.</param>
/// <param name="Done">Steps that the folder's checkpoint already has.</param>
public sealed record PlannedLength(long? Steps, long? Samples, double? Epochs, long WarmupSteps, long Done);

/// <summary>Memory of a run, in bytes.</summary>
public sealed record PlannedMemory
{
    /// <summary>Predicted peak of the process while it trains.</summary>
    public required long TrainingPeak { get; init; }

    /// <summary>True when <see cref="TrainingPeak"/> was seen on real steps, false when it was extrapolated from smaller ones.</summary>
    public required bool Measured { get; init; }

    /// <summary>Memory that can still be had now.</summary>
    public required long Available { get; init; }

    /// <summary>The process before anything of the model was there.</summary>
    public required long Process { get; init; }

    /// <summary>Weights that are trained, with their bfloat16 copy.</summary>
    public required long Weights { get; init; }

    /// <summary>Gradients.</summary>
    public required long Gradients { get; init; }

    /// <summary>State of the optimizer.</summary>
    public required long Optimizer { get; init; }

    /// <summary>Teachers and what is not trained.</summary>
    public required long Teacher { get; init; }

    /// <summary>Batches that are being made or wait.</summary>
    public required long Loader { get; init; }

    /// <summary>Decoded pictures that are kept, once all are.</summary>
    public required long Pictures { get; init; }

    /// <summary>Tensors of one forward and backward pass, by the line through two small ones.</summary>
    public required long Activations { get; init; }

    /// <summary>Bytes of <see cref="Activations"/> that each sample adds.</summary>
    public required long ActivationsPerSample { get; init; }

    /// <summary>Samples that would pass through the model at once.</summary>
    public required int MicroBatch { get; init; }

    /// <summary>Tables of features while the run is evaluated, at most; 0 without evaluation. Not in <see cref="TrainingPeak"/>.</summary>
    public required long EvaluationTables { get; init; }
}

/// <summary>Time of a run.</summary>
/// <param name="StepSeconds">Each step that was measured, the first one (which sets things up) left out.</param>
/// <param name="SamplesPerSecond">Speed by the median of them.</param>
/// <param name="TrainingSeconds">All steps of the run, without evaluation and checkpoints; null when the length is not known.</param>
public sealed record PlannedTime(IReadOnlyList<double> StepSeconds, double SamplesPerSecond, double? TrainingSeconds);
