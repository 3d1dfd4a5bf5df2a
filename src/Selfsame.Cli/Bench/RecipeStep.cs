using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Cli.Bench;

/// <summary>The step of a recipe: what <c>pretrain</c> repeats, without loading data.</summary>
internal sealed class RecipeStep : TrainStep
{
    private const double TeacherMomentum = 0.9999;

    private readonly Recipe _recipe;
    private readonly TrainingModel _model;
    private readonly TrainingStep _step;
    private readonly Tensor _pictures;
    private long _done;

    /// <summary>Builds the model.</summary>
    /// <param name="recipe">What to train; its own precision does not count.</param>
    /// <param name="context">Size of the pictures.</param>
    /// <param name="precision">Number format.</param>
    /// <param name="round">Round the pictures to bfloat16, which tells how far so small a change carries a run.</param>
    public RecipeStep(Recipe recipe, ModelContext context, ComputePrecision precision, bool round = false)
    {
        _recipe = recipe;
        Work = StepWork.Of(recipe, context);
        _model = new TrainingModel(recipe, context, precision.Device, precision.Low);
        _step = new TrainingStep(recipe, _model, precision);
        using var scope = Scope.Enter();
        using var generator = new Generator(recipe.Seed);
        var pictures = Ops.Empty([recipe.Batch, context.Channels, context.ImageSize.Height, context.ImageSize.Width]).UniformInPlace(-1, 1, generator);
        _pictures = Scope.Release((round ? pictures.To(DType.BFloat16).To(DType.Float32) : pictures).To(precision.Device, DType.Float32));
    }

    /// <inheritdoc/>
    public override int Batch => _recipe.Batch;

    /// <inheritdoc/>
    public override StepWork Work { get; }

    /// <inheritdoc/>
    public override double Run()
    {
        using var scope = Scope.Enter();
        _step.Begin(_recipe.Optimizer.RateFor(_recipe.Batch));
        var result = _step.Compute(new Batch(_pictures), _done++);
        TrainingStep.Backward(result);
        var loss = result.Loss.Item();
        _step.Finish(_step.Measure(), TeacherMomentum);
        return loss;
    }

    /// <inheritdoc/>
    protected override void Wait() => MatrixRate.WaitFor(_model.Arena.Weights);

    /// <inheritdoc/>
    protected override void Release()
    {
        _model.Dispose();
        _pictures.Dispose();
    }
}
