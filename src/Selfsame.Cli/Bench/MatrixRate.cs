using Selfsame.Torch;

namespace Selfsame.Cli.Bench;

/// <summary>Measures how fast this machine multiplies matrices of given shapes: the limit that a training step is compared with.</summary>
internal static class MatrixRate
{
    private const int Repeats = 5, CopyElements = 1 << 25;

    /// <summary>Multiplies each shape a few times by libtorch and by what the fused operators use, keeps the fastest, and weights the shapes by how often they occur.</summary>
    /// <param name="products">The shapes.</param>
    /// <param name="type">Element type.</param>
    /// <param name="device">Where.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellation">Stops between products.</param>
    /// <returns>Floating-point operations a second, over the whole mix.</returns>
    public static double Measure(IReadOnlyList<Product> products, DType type, Device device, TimeProvider time, CancellationToken cancellation)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        double flops = 0, seconds = 0;
        foreach (var product in products)
        {
            cancellation.ThrowIfCancellationRequested();
            flops += product.Flops;
            seconds += product.Times * Fastest(product, type, device, time);
        }

        return flops / seconds;
    }

    /// <summary>Copies a block of memory a few times, too large for any cache, and keeps the fastest.</summary>
    /// <param name="device">Where.</param>
    /// <param name="time">Clock.</param>
    /// <returns>Bytes read and written a second.</returns>
    public static double Copy(Device device, TimeProvider time)
    {
        using var scope = Scope.Enter();
        var from = Ops.Ones([CopyElements]).To(device, DType.Float32);
        var to = Ops.Zeros([CopyElements]).To(device, DType.Float32);
        var best = Best(() => to.CopyFrom(from).Detach(), time);
        return 2.0 * sizeof(float) * CopyElements / best;
    }

    /// <summary>Waits until what was computed into a tensor is there; nothing to wait for on the processor.</summary>
    internal static void WaitFor(Tensor tensor)
    {
        if (tensor.Device.IsCpu)
            return;
        using var scope = Scope.Enter();
        _ = tensor.Detach().Reshape([-1]).Select(0, 0).Item();
    }

    private static double Fastest(Product product, DType type, Device device, TimeProvider time)
    {
        using var scope = Scope.Enter();
        var (x, weight, y) = (Random(product.Rows, product.Inputs, type, device), Random(product.Outputs, product.Inputs, type, device), Random(product.Rows, product.Outputs, type, device));
        var (left, right) = product.Kind switch
        {
            ProductKind.Forward => (x, weight.T()),
            ProductKind.InputGradient => (y, weight),
            ProductKind.WeightGradient => (y.T(), x),
            _ => throw new ArgumentOutOfRangeException(nameof(product), product.Kind, "known: Forward, InputGradient, WeightGradient"),
        };
        return Math.Min(Best(() => left.Mm(right), time), Best(() => left.FusedProduct(right), time));
    }

    private static double Best(Func<Tensor> work, TimeProvider time)
    {
        using (var first = work())
            WaitFor(first);  // chooses and compiles the kernel
        var best = double.PositiveInfinity;
        for (var k = 0; k < Repeats; k++)
        {
            var start = time.GetTimestamp();
            using (var made = work())
                WaitFor(made);
            best = Math.Min(best, time.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    private static Tensor Random(long rows, long columns, DType type, Device device)
    {
        using var generator = new Generator(1);
        return Ops.Empty([rows, columns]).NormalInPlace(generator: generator).To(device, type);
    }
}
