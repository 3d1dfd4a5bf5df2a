using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

/// <summary>Compares an operator and its gradients with the same formula in float64.</summary>
internal static class FusedCheck
{
    /// <summary>An input: drawn from a normal distribution, rounded to <paramref name="Type"/>.</summary>
    internal sealed record Input(long[] Shape, DType Type, bool Gradient = true, double Scale = 1, Func<Tensor, Tensor>? View = null);

    internal static double Tolerance(DType type) => type == DType.Float32 ? 2e-5 : 2e-2;

    /// <param name="fused">The operator, on inputs of the given types.</param>
    /// <param name="reference">The same in plain operators, on float64 inputs.</param>
    /// <param name="inputs">Inputs; a view is applied inside the graph, so that strides reach the operator.</param>
    /// <param name="tolerance">Largest difference, as a share of the largest magnitude of the tensor compared.</param>
    /// <param name="sameKernel">Without gradients the very same numbers are expected.</param>
    /// <param name="strided">Hand the backward pass a gradient that is not contiguous.</param>
    internal static void Agrees(Func<Tensor[], Tensor> fused, Func<Tensor[], Tensor> reference, Input[] inputs, double tolerance, bool strided = false, bool sameKernel = true)
    {
        var threads = TorchRuntime.Threads;
        try
        {
            using var scope = Scope.Enter();
            var values = inputs.Select((input, k) => Draw(input, seed: 17 + (ulong)k)).ToArray();
            TorchRuntime.Threads = 2;
            var two = Run(fused, inputs, values, wide: false, strided);
            TorchRuntime.Threads = 1;
            var one = Run(fused, inputs, values, wide: false, strided);
            var expected = Run(reference, inputs, values, wide: true, strided);
            for (var k = 0; k < expected.Length; k++)
            {
                var what = k == 0 ? "result" : $"gradient of input {k - 1}";
                Assert.True(one[k].AsSpan().SequenceEqual(two[k]), $"{what} depends on the number of threads");
                Close(expected[k], one[k], tolerance, what);
            }

            using (GradMode.Off())
            {
                var plain = fused([.. inputs.Select((input, n) => input.View is null ? values[n] : input.View(values[n]))]).ToArray<double>();
                Close(one[0], plain, sameKernel ? 0 : tolerance, "result without gradients");
            }
        }
        finally
        {
            TorchRuntime.Threads = threads;
        }
    }

    /// <summary>Central differences of sum(result * fixed weights) against the gradient, in float32.</summary>
    internal static void FiniteDifferences(Func<Tensor[], Tensor> fused, Input[] inputs, double step = 1e-2, double tolerance = 1e-2)
    {
        using var scope = Scope.Enter();
        var values = inputs.Select((input, k) => Draw(input, seed: 5 + (ulong)k)).ToArray();
        var found = Run(fused, inputs, values, wide: false, strided: false);
        for (int k = 0, slot = 1; k < inputs.Length; k++)
        {
            if (!inputs[k].Gradient)
                continue;
            var gradient = found[slot++];
            for (var e = 0; e < gradient.Length; e++)
            {
                var slope = (Probe(k, e, step) - Probe(k, e, -step)) / (2 * step);
                Assert.True(Math.Abs(slope - gradient[e]) <= tolerance * (1 + Math.Abs(slope)), $"input {k}, element {e}: gradient {gradient[e]}, slope {slope}");
            }
        }

        double Probe(int input, int element, double by)
        {
            using var guard = GradMode.Off();
            var moved = values.Select(v => v.Clone()).ToArray();
            moved[input].Span<float>()[element] += (float)by;
            var result = fused(moved);
            var probe = result.To(DType.Float64) * Weights(result);
            return probe.Sum().Item();
        }
    }

    internal static void Close(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = 1e-6;
        foreach (var v in expected)
            largest = Math.Max(largest, Math.Abs(v));
        for (var k = 0; k < expected.Length; k++)
        {
            var distance = Math.Abs(expected[k] - actual[k]);
            Assert.True(distance <= tolerance * largest, $"{what}, element {k}: {actual[k]:R} instead of {expected[k]:R}, off by {distance / largest:E1} of the largest, {largest:G4}");
        }
    }

    private static Tensor Draw(Input input, ulong seed)
    {
        using var generator = new Generator(seed);
        return (Ops.Empty(input.Shape).NormalInPlace(generator: generator) * input.Scale).To(input.Type);
    }

    private static Tensor Weights(Tensor result)
    {
        using var generator = new Generator(99);
        return Ops.Empty(result.Shape).NormalInPlace(generator: generator).To(DType.BFloat16).To(DType.Float64);
    }

    /// <returns>The result, then the gradients of the inputs that have one.</returns>
    private static double[][] Run(Func<Tensor[], Tensor> compute, Input[] inputs, Tensor[] values, bool wide, bool strided)
    {
        var leaves = values.Select(v => wide ? v.To(DType.Float64, copy: true) : v.Clone()).ToArray();
        for (var k = 0; k < leaves.Length; k++)
            leaves[k].RequiresGrad = inputs[k].Gradient;
        var result = compute([.. leaves.Select((leaf, k) => inputs[k].View is { } view ? view(leaf) : leaf)]);
        var gradient = Weights(result).To(result.DType);
        if (strided && gradient.Dimensions >= 2)
            gradient = gradient.Transpose(-1, -2).Contiguous().Transpose(-1, -2);
        result.Backward(gradient);
        var list = new List<double[]> { result.Detach().ToArray<double>() };
        for (var k = 0; k < leaves.Length; k++)
        {
            if (inputs[k].Gradient)
                list.Add(leaves[k].Gradient!.ToArray<double>());
        }

        return [.. list];
    }
}
