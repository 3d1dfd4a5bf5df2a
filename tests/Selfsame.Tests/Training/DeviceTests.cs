using Selfsame.Modalities;
using Selfsame.Modalities.Text;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Training;

/// <summary>
/// Models away from the host's memory. libtorch's meta device has shapes and no numbers: an element-wise operator that meets a tensor there and another on the processor
/// fails, as it would on a GPU, and so does whoever looks at a number. Matrix products do not look where their factors lie, so this is no proof; a GPU is.
/// </summary>
public sealed class DeviceTests
{
    public static TheoryData<string> Recipes => ShippedRecipeTests.Recipes;

    // Steps that go no further without numbers: masks that depend on lengths, rows that are chosen by what is hidden, a convolution.
    private static readonly Dictionary<string, string> s_needNumbers = new()
    {
        ["data2vec-text.yaml"] = "Cannot copy out of meta tensor",
        ["data2vec-speech.yaml"] = "convolution_overrideable not implemented",
        ["data2vec.yaml"] = "index 0 out of range for tensor of size [0, ",
    };

    static DeviceTests() => Device.CompleteMeta();

    [Theory, MemberData(nameof(Recipes))]
    public void A_step_makes_all_its_tensors_where_the_model_lives(string name)
    {
        var recipe = new RecipeLoader(SystemTable.BuiltIn).Load(Path.Combine(ShippedRecipeTests.Root, "recipes", name), [], TinyRun.NoEnvironment).Recipe;
        using var scope = Scope.Enter();
        var tokenizer = recipe.Data.Text?.Tokenizer.Train is null ? null : ByteTokenizer.Instance;
        var shapes = InputFields.Of(recipe, tokenizer).Shapes;
        var context = new ModelContext(recipe.Encoder, [.. shapes], recipe.Objective.LabelColumn is null ? 0 : 10);
        using var model = new TrainingModel(recipe, context, Device.Meta, low: false);
        var step = new TrainingStep(recipe, model, new ComputePrecision(Low: false, Device.Meta));

        if (s_needNumbers.TryGetValue(name, out var reason))
        {
            Assert.Contains(reason, Assert.Throws<TorchException>(() => Run()).Message, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(Device.Meta, Run().Loss.Device);
        Assert.Equal(Device.Meta, model.Objective.Device);

        ObjectiveResult Run()
        {
            var result = step.Compute(BatchOf(shapes).To(Device.Meta), step: 3);
            TrainingStep.Backward(result);
            return result;
        }
    }

    private static Batch BatchOf(IReadOnlyList<InputShape> shapes)
    {
        var fields = new Dictionary<string, BatchField>();
        foreach (var shape in shapes)
            fields[shape.Modality] = FieldOf(shape);
        return new Batch(fields) { Labels = Ops.Ones([Samples], DType.Int64) };
    }

    private const int Samples = 4;

    // All samples have everything and are as long as can be.
    private static BatchField FieldOf(InputShape shape) => shape switch
    {
        ImageShape image => new(Ops.Zeros([Samples, image.Channels, image.Height, image.Width])),
        DepthShape depth => new(Ops.Zeros([Samples, 1, depth.Height, depth.Width])),
        VideoShape video => new(Ops.Zeros([Samples, video.Channels, video.Frames, video.Height, video.Width])),
        AudioShape { Bins: 0 } sound => new(Ops.Zeros([Samples, sound.MaxLength]), Lengths(sound.MaxLength)),
        AudioShape sound => new(Ops.Zeros([Samples, sound.MaxLength, sound.Bins]), Lengths(sound.MaxLength)),
        TextShape text => new(Ops.Zeros([Samples, text.MaxLength], DType.Int64), Lengths(text.MaxLength)),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "no such input"),
    };

    private static Tensor Lengths(int length) => Ops.Full([Samples], length, DType.Int64);

    [Fact]
    public void A_tensor_left_behind_is_found()
    {
        using var scope = Scope.Enter();
        using var layer = new Linear(4, 4);
        layer.MoveTo(Device.Meta);
        var moved = layer.Forward(Ops.Zeros([2, 4], device: Device.Meta));

        Assert.Equal(Device.Meta, moved.Device);
        Assert.Contains("same device", Assert.Throws<TorchException>(() => moved + Ops.Zeros([2, 4])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_GPU_a_recipe_that_asks_for_one_is_refused_with_what_to_do()
    {
        if (TorchRuntime.CudaDevices > 0)
            return;
        using var folder = new TemporaryFolder();
        var recipe = TinyRun.Load(TinyRun.Mae, TinyRun.Pictures(folder["pictures"], 8), "device=cuda");

        var fault = await Assert.ThrowsAsync<NotSupportedException>(() => TinyRun.RunAsync(recipe, folder["run"]));

        Assert.Contains("libtorch finds no GPU", fault.Message, StringComparison.Ordinal);
        Assert.Contains("TORCH_HOME", fault.Message, StringComparison.Ordinal);
    }
}
