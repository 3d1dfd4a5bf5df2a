using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Evaluation.Gallery;

/// <summary>Where the samples of figures come from, and how they are read: test samples as evaluation sees them.</summary>
/// <param name="Data">The samples.</param>
/// <param name="Transform">How pictures are prepared; nothing random.</param>
/// <param name="Shape">What the transform puts out.</param>
/// <param name="Range">Mean and deviation of each channel that pictures are normalised with; one entry serves all.</param>
/// <param name="Settings">Which layers and pooling features are read with.</param>
/// <param name="Seed">Seed of every draw.</param>
public sealed record FigureSource(DataSet Data, ISampleTransform Transform, BatchShape Shape, (IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation) Range, EvaluateSettings Settings, ulong Seed)
{
    private static readonly string[] LabelColumns = ["category", "label", "class", "folder"];

    /// <summary>The source of a run.</summary>
    /// <param name="data">The run's data.</param>
    /// <param name="recipe">The run's recipe.</param>
    /// <exception cref="ArgumentException">The run reads something else than pictures.</exception>
    public static FigureSource Of(RunData data, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(recipe);
        var (transform, shape) = data.PlainInputs.Pictures ?? throw new ArgumentException("figures are drawn of pictures alone", nameof(data));
        return new FigureSource(data.Set, transform, shape, data.ChannelRange, recipe.Evaluate ?? new EvaluateSettings(), recipe.Seed);
    }

    /// <summary>The column that evaluation takes as classes; null without one.</summary>
    public string? LabelColumn => Settings.Label ?? LabelColumns.FirstOrDefault(Data.Columns.Contains);

    /// <summary>Samples spread evenly over the test part, or over all data where there is no test part.</summary>
    /// <param name="most">At most so many.</param>
    /// <returns>Which, and how many there are.</returns>
    public (int[] Samples, int Total) Choose(int most)
    {
        var part = Data.Split(DataSplit.Test);
        if (part.Length == 0)
            part = [.. Enumerable.Range(0, Data.Count)];
        if (part.Length <= most)
            return (part, part.Length);
        var chosen = new int[most];
        for (var k = 0; k < most; k++)
            chosen[k] = part[(long)k * part.Length / most];
        return (chosen, part.Length);
    }

    /// <summary>A few samples that are as different as the label column can make them.</summary>
    /// <param name="count">At most so many.</param>
    public int[] Varied(int count)
    {
        var (part, _) = Choose(int.MaxValue);
        if (LabelColumn is not { } column)
            return Choose(count).Samples;
        var labels = Data.Labels(column);
        var byClass = part.GroupBy(sample => labels[sample]).OrderBy(group => group.Key).Select(group => group.ToArray()).ToArray();
        var chosen = new List<int>(count);
        for (var turn = 0; chosen.Count < Math.Min(count, part.Length); turn++)
        {
            // Turn by turn one of each class, from places spread over the class.
            foreach (var samples in byClass)
            {
                var at = (int)(samples.Length * ((turn * 0.6180339887) + 0.5 - Math.Floor((turn * 0.6180339887) + 0.5)));
                if (chosen.Count < count && turn < samples.Length && !chosen.Contains(samples[at]))
                    chosen.Add(samples[at]);
            }

            if (turn > part.Length)
                break;
        }

        return [.. chosen.Order()];
    }

    /// <summary>Reads samples through a function, in order.</summary>
    /// <param name="samples">Which.</param>
    /// <param name="vectors">Turns a batch into (B, D).</param>
    /// <param name="cancellation">Stops between batches.</param>
    public FeatureTable Read(int[] samples, Func<Batch, Tensor> vectors, CancellationToken cancellation) =>
        new FeatureReader(Data, Transform, Shape).Read(samples, vectors, cancellation);

    /// <summary>Reads a few samples as one batch of pictures.</summary>
    /// <param name="samples">Which; those that can't be read are left out.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>Pictures (n, C, H, W) in the model's range, and which samples they are.</returns>
    public (Tensor Pictures, int[] Samples) Pictures(int[] samples, CancellationToken cancellation)
    {
        using var table = Read(samples, batch => batch[Modality.Image].Flatten(1), cancellation);
        return (table.Values.View([table.Indices.Length, Shape.Channels, Shape.Height, Shape.Width]).Clone(), table.Indices);
    }

    /// <summary>Vectors of a batch as the evaluation reads them: layers and pooling of the recipe.</summary>
    /// <param name="objective">The model.</param>
    public Func<Batch, Tensor> Features(Objective objective)
    {
        ArgumentNullException.ThrowIfNull(objective);
        return FeatureReader.Pooled(objective.Features(Settings.Features.Averaged), Layers(objective), Settings.Features.Pooling);
    }

    /// <summary>Blocks that features are read from.</summary>
    /// <param name="objective">The model.</param>
    public IReadOnlyList<int> Layers(Objective objective)
    {
        ArgumentNullException.ThrowIfNull(objective);
        return Settings.Features.Layers.Count > 0 ? Settings.Features.Layers : objective.FeatureLayers;
    }

    /// <summary>Pictures in 0..255.</summary>
    /// <param name="pictures">In the model's range.</param>
    public Tensor ToPixels(Tensor pictures) => SampleGrid.ToPixels(pictures, Range);

    /// <summary>A sample as people call it: its name in the data where there is one, else its key.</summary>
    /// <param name="sample">The sample.</param>
    public string Title(int sample) => Data.Columns.Contains("name") && Data.Text("name", sample) is { Length: > 0 } name ? name : Data.Key(sample);
}
