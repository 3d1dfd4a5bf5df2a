using Selfsame.Modalities;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Cli.Bench;

/// <summary>The step of a recipe: what <c>pretrain</c> repeats, without loading data.</summary>
internal sealed class RecipeStep : TrainStep
{
    private const double TeacherMomentum = 0.9999;
    private const long WordStep = 2654435761; // words that follow each other have nothing in common

    private readonly Recipe _recipe;
    private readonly TrainingModel _model;
    private readonly TrainingStep _step;
    private readonly Dictionary<string, Tensor> _samples = [];
    private long _done;

    /// <summary>Builds the model.</summary>
    /// <param name="recipe">What to train; its own precision does not count.</param>
    /// <param name="context">Sizes of the pictures, and of captions where the recipe reads them.</param>
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
        foreach (var input in context.Inputs)
            _samples.Add(input.Modality, Scope.Release(Samples(input, recipe.Batch, generator, round).To(precision.Device, input is TextShape ? DType.Int64 : DType.Float32)));
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
        var result = _step.Compute(new Batch(_samples), _done++);
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
        foreach (var samples in _samples.Values)
            samples.Dispose();
    }

    private static Tensor Samples(InputShape input, int batch, Generator generator, bool round)
    {
        switch (input)
        {
            case ImageShape image:
                var pictures = Ops.Empty([batch, image.Channels, image.Height, image.Width]).UniformInPlace(-1, 1, generator);
                return round ? pictures.To(DType.BFloat16).To(DType.Float32) : pictures;
            case TextShape text:
                return Tensor.From<long>([.. Enumerable.Range(0, batch * text.MaxLength).Select(k => k * WordStep % text.Vocabulary)], [batch, text.MaxLength]);
            default:
                throw new NotSupportedException($"the benchmark makes no samples of {input.Modality}");
        }
    }
}
