using Selfsame.Objectives;
using Selfsame.Torch;

namespace Selfsame.Generation;

/// <summary>Samples in the host's memory, wherever the model lives: what judges, pictures and files are made of.</summary>
internal static class HostSamples
{
    /// <summary>Where a method's weights lie.</summary>
    internal static Device DeviceOf(object method) => ((Module)method).Device;

    /// <inheritdoc cref="IGenerator.Generate(int, Tensor?, SamplerSettings, StepContext, bool, CancellationToken)"/>
    internal static Tensor MakeOnHost(
        this IGenerator generator, int count, Tensor? labels, SamplerSettings settings, SeededStep draws, bool averaged, CancellationToken cancellation)
    {
        var device = DeviceOf(generator);
        var samples = generator.Generate(count, labels?.To(device, labels.DType), settings, draws.On(device), averaged, cancellation);
        return samples.To(Device.Cpu, samples.DType);
    }

    /// <inheritdoc cref="IGenerator.Generate(GenerationRequest, SamplerSettings, StepContext, bool, CancellationToken)"/>
    internal static Batch MakeOnHost(
        this IGenerator generator, GenerationRequest request, SamplerSettings settings, SeededStep draws, bool averaged, CancellationToken cancellation)
    {
        var device = DeviceOf(generator);
        var there = request with { Given = request.Given?.To(device), Labels = request.Labels?.To(device, request.Labels.DType) };
        return generator.Generate(there, settings, draws.On(device), averaged, cancellation).To(Device.Cpu);
    }
}
