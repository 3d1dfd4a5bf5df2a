using Selfsame.Objectives;
using Selfsame.Torch;

namespace Selfsame.Training.Planning;

/// <summary>Runs the forward and backward pass of a few samples to see what they take, and leaves the model as it was.</summary>
/// <param name="model">The model; its gradients are cleared afterwards.</param>
/// <param name="step">Its arithmetic.</param>
internal sealed class StepProbe(TrainingModel model, TrainingStep step)
{
    /// <summary>Measures what tensors take for two small parts of a batch, and draws a line through both.</summary>
    /// <param name="batch">A batch.</param>
    /// <param name="samples">Samples in it, at least 1.</param>
    internal StepMemory Measure(Batch batch, long samples)
    {
        var (small, large) = (Math.Max(1, samples / 16), Math.Max(2, samples / 8));
        Bytes(batch, 1, samples);  // what is set up once (threads, kernels) is not the step's
        return samples == 1
            ? StepMemory.Through((1, Bytes(batch, 1, samples)), (1, Bytes(batch, 1, samples)))
            : StepMemory.Through((small, Bytes(batch, small, samples)), (large, Bytes(batch, large, samples)));
    }

    /// <summary>The most bytes that tensors take, beyond those there before, while some samples pass forward and backward.</summary>
    internal long Bytes(Batch batch, long count, long total)
    {
        using var scope = Scope.Enter();
        var buffers = model.Objective.Parameters().Where(p => !p.Trainable).Select(p => (p.Value, Copy: p.Value.Clone())).ToArray();  // statistics of a batch norm move in a forward pass
        var before = TorchMemory.Live;
        TorchMemory.ResetPeak();
        try
        {
            using var inner = Scope.Enter();
            TrainingStep.Backward(step.Compute(count == total ? batch : batch.Rows(0, count), step: 0, new BatchPart(0, count, total)));
        }
        finally
        {
            using var guard = GradMode.Off();
            foreach (var (value, copy) in buffers)
                value.CopyFrom(copy);
            model.Arena.ClearGradients();
        }

        return TorchMemory.Peak - before;
    }
}
