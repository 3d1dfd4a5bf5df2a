using FsCheck;
using FsCheck.Fluent;
using Selfsame.Modalities;
using Selfsame.Modalities.Text;
using Selfsame.Models;
using Selfsame.Objectives;
using Selfsame.Objectives.Generation;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Tests.Objectives;

/// <summary>Self-Flow over several modalities in one sequence.</summary>
public sealed class JointFlowTests
{
    private const int Samples = 6;

    private static readonly ImageShape Picture = new(8, 8, 3);
    private static readonly VideoShape Film = new(4, 8, 8, 3);
    private static readonly AudioShape Sound = new(8000, 12, 4);
    private static readonly TextShape Words = new(7, 260, ByteTokenizer.Instance.Special);

    private static SelfFlow Make(SelfFlowSettings? settings = null, params InputShape[] inputs)
    {
        var encoder = new DitEncoderSettings { Patch = 4, Width = 16, Depth = 3, Heads = 2, SpectrogramPatch = [4, 4], TextSpan = 2 };
        var flow = (SelfFlow)(settings ?? new()).Build(new ModelContext(encoder, [.. inputs.Length > 0 ? inputs : [Picture, Film, Sound, Words]], 0));
        flow.Initialize(1);
        // Blocks start closed and the output at zero; random weights open them.
        var random = new Random(3);
        using var guard = GradMode.Off();
        foreach (var parameter in flow.Parameters().Where(parameter => parameter.Trainable))
            foreach (ref var value in parameter.Value.Span<float>())
                value = ((float)random.NextDouble() - 0.5f) * 0.4f;
        return flow;
    }

    private static Tensor Draw(string name, params long[] shape) => new SeededStep(9, 0).Normal(name, shape);

    private static BatchField Text(params string[] texts)
    {
        var ids = texts.SelectMany(text => text.PadRight(7, '\0').Select(c => c == '\0' ? 256L : c)).ToArray();
        return new(Tensor.From<long>(ids, [texts.Length, 7]), Tensor.From<long>([.. texts.Select(text => (long)text.Length)]),
            Tensor.From<bool>([.. texts.Select(text => text.Length > 0)]));
    }

    // Every sample but the first lacks something.
    private static Batch Everything(double noiseWherePadded = 0)
    {
        var present = Tensor.From<bool>([true, false, true, true, false, true]);
        var lengths = Tensor.From<long>([12, 5, 0, 8, 9, 4]);
        var (image, sound) = (Draw("image", Samples, 3, 8, 8), Draw("sound", Samples, 12, 4));
        var heard = Ops.Arange(12, dtype: DType.Int64).Unsqueeze(0).Lt((((lengths + 3.0) / 4.0).Floor() * 4.0).Unsqueeze(1)).Unsqueeze(-1);
        return new Batch(new Dictionary<string, BatchField>
        {
            [Modality.Image] = new(Ops.Where(present.View([Samples, 1, 1, 1]), image, (image * 0.0) + noiseWherePadded), null, present),
            [Modality.Video] = new(Draw("film", Samples, 3, 4, 8, 8)),
            [Modality.Audio] = new(Ops.Where(heard, sound, (sound * 0.0) + noiseWherePadded), lengths, lengths.Gt(0)),
            [Modality.Text] = Text("seven", "of", "six", "", "a", "letters"),
        });
    }

    [Theory]
    [InlineData(Modality.Image)]
    [InlineData(Modality.Audio)]
    public void One_part_is_the_model_of_its_modality(string modality)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var flow = Make();
        var network = flow.Network(averaged: false);
        var settings = network[modality].Settings;
        var (tokens, times) = (Draw("x", 2, settings.Grid.Rows > 0 ? 4 : 3, settings.TokenWidth), Tensor.From<float>([0.3f, 0.7f, 0.1f, 0.9f], [2, 2]));
        var group = Draw("g", 2, tokens.Size(1)).Gt(0).To(DType.Int64);

        var alone = network[modality].Forward(tokens, times, group);

