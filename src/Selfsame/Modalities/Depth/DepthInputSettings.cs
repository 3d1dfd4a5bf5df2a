using Selfsame.Recipes;

namespace Selfsame.Modalities.Depth;

/// <summary>How depth maps are prepared. Crop and mirror are those of the first view of the picture.</summary>
public sealed record DepthInputSettings
{
    /// <summary>Side of the square map, at least 1. Null (default): that of the picture.</summary>
    [Limits(1, 1 << 15, "the side of a depth map"), Unit("pixels")]
    public int? Size { get; init; }

    /// <summary>Distances are multiplied by it, above 0; they are metres where the data say so (column metres), else as stored. Default 1.</summary>
    [Limits(0, double.PositiveInfinity, "what distances are multiplied by", AboveMin = true)]
    public double Scale { get; init; } = 1;
}
