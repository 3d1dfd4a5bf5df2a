using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Spectrograms to patch vectors and back, in order of time, then of frequency. Values of a patch are frame by frame.</summary>
public static class SpectrogramPatches
{
    /// <summary>Cuts spectrograms.</summary>
    /// <param name="values">(B, F, bins).</param>
    /// <param name="frames">Frames of a patch; divides F.</param>
    /// <param name="bins">Bins of a patch; divides those of a frame.</param>
    /// <returns>(B, N, frames · bins).</returns>
    public static Tensor Split(Tensor values, int frames, int bins)
    {
        ArgumentNullException.ThrowIfNull(values);
        var (batch, rows, columns) = (values.Size(0), values.Size(1) / frames, values.Size(2) / bins);
        return values.Reshape([batch, rows, frames, columns, bins]).Permute([0, 1, 3, 2, 4]).Reshape([batch, rows * columns, (long)frames * bins]);
    }

    /// <summary>Puts patch vectors back together.</summary>
    /// <param name="patches">(B, N, frames · bins).</param>
    /// <param name="frames">Frames of a patch.</param>
    /// <param name="bins">Bins of a patch.</param>
    /// <param name="columns">Patches of a frame.</param>
    /// <returns>(B, F, columns · bins).</returns>
    public static Tensor Join(Tensor patches, int frames, int bins, int columns)
    {
        ArgumentNullException.ThrowIfNull(patches);
        var (batch, rows) = (patches.Size(0), patches.Size(1) / columns);
        return patches.Reshape([batch, rows, columns, frames, bins]).Permute([0, 1, 3, 2, 4]).Reshape([batch, rows * frames, (long)columns * bins]);
    }
}
