using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;
using Selfsame.Training.Logging;

namespace Selfsame.Evaluation;

/// <summary>Judges features by several augmented views of some samples, made as in training: LiDAR and alignment.</summary>
/// <param name="data">The samples.</param>
/// <param name="transform">The run's training transform; its first view is used.</param>
/// <param name="shape">What the transform puts out.</param>
/// <param name="settings">How many samples and views.</param>
/// <param name="seed">Seed of the views.</param>
internal sealed class ViewJudge(DataSet data, ISampleTransform transform, BatchShape shape, AugmentedSettings settings, ulong seed)
{
    /// <summary>Measures.</summary>
    /// <param name="samples">The part to take samples from.</param>
    /// <param name="vectors">Turns a batch into features.</param>
    /// <param name="cancellation">Stops between batches.</param>
    internal List<Metric> Judge(int[] samples, Func<Batch, Tensor> vectors, CancellationToken cancellation)
    {
        var chosen = EvaluationData.Spread(samples, settings.Samples);
        if (chosen.Length < 2)
            return [];
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var views = new Tensor[settings.Views];
        int[]? rows = null;
        for (var view = 0; view < views.Length; view++)
        {
            // Another seed is another view of the same samples.
            var reader = new FeatureReader(data, transform, shape) { Seed = unchecked(seed + 1 + (ulong)view) };
            var table = reader.Read(chosen, vectors, cancellation);
            views[view] = scope.MoveOut(table.Values);
            rows ??= table.Indices;
            if (!rows.AsSpan().SequenceEqual(table.Indices))
                throw new DataSourceException($"{data.Name} gave other samples when it was read again; is it being changed?");
        }

        if (rows!.Length < 2)
            return [];
        var all = Ops.Stack(views, 1).Flatten(0, 1);   // views of a sample are neighbouring rows
        var metrics = new List<Metric>
        {
            new("lidar", LabelFree.Lidar(all, views.Length).Rank, Protocols.Id(Protocols.Lidar, ("samples", rows.Length, null), ("views", views.Length, null))),
            new("alignment", LabelFree.Alignment(views[0], views[1]).Item(), Protocols.Id(Protocols.Alignment, ("samples", rows.Length, null))),
        };
        foreach (var view in views)
            view.Dispose();
        return metrics;
    }
}
