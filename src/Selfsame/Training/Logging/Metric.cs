namespace Selfsame.Training.Logging;

/// <summary>One measured value.</summary>
/// <param name="Name">Its name, such as <c>loss</c> or <c>knn_accuracy</c>.</param>
/// <param name="Value">Its value; NaN and infinities are allowed and kept.</param>
/// <param name="Protocol">How it was measured, by name and version, such as <c>knn/dino-1 (k=10)</c>; null for what training itself logs.</param>
public readonly record struct Metric(string Name, double Value, string? Protocol = null);

/// <summary>What was measured at one point of a run: one line of <c>metrics.jsonl</c>.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Samples">Samples seen.</param>
/// <param name="Seconds">Training time since the run was first started, without the time between sessions.</param>
/// <param name="Metrics">The values, in the order they were written.</param>
public sealed record MetricsEntry(long Step, long Samples, double Seconds, IReadOnlyList<Metric> Metrics);
