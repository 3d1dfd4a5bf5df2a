using Selfsame.Generation;
using Selfsame.Objectives;
using Selfsame.Torch;

namespace Selfsame.Evaluation.Gallery;

/// <summary>What a method that hides and rebuilds makes of samples: given, seen, rebuilt.</summary>
public static class ReconstructionGallery
{
    private const double Hidden = 128;

    /// <summary>Draws a table of each modality that can be shown as pictures.</summary>
    /// <param name="source">Samples.</param>
    /// <param name="reconstructor">The model, in evaluation mode.</param>
    /// <param name="sheets">Takes the pictures.</param>
    /// <param name="count">Samples.</param>
    /// <param name="cancellation">Stops.</param>
    public static IReadOnlyList<PictureTable> Draw(FigureSource source, IReconstructor reconstructor, SheetBuilder sheets, int count, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(reconstructor);
        ArgumentNullException.ThrowIfNull(sheets);
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var (pictures, samples) = source.Pictures(source.Varied(count), cancellation);
        var tables = new List<PictureTable>();
        var device = HostSamples.DeviceOf(reconstructor);
        foreach (var one in reconstructor.Reconstruct(new Batch(pictures).To(device), new SeededStep(source.Seed, long.MaxValue - 2).On(device)))
        {
            if (one.Modality != Modality.Image)
                continue;  // sound, text and others get a renderer with their modality
            tables.Add(Pictures(source, one, samples, sheets));
        }

        return tables;
    }

    /// <summary>Mean squared error over what was hidden, of each sample, in units of the whole range of pixels.</summary>
    /// <param name="rebuilt">(B, C, H, W), 0..255.</param>
    /// <param name="input">(B, C, H, W), 0..255.</param>
    /// <param name="hidden">(B, 1, H, W), 1 = hidden.</param>
    /// <returns>B errors.</returns>
    public static float[] HiddenError(Tensor rebuilt, Tensor input, Tensor hidden)
    {
        ArgumentNullException.ThrowIfNull(rebuilt);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(hidden);
        var error = ((rebuilt - input) / 255.0).Square() * hidden;
        return (error.Sum([1, 2, 3]) / (hidden.Sum([1, 2, 3]) * input.Size(1)).ClampMin(1)).ToArray<float>();
    }

    private static PictureTable Pictures(FigureSource source, RebuiltBatch one, int[] samples, SheetBuilder sheets)
    {
        var (input, rebuilt, baseline) = (source.ToPixels(Here(one.Input)), source.ToPixels(Here(one.Rebuilt)), source.ToPixels(Here(one.Baseline)));
        var hidden = Here(one.Hidden);
        var seen = (input * (1.0 - hidden)) + (hidden * Hidden);
        var together = (input * (1.0 - hidden)) + (rebuilt * hidden);
        var (errors, without) = (HiddenError(rebuilt, input, hidden), HiddenError(baseline, input, hidden));
        var name = "reconstruction-" + one.Modality;
        var (sheet, columns) = sheets.AddTable(name, [("Input", input), ("Seen", seen), ("Rebuilt", together), ("Prediction", rebuilt), ("Baseline", (input * (1.0 - hidden)) + (baseline * hidden))]);
        return new PictureTable
        {
            Name = name,
            Title = "Reconstructions",
            Lead = $"Test samples: as given, what the model sees, hidden parts rebuilt, the model's whole output, and the baseline: {one.BaselineName}. Below, the mean squared error over hidden pixels on a scale of 0 to 1, of the model and of the baseline.",
            Sheet = sheet,
            Columns = columns,
            Rows = [.. samples.Select(source.Title)],
            Remarks = [.. errors.Zip(without, (error, other) => FormattableString.Invariant($"{error:0.0000}, baseline {other:0.0000}"))],
        };
    }

    private static Tensor Here(Tensor tensor) => tensor.To(Device.Cpu, tensor.DType);
}
