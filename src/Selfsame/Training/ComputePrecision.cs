using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Training;

/// <summary>Number format of the forward and backward pass: float32, or bfloat16 products on float32 weights.</summary>
public readonly record struct ComputePrecision(bool Low, Device Device)
{
    /// <summary>Resolves a recipe's choice for this machine: bfloat16 where the processor multiplies it natively, or on a GPU.</summary>
    /// <param name="precision">The recipe's choice.</param>
    /// <param name="device">Where the run computes.</param>
    /// <param name="features">Features of the processor, see <see cref="RunEnvironment.CpuFeatures"/>.</param>
    public static ComputePrecision Resolve(Precision precision, Device device, IReadOnlyList<string> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var native = !device.IsCpu || features.Contains("amx_bf16") || features.Contains("avx512_bf16");
        return new ComputePrecision(precision == Precision.Bf16 || (precision == Precision.Auto && native), device);
    }

    /// <summary>Name for logs: bf16 or fp32.</summary>
    public string Name => Low ? "bf16" : "fp32";

    /// <summary>Enters the format on this thread, until the result is disposed.</summary>
    public LowPrecision Enter() => LowPrecision.Enter(Low);
}
