using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>timm's resampling of a learned position table.</summary>
/// <remarks>The recorded description speaks of bicubic interpolation, but timm 0.4.12, which made the numbers, interpolates linearly; bicubic came with a later release.</remarks>
internal sealed class VitResizePositions : IParityAdapter
{
    public string System => "vit";

    public string Case => "resize_pos_embed";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var grid = c.Config.Numbers("new_grid");
        var table = Positions.Resample(c.Tensor("in/pos_embed"), c.Config.Whole("num_extra_tokens"), (int)grid[0], (int)grid[1], kind: PositionResampling.Bilinear);
        c.Expect("out/pos_embed", table);
    }
}

/// <summary>MAE's resampling of a learned position table, and its fixed one.</summary>
internal sealed class MaePositions : IParityAdapter
{
    public string System => "mae";

    public string Case => "pos_embed";

    public void Run(ParityCase c)
    {
        using var scope = Scope.Enter();
        var side = c.Config.Whole("new_grid");
        c.Expect("out/pos_embed", Positions.Resample(c.Tensor("in/pos_embed"), c.Config.Whole("num_extra_tokens"), side, side));
        c.Expect("out/sincos", Positions.SinCos(c.Config.Whole("dim"), side, side, prefix: (int)c.Shape("out/sincos")[0] - (side * side)));
    }
}
