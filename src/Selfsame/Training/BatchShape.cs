using Selfsame.Data.Loading;
using Selfsame.Objectives;

namespace Selfsame.Training;

/// <summary>The shape of the pictures that a loader delivers.</summary>
/// <param name="Views">Views of a sample.</param>
/// <param name="Channels">Channels of a picture.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Labelled">Whether labels come along.</param>
public sealed record BatchShape(int Views, int Channels, int Height, int Width, bool Labelled)
{
    /// <summary>Views the loader's memory as tensors, without copying. Valid until the host batch is disposed.</summary>
    /// <param name="host">From a loader of pictures alone.</param>
    public Batch Batch(HostBatch host) => SampleInputs.Pictured(host, this);
}
