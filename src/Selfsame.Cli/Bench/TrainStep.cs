using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Cli.Bench;

/// <summary>A training step of ours on a batch that lies in memory: forward, backward, optimizer.</summary>
internal abstract class TrainStep : IDisposable
{
    /// <summary>What benchmarks compute in: bfloat16 on a GPU and where the processor multiplies it natively, else float32; peers are told to do the same.</summary>
    /// <param name="device">Where; null for the processor.</param>
    public static ComputePrecision MachinePrecision(Device? device = null) => ComputePrecision.Resolve(Precision.Auto, device ?? Device.Cpu, RunEnvironment.Capture().CpuFeatures);

    /// <summary>Samples in a step.</summary>
    public abstract int Batch { get; }

    /// <summary>The arithmetic that a step cannot do without.</summary>
    public abstract StepWork Work { get; }

    /// <summary>Takes one step.</summary>
    /// <returns>The loss before it.</returns>
    public abstract double Run();

    /// <summary>Takes some steps.</summary>
    /// <param name="steps">How many.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>Seconds.</returns>
    /// <exception cref="InvalidOperationException">The loss is not finite: what was timed is not training.</exception>
    public double Round(int steps, TimeProvider time, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        for (var k = 0; k < steps; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!double.IsFinite(Run()))
                throw new InvalidOperationException("the loss is not finite");
        }

        Wait();
        return time.GetElapsedTime(start).TotalSeconds;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Waits until the last step has changed the weights: a GPU works on while the program goes on.</summary>
    protected abstract void Wait();

    /// <summary>Frees the model.</summary>
    protected abstract void Release();
}
