using Selfsame.Torch;

namespace Selfsame.Cli.Bench;

/// <summary>What <c>bench same --json</c> prints for each model.</summary>
/// <param name="Name">The model.</param>
/// <param name="Precision">Number format.</param>
/// <param name="Steps">Steps of each run.</param>
/// <param name="First">Loss of the first step, with kernels.</param>
/// <param name="Last">Mean loss of the last tenth of the steps, with kernels.</param>
/// <param name="Difference">Mean over the steps of |loss with kernels − loss without| ⁄ loss without.</param>
/// <param name="Noise">The same between two runs without kernels, one of which sees its pictures rounded to bfloat16.</param>
internal sealed record SameResult(string Name, string Precision, int Steps, double First, double Last, double Difference, double Noise);

/// <summary>Losses of the three runs of a model, step by step.</summary>
/// <param name="Name">The model.</param>
/// <param name="Fused">With kernels.</param>
/// <param name="Plain">With libtorch's operators alone.</param>
/// <param name="Rounded">The same, on pictures that are rounded to bfloat16.</param>
internal sealed record SameCurves(string Name, IReadOnlyList<double> Fused, IReadOnlyList<double> Plain, IReadOnlyList<double> Rounded);

/// <summary>What <c>--out</c> keeps.</summary>
/// <param name="Results">As printed.</param>
/// <param name="Curves">Every loss.</param>
/// <param name="Batch">Samples of a step.</param>
/// <param name="Machine">Machine and versions.</param>
internal sealed record SameFile(IReadOnlyList<SameResult> Results, IReadOnlyList<SameCurves> Curves, int Batch, BenchMachine Machine);

/// <summary>Trains with the fused kernels and without, from the same weights on the same pictures, and compares losses.</summary>
internal static class SameBenchmark
{
    /// <summary>The models that can be compared, and their recipes.</summary>
    public static IReadOnlyList<(string Name, string Recipe)> All { get; } = [("self-flow-small", BenchRecipe.SelfFlow), ("mae-small", BenchRecipe.MaskedAutoencoder)];

    /// <summary>Trains one model three times.</summary>
    /// <param name="name">The model.</param>
    /// <param name="recipe">Its recipe, below the repository's root.</param>
    /// <param name="steps">Steps of each run.</param>
    /// <param name="batch">Samples of a step.</param>
    /// <param name="settings">Is told what goes on.</param>
    /// <param name="cancellation">Stops between steps.</param>
    public static (SameResult Result, SameCurves Curves) Run(string name, string recipe, int steps, int batch, BenchSettings settings, CancellationToken cancellation)
    {
        TorchRuntime.UseCores();
        var precision = TrainStep.MachinePrecision();
        var (loaded, model) = BenchRecipe.Load(recipe, changes: [FormattableString.Invariant($"batch={batch}")]);
        var fused = Train("with kernels", round: false);
        double[] plain = [], rounded = [];
        FusedKernels.Without(() => plain = Train("without", round: false));
        FusedKernels.Without(() => rounded = Train("without, pictures rounded", round: true));
        return (Compare(name, precision.Name, fused, plain, rounded), new(name, fused, plain, rounded));

        double[] Train(string how, bool round)
        {
            settings.OnPhase($"{name}: {steps} steps, {how}");
            using var step = new RecipeStep(loaded, model, precision, round);
            var losses = new double[steps];
            for (var k = 0; k < steps; k++)
            {
                cancellation.ThrowIfCancellationRequested();
                losses[k] = step.Run();
            }

            return losses;
        }
    }

    /// <summary>Sums three curves of equal length up.</summary>
    internal static SameResult Compare(string name, string precision, IReadOnlyList<double> fused, IReadOnlyList<double> plain, IReadOnlyList<double> rounded)
    {
        return new(name, precision, fused.Count, fused[0], fused.TakeLast(Math.Max(1, fused.Count / 10)).Average(), Apart(fused), Apart(rounded));

        double Apart(IReadOnlyList<double> other) => other.Zip(plain, static (a, b) => Math.Abs(a - b) / Math.Abs(b)).Average();
    }
}
