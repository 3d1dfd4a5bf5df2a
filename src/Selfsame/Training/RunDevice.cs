using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Training;

/// <summary>Where a run computes.</summary>
internal static class RunDevice
{
    /// <summary>The device that a recipe asks for; <c>auto</c> takes a GPU where libtorch finds one.</summary>
    /// <param name="choice">The recipe's choice.</param>
    /// <exception cref="NotSupportedException">It asks for a GPU, and libtorch finds none.</exception>
    internal static Device Of(DeviceChoice choice) => choice == DeviceChoice.Cuda && TorchRuntime.CudaDevices == 0
        ? throw new NotSupportedException("device: cuda, but libtorch finds no GPU. It takes a CUDA build of libtorch (set TORCH_HOME to it and build again) and NVIDIA's driver; ./selfsame doctor shows what is there. Or use device: cpu.")
        : Here(choice);

    /// <summary>As <see cref="Of"/>, for a model that was trained elsewhere: the processor where there is no GPU.</summary>
    internal static Device Here(DeviceChoice choice) => choice != DeviceChoice.Cpu && TorchRuntime.CudaDevices > 0 ? Device.Cuda() : Device.Cpu;
}
