using Selfsame.Corruption;
using Selfsame.Objectives;
using Selfsame.Objectives.Reconstruction;
using Selfsame.Training;
using Selfsame.Tests.Training;
using Selfsame.Torch;

namespace Selfsame.Tests.Objectives;

public sealed class MaskedAutoencoderTests
{
    [Fact]
    public void A_perfect_rebuild_costs_nothing_and_seen_patches_do_not_count()
    {
        using var scope = Scope.Enter();
        using var mae = Build(new() { NormalizeTarget = false, MaskRatio = 0.75 });
        Always(mae, 0.5f);
        var image = Ops.Full([1, 3, 16, 16], 0.5, DType.Float32, Device.Cpu);
        Assert.Equal(0, mae.Compute(new Batch(image), new Fixed(Ranks(16))).Loss.Item(), 12);

        image.Narrow(2, 0, 4).Narrow(3, 0, 4).CopyFrom(Ops.Full([1, 3, 4, 4], 2.5, DType.Float32, Device.Cpu));  // patch 0 is off by 2
        Assert.Equal(0, mae.Compute(new Batch(image), new Fixed(Ranks(16))).Loss.Item(), 12);  // seen: its draw is the smallest
        var hidden = mae.Compute(new Batch(image), new Fixed(Ranks(16, descending: true)));
        Assert.Equal(4.0 / 12, hidden.Loss.Item(), 6);  // one of 12 hidden patches has an error of 2²
        Assert.Equal(1, hidden["mask"].ToArray<float>()[0]);
    }

    [Fact]
    public void A_normalised_target_does_not_know_brightness_and_contrast()
    {
        using var scope = Scope.Enter();
        using var mae = Build(new());
        var image = new SeededStep(1, 0).Uniform("image", 2, 3, 16, 16);
        Always(mae, 0);
        var draws = new Fixed(new SeededStep(1, 0).Uniform("noise", 2, 16));
        var loss = mae.Compute(new Batch(image), draws).Loss.Item();
        Assert.Equal(47.0 / 48, loss, 4);  // the mean square of 48 numbers with unbiased variance 1
        Assert.Equal(loss, mae.Compute(new Batch((image * 3.0) + 1.0), draws).Loss.Item(), 4);
    }

    [Theory]
    [InlineData(0.75, 4)]
    [InlineData(0.5, 8)]
    [InlineData(0.6, 6)]
    public void The_share_of_hidden_patches_is_exact(double ratio, int seen)
    {
        using var scope = Scope.Enter();
        using var mae = Build(new() { MaskRatio = ratio });
        var result = mae.Compute(new Batch(Ops.Ones([3, 3, 16, 16])), new SeededStep(2, 5));
        Assert.Equal([3, 1 + seen, 16], result["latent"].Shape);  // the class token is always seen
        Assert.Equal([3, 16, 48], result["pred"].Shape);
        Assert.All(result["mask"].Sum([1]).ToArray<float>(), hidden => Assert.Equal(16 - seen, hidden));
    }

    [Fact]
    public void Loss_and_gradient_of_a_batch_are_the_means_over_its_parts()
    {
        using var scope = Scope.Enter();
        var recipe = TinyRun.Load(TinyRun.Mae, "unused").Recipe;
        using var model = new TrainingModel(recipe, new(recipe.Encoder, (16, 16), 3, 0), Device.Cpu, low: false);
        var image = new SeededStep(7, 0).Normal("image", 6, 3, 16, 16);
        var noise = new SeededStep(7, 0).Uniform("noise", 6, 16);

        var whole = model.Objective.Compute(new Batch(image), new Fixed(noise)).Loss;
        whole.Backward();
        var expected = model.Arena.Gradients!.ToArray<float>();
        model.Arena.ClearGradients();
        var sum = 0.0;
        for (var part = 0; part < 3; part++)
        {
            var loss = model.Objective.Compute(new Batch(image.Narrow(0, part * 2, 2)), new Fixed(noise.Narrow(0, part * 2, 2))).Loss;
            (loss / 3.0).Backward();
            sum += loss.Item() / 3;
        }

        Assert.Equal(whole.Item(), sum, 5);
        var found = model.Arena.Gradients!.ToArray<float>();
        Assert.Contains(expected, value => Math.Abs(value) > 1e-3);
        for (var k = 0; k < expected.Length; k++)
            Assert.Equal(expected[k], found[k], 1e-5f);
    }

    private static MaskedAutoencoder Build(MaskedAutoencoderSettings settings)
    {
        var recipe = TinyRun.Load(TinyRun.Mae, "unused").Recipe;
        settings = settings with { Decoder = ((MaskedAutoencoderSettings)recipe.Objective).Decoder };
        var mae = (MaskedAutoencoder)settings.Build(new(recipe.Encoder, (16, 16), 3, 0));
        mae.Initialize(1);
        return mae;
    }

    // The decoder puts out the same value everywhere.
    private static void Always(Module mae, float value)
    {
        foreach (var parameter in mae.Parameters().Where(p => p.FullName.StartsWith("decoder.pred.", StringComparison.Ordinal)))
            parameter.Value.Span<float>().Fill(parameter.Name == "bias" ? value : 0);
    }

    private static Tensor Ranks(int count, bool descending = false) =>
        Tensor.From<float>([.. Enumerable.Range(0, count).Select(k => (descending ? count - 1 - k : k) / (float)count)], [1, count]);

    /// <summary>Uniform draws given beforehand.</summary>
    private sealed class Fixed(Tensor uniform) : StepContext
    {
        public override Tensor Uniform(string name, params ReadOnlySpan<long> shape)
        {
            Assert.Equal(shape.ToArray(), uniform.Shape);
            return uniform;
        }

        public override Tensor Normal(string name, params ReadOnlySpan<long> shape) => throw new InvalidOperationException(name);

        public override Tensor NoiseLevels(string name, INoiseLevels distribution, int count) => throw new InvalidOperationException(name);
    }
}