        Assert.Equal(alone.ToArray<float>(), network.Forward([new(modality, tokens, times, group)])[0].ToArray<float>());
    }

    [Fact]
    public void What_a_sample_lacks_and_what_pads_it_changes_nothing()
    {
        using var scope = Scope.Enter();
        using var flow = Make(new() { SeparateAttention = true });
        var (one, other) = (flow.Compute(Everything(), new SeededStep(1, 0)), flow.Compute(Everything(1000), new SeededStep(1, 0)));
        Assert.InRange(Math.Abs(one.Loss.Item() - other.Loss.Item()), 0, 1e-6);
        var (features, others) = (flow.Features(true), flow.Features(true));
        var (tokens, padded) = (features.Tokens(Everything()), others.Tokens(Everything(1000)));
        var real = tokens.Mask!.Unsqueeze(-1).To(DType.Float32);
        Assert.InRange(((tokens.Layers[^1] - padded.Layers[^1]) * real).Abs().Max().Item(), 0, 1e-5);
    }

    [Fact]
    public void A_condition_is_clean_and_something_is_always_made()
    {
        using var scope = Scope.Enter();
        using var flow = Make(new() { ConditionShare = 0.5 });
        var batch = Everything();
        var result = flow.Compute(batch, new SeededStep(1, 0));
        var (given, hidden) = (result["given"].ToArray<bool>(), result["left_out"].ToArray<bool>());
        string[] order = [Modality.Image, Modality.Video, Modality.Audio, Modality.Text];
        for (var k = 0; k < order.Length; k++)
        {
            var tau = result[$"{order[k]}.tau"];
            for (var b = 0; b < Samples; b++)
                Assert.Equal(given[(b * 4) + k], tau.Select(0, b).Max().Item() == 0);
        }

        Assert.Contains(true, given);
        Assert.Contains(true, hidden);
        for (var b = 0; b < Samples; b++)
        {
            var made = Enumerable.Range(0, 4).Count(k => batch.Present(order[k]).ToArray<bool>()[b] && !given[(b * 4) + k] && !hidden[(b * 4) + k]);
            Assert.True(made > 0);
        }
    }

    [Fact]
    public void What_is_given_or_left_out_has_no_loss()
    {
        using var scope = Scope.Enter();
        var present = Ops.Ones([1, 2], DType.Bool);
        foreach (var role in new[] { 0.1f, 0.6f })
        {
            var roles = FlowRoles.Draw(present, Tensor.From<float>([role]), Tensor.From<float>([0.9f, 0.2f], [1, 2]), 0.5);
            Assert.Equal([false, role < 0.5], roles.GivenBM.ToArray<bool>());
            Assert.Equal([false, role >= 0.5], roles.HiddenBM.ToArray<bool>());
        }

        var none = FlowRoles.Draw(Tensor.From<bool>([true, false], [1, 2]), Tensor.From<float>([0.1f]), Tensor.From<float>([0.2f, 0.1f], [1, 2]), 0.5);
        Assert.Equal([false, false], none.GivenBM.ToArray<bool>());

        using var flow = Make(new() { ConditionShare = 0.5, Gamma = 0 }, Picture, Words);
        var batch = new Batch(new Dictionary<string, BatchField> { [Modality.Image] = new(Draw("image", 1, 3, 8, 8)), [Modality.Text] = Text("seven") });
        for (var step = 0; step < 8; step++)
        {
            var result = flow.Compute(batch, new SeededStep(1, step));
            var made = result["given"].LogicalOr(result["left_out"]).LogicalNot().ToArray<bool>();
            var error = (result["image.pred"] - result["image.target"]).Square().Mean().Item() * (made[0] ? 1 : 0);
            error += (result["text.pred"] - result["text.target"]).Square().Mean().Item() * (made[1] ? 1 : 0);
            Assert.Equal(error, result.Loss.Item(), 4);
        }
    }

    [Fact]
    public void Every_front_end_learns_and_the_same_seed_gives_the_same_bits()
    {
        using var scope = Scope.Enter();
        using var flow = Make();
        var result = flow.Compute(Everything(), new SeededStep(1, 0));
        result.Loss.Backward();

        foreach (var modality in flow.Generates)
        {
            foreach (var layer in new[] { "x_embedder.proj.weight", "final_layer.linear.weight" })
            {
                var weight = flow.Parameters().Single(parameter => parameter.FullName == $"student.{modality}.{layer}").Value;
                Assert.True(weight.Gradient!.Abs().Max().Item() > 0, $"{modality} {layer}");
            }

            Assert.Contains(result.Figures, figure => figure.Name == $"loss_rep.{modality}");
        }

        Assert.Equal(result.Loss.Item(), flow.Compute(Everything(), new SeededStep(1, 0)).Loss.Item());
        Assert.NotEqual(result.Loss.Item(), flow.Compute(Everything(), new SeededStep(1, 1)).Loss.Item());
    }

    [Fact]
    public void A_batch_in_parts_has_the_loss_of_the_whole()
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var flow = Make();
        var batch = Everything();
        var parts = Enumerable.Range(0, 3).Select(k => flow.Compute(batch.Rows(2 * k, 2), new SeededStep(1, 0, new BatchPart(2 * k, 2, Samples))).Loss.Item());
        Assert.Equal(flow.Compute(batch, new SeededStep(1, 0)).Loss.Item(), parts.Average(), 4);
    }

    [Fact]
    public void Weights_and_shares_are_of_the_modality()
    {
        var settings = new SelfFlowSettings { MaskRatio = 0.3, Modalities = new() { Audio = new() { Weight = 2 }, Text = new() { MaskRatio = 0.4 } } };
        Assert.Equal((0.3, 0.1, 0.5, 0.4), (settings.Of(Modality.Image, false).MaskRatio, settings.Of(Modality.Video, false).MaskRatio, settings.Of(Modality.Audio, false).MaskRatio, settings.Of(Modality.Text, false).MaskRatio));
        Assert.Equal(0.3, settings.Of(Modality.Audio, only: true).MaskRatio);
        Assert.Equal((2.0, 1.0), (settings.Of(Modality.Audio, false).Weight, settings.Of(Modality.Text, false).Weight));
    }

    [Fact]
    public void Any_modality_is_made_from_any_others()
    {
        using var scope = Scope.Enter();
        using var flow = Make();
        var batch = Everything();
        foreach (var modality in flow.Generates)
        {
            var made = flow.Generate(new GenerationRequest(Samples, [modality]) { Given = batch }, new() { Steps = 2, Guidance = new(2) }, new SeededStep(1, 0));
            Assert.Equal([modality], made.Names);
            Assert.Equal(modality == Modality.Text ? [Samples, 7] : batch[modality].Shape.ToArray(), made[modality].Shape.ToArray());
            Assert.True(made[modality].Isfinite().All().IsNonzero());
            var alone = flow.Generate(new GenerationRequest(Samples, [modality]), new() { Steps = 2 }, new SeededStep(1, 0));
            if (modality != Modality.Text)
                Assert.NotEqual(alone[modality].ToArray<float>(), made[modality].ToArray<float>());
        }

        Assert.Equal([Modality.Image, Modality.Audio], flow.Generate(new GenerationRequest(2, [Modality.Audio, Modality.Image]), new() { Steps = 2 }, new SeededStep(1, 0)).Names);
    }

    [Fact]
    public void Tokens_turn_back_into_samples()
    {
        using var scope = Scope.Enter();
        using var flow = Make(new() { Modalities = new() { Audio = new() { Fill = true } } });
        var batch = Everything();
        var rebuilt = flow.Rebuilt(batch);
        foreach (var modality in new[] { Modality.Image, Modality.Video })
            Assert.Equal(batch[modality].ToArray<float>(), rebuilt[modality].ToArray<float>());
        Assert.Equal(batch[Modality.Text].ToArray<long>(), rebuilt[Modality.Text].ToArray<long>());
        Assert.Equal(SpectrogramTokenizer.Silence, rebuilt[Modality.Audio].Select(0, 5).Narrow(0, 4, 8).Max().Item());
        Assert.Equal(batch[Modality.Audio].Select(0, 0).Contiguous().ToArray<float>(), rebuilt[Modality.Audio].Select(0, 0).Contiguous().ToArray<float>());
    }

    [Fact]
    public void Bits_turn_back_into_ids_even_under_noise() => Prop.ForAll<byte[], ushort>((ids, more) =>
    {
        using var scope = Scope.Enter();
        var bits = new AnalogBits(2 + more, 0);
        var wanted = Tensor.From<long>([.. ids.Append((byte)0).Select(id => (long)(id % (2 + more)))], [1, ids.Length + 1]);
        var noisy = bits.Encode(wanted) + (new SeededStep(1, 0).Uniform("noise", 1, ids.Length + 1, bits.Count) * 1.8) - 0.9;
        Assert.Equal(wanted.ToArray<long>(), bits.Decode(noisy).ToArray<long>());
    }).QuickCheckThrowOnFailure();
}
