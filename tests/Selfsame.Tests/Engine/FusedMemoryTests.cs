using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

[Collection(nameof(TensorCount))]
public sealed class FusedMemoryTests
{
    [Fact]
    public void A_hundred_blocks_with_gradients_leave_nothing_behind()
    {
        var before = Tensor.LiveCount;
        Step();
        var resident = Resident();
        for (var k = 0; k < 100; k++)
            Step();
        Assert.Equal(before, Tensor.LiveCount);
        Assert.True(Resident() - resident < 48 << 20, $"memory grew by {(Resident() - resident) >> 20} MB");
    }

    // Keeps about 1 MB for the backward pass: a graph that outlived its step would show.
    private static void Step()
    {
        using var scope = Scope.Enter();
        var x = Ops.Ones([8, 64, 96]);
        var weight = Ops.Ones([288, 96]) * 0.01;
        var bias = Ops.Zeros([288]);
        var rows = Ops.Zeros([8, 1, 96]);
        var low = weight.To(DType.BFloat16);
        foreach (var leaf in (ReadOnlySpan<Tensor>)[x, weight, bias, rows])
            leaf.RequiresGrad = true;
        var qkv = x.NormModulate(rows, rows, null, 1e-6, DType.BFloat16).FusedLinear(weight, bias, low, "gelu");
        var y = x.GatedAdd(qkv.FusedAttention(3, 0.2, null), rows, null);
        var normal = x.ResidualAdd(y.FusedLayerNorm(null, null, 1e-6, DType.BFloat16));
        (normal.FusedMeanSquaredError(Ops.Ones([8, 64, 96])) + normal.CosineDistance(x, 1e-8).Mean()).Backward();
        Assert.NotNull(weight.Gradient);
    }

    private static long Resident()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
