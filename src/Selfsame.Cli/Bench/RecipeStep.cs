using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Cli.Bench;

/// <summary>Our own training step on a batch that lies in memory: what <c>pretrain</c> repeats, without loading data.</summary>
internal sealed class OwnStep : IDisposable
{
    private const double TeacherMomentum = 0.9999;

    private readonly Recipe _recipe;
    private readonly TrainingModel _model;
    private readonly TrainingStep _step;
    private readonly Tensor _pictures;
    private readonly TimeProvider _time;
    private long _done;

    /// <summary>Builds the model.</summary>
    /// <param name="recipe">What to train.</param>
    /// <param name="context">Size of the pictures.</param>
    /// <param name="time">Clock.</param>
    public OwnStep(Recipe recipe, ModelContext context, TimeProvider time)
    {
        (_recipe, _time) = (recipe, time);
        var precision = ComputePrecision.Resolve(recipe.Precision, Device.Cpu, RunEnvironment.Capture().CpuFeatures);
        _model = new TrainingModel(recipe, context, Device.Cpu, precision.Low);
        _step = new TrainingStep(recipe, _model, precision);
        using var generator = new Generator(recipe.Seed);
        _pictures = Scope.Release(Ops.Empty([recipe.Batch, context.Channels, context.ImageSize.Height, context.ImageSize.Width]).UniformInPlace(-1, 1, generator));
    }

    /// <summary>Runs some steps.</summary>
    /// <param name="steps">How many.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>Seconds.</returns>
    /// <exception cref="InvalidOperationException">The loss is not finite: what was timed is not training.</exception>
    public double Round(int steps, CancellationToken cancellation)
    {
        var start = _time.GetTimestamp();
        for (var k = 0; k < steps; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = Scope.Enter();
            _step.Begin(_recipe.Optimizer.RateFor(_recipe.Batch));
            var result = _step.Compute(new Batch(_pictures), _done++);
            TrainingStep.Backward(result);
            if (!double.IsFinite(result.Loss.Item()))
                throw new InvalidOperationException($"the loss of {_recipe.Name} is not finite after {_done} steps");
            _step.Finish(_step.Measure(), TeacherMomentum);
        }

        return _time.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Frees the model.</summary>
    public void Dispose()
    {
        _model.Dispose();
        _pictures.Dispose();
    }
}
