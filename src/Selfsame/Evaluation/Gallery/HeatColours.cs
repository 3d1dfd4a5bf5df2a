using Selfsame.Torch;

namespace Selfsame.Evaluation.Gallery;

/// <summary>Numbers as colours that grow evenly brighter, also to colour-blind eyes and in grey print.</summary>
public static class HeatColours
{
    // The "viridis" map at nine evenly spaced places, 0..255.
    private static readonly float[] Red = [68, 72, 62, 49, 38, 31, 53, 110, 253];
    private static readonly float[] Green = [1, 40, 74, 104, 130, 158, 183, 206, 231];
    private static readonly float[] Blue = [84, 120, 137, 142, 142, 137, 121, 88, 37];

    /// <summary>Colours of values.</summary>
    /// <param name="values">(n, 1, h, w); each picture is stretched so that its least value is darkest and its greatest brightest.</param>
    /// <returns>(n, 3, h, w), 0..255.</returns>
    public static Tensor Of(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var low = values.Amin([1, 2, 3], keepdim: true);
        var span = (values.Amax([1, 2, 3], keepdim: true) - low).ClampMin(1e-12);
        var place = (values - low) / span * (Red.Length - 1.0);
        var floor = place.Floor().Clamp(0.0, Red.Length - 2.0);
        var (index, share) = (floor.To(DType.Int64), place - floor);
        return Ops.Cat([Channel(Red, index, share), Channel(Green, index, share), Channel(Blue, index, share)], 1);
    }

    private static Tensor Channel(float[] table, Tensor index, Tensor share)
    {
        var colours = Tensor.From<float>(table);
        var (flat, shape) = (index.Flatten(), index.Shape);
        var (below, above) = (colours.IndexSelect(0, flat).View(shape), colours.Narrow(0, 1, table.Length - 1).IndexSelect(0, flat).View(shape));
        return below + ((above - below) * share);
    }
}
