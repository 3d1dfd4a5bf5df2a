using Selfsame.Modalities;
using Selfsame.Modalities.Text;
using Selfsame.Models;
using Selfsame.Objectives;
using Selfsame.Objectives.Contrast;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Tests.Objectives;

public sealed class ClipTests
{
    private const double Tolerance = 2e-5;

    private static readonly ImageShape Picture = new(8, 8, 3);
    private static readonly AudioShape Sound = new(8000, 8, 4);
    private static readonly TextShape Words = new(6, 260, ByteTokenizer.Instance.Special);

    private static Clip Make(ClipSettings settings, params InputShape[] inputs)
    {
        var encoder = new VitEncoderSettings { Patch = 4, Width = 16, Depth = 1, Heads = 2, ClassToken = false, SpectrogramPatch = [4, 4] };
        var clip = (Clip)settings.Build(new ModelContext(encoder, [.. inputs], 0));
        clip.Initialize(1);
        return clip;
    }

    private static Tensor Draw(string name, params long[] shape) => new SeededStep(5, 0).Normal(name, shape);

    private static Dictionary<string, BatchField> Fields(bool[] seen, bool[] said)
    {
        var count = seen.Length;
        return new()
        {
            [Modality.Image] = new(Draw("image", count, 3, 8, 8), null, Tensor.From<bool>(seen)),
            [Modality.Text] = new(
                Draw("text", count, 6).Abs().Mul(60.0).To(DType.Int64), Tensor.From<long>([.. said.Select((has, k) => has ? 2L + (k % 4) : 0)]), Tensor.From<bool>(said)),
        };
    }

    private static Batch Rows(Dictionary<string, BatchField> fields, params long[] rows)
    {
        var chosen = Tensor.From<long>(rows);
        return new Batch(fields.Select(pair => KeyValuePair.Create(pair.Key, new BatchField(pair.Value.Values.IndexSelect(0, chosen), pair.Value.Lengths?.IndexSelect(0, chosen)))));
    }

    [Fact]
    public void With_an_anchor_the_others_meet_through_it_alone()
    {
        using var scope = Scope.Enter();
        using var clip = Make(new() { EmbedDim = 8, Anchor = Modality.Text }, Picture, Sound, Words);
        var fields = Fields([true, true, true], [true, true, true]);
        fields[Modality.Audio] = new(Draw("audio", 3, 8, 4), Tensor.From<long>([8, 8, 8]));

        var result = clip.Compute(new Batch(fields), new SeededStep(1, 0));

        Assert.Equal(["audio_text_loss", "image_text_loss"], result.Figures.Select(figure => figure.Name).Where(name => name.EndsWith("_loss", StringComparison.Ordinal)).Order());
        var refused = Assert.Throws<ArgumentException>(() => Make(new() { Anchor = Modality.Video }, Picture, Words));
        Assert.Equal("objective.anchor is video; the recipe reads image, text", refused.Message);
    }

    [Theory]
    [InlineData(PairLoss.Softmax)]
    [InlineData(PairLoss.Sigmoid)]
    public void A_sample_counts_only_for_the_pairs_it_has_both_sides_of(PairLoss loss)
    {
        using var scope = Scope.Enter();
        using var clip = Make(new() { EmbedDim = 8, Loss = loss }, Picture, Words);
        var fields = Fields([true, true, false, true, true], [true, false, true, true, true]);
        var all = clip.Compute(new Batch(fields), new SeededStep(1, 0)).Loss.Item();
        var both = clip.Compute(Rows(fields, 0, 3, 4), new SeededStep(1, 0)).Loss.Item();
        Assert.InRange(Math.Abs(all - both), 0, Tolerance);
    }

    [Fact]
    public void A_batch_without_two_partners_has_no_loss_and_no_gradient()
    {
        using var scope = Scope.Enter();
        using var clip = Make(new() { EmbedDim = 8 }, Picture, Words);
        var result = clip.Compute(new Batch(Fields([true, true, false], [false, true, true])), new SeededStep(1, 0));
        result.Loss.Backward();
        Assert.Equal(0, result.Loss.Item());
        Assert.All(clip.TrainableParameters(), parameter => Assert.Equal(0, parameter.Value.Gradient?.Abs().Max().Item() ?? 0));
    }

    [Fact]
    public void Untrained_it_guesses_and_after_some_steps_it_tells_partners_apart()
    {
        using var scope = Scope.Enter();
        using var clip = Make(new() { EmbedDim = 8 }, Picture, Words, Sound);
        var fields = Fields([true, true, true, true, true, true], [true, true, true, true, true, true]);
        fields.Add(Modality.Audio, new(Draw("sound", 6, 8, 4), Tensor.From<long>([8, 4, 8, 8, 3, 6])));
        var batch = new Batch(fields);
        var (first, accuracy) = (0.0, 0.0);
        for (var step = 0; step < 60; step++)
        {
            using var inner = Scope.Enter();
            var result = clip.Compute(batch, new SeededStep(1, step));
            first = step == 0 ? result.Loss.Item() : first;
            accuracy = result.Figures.Where(figure => figure.Name.EndsWith("accuracy", StringComparison.Ordinal)).Min(figure => figure.Value.Item());
            result.Loss.Backward();
            using var guard = GradMode.Off();
            foreach (var parameter in clip.TrainableParameters())
            {
                parameter.Value.AddInPlace(parameter.Value.Gradient!, -0.05);
                parameter.Value.Gradient!.ZeroInPlace();
            }

            clip.AfterStep(result);
        }

        Assert.Equal(1, accuracy);
        Assert.Equal(Math.Log(6), clip.ChanceLoss(6));
        Assert.InRange(first, Math.Log(6) / 3, 12 * Math.Log(6));
    }

    [Fact]
    public void The_scale_stays_below_its_bound()
    {
        using var scope = Scope.Enter();
        using var contrast = new PairContrast(PairLoss.Softmax, temperature: 0.001);
        contrast.Initialize(1);
        contrast.Bound();
        Assert.Equal(Math.Log(100), contrast.TrainableParameters()[0].Value.Item(), 5);
    }

    [Fact]
    public void One_modality_alone_is_refused() =>
        Assert.Contains("the recipe reads image only", Assert.Throws<ArgumentException>(() => Make(new(), Picture)).Message, StringComparison.Ordinal);

    [Fact]
    public void Features_of_a_modality_do_not_depend_on_the_others()
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var clip = Make(new() { EmbedDim = 8 }, Picture, Words);
        var fields = Fields([true, true], [true, true]);
        var features = clip.Features(averaged: false);
        var together = features.Tokens(new Batch(fields));
        var alone = features.Tokens(new Batch([KeyValuePair.Create(Modality.Text, fields[Modality.Text])]));
        Assert.Equal([4 + 2L, 4 + 3L], together.Mask!.To(DType.Int64).Sum([1]).ToArray<long>());
        Assert.InRange((together.Layers[0].Narrow(1, 4, 6) - alone.Layers[0]).Abs().Max().Item(), 0, Tolerance);
    }

    [Fact]
    public void The_class_token_alone_is_what_a_pass_of_all_tokens_gives_it()
    {
        using var scope = Scope.Enter();
        var settings = new ModelContext(new VitEncoderSettings { Patch = 4, Width = 16, Depth = 2, Heads = 2 }, [Picture], 0).MultiModal();
        using var towers = new ModalityTowers(settings, shared: 8);
        towers.Initialize(1);
        using var tower = new MultiModalEncoder(settings);
        foreach (var parameter in tower.Parameters())
            parameter.Value.Detach().CopyFrom(towers.Parameters().Single(other => other.FullName == $"image.{parameter.FullName}").Value.Detach());
        var field = new BatchField(Draw("image", 3, 3, 8, 8));

        var alone = towers.Embed(Modality.Image, field);
        alone.Square().Sum().Backward();

        var map = towers.Parameters().Single(parameter => parameter.FullName == "image_projection.weight").Value.Detach();
        var all = tower.Encode(tower.Embed(new Dictionary<string, BatchField> { [Modality.Image] = field })).Select(1, 0).Matmul(map.T());
        all.Square().Sum().Backward();
        Assert.InRange((alone - all).Abs().Max().Item(), 0, Tolerance);
        foreach (var parameter in tower.Parameters().Where(parameter => parameter.Trainable))
            Assert.InRange((parameter.Value.Gradient! - towers.Parameters().Single(other => other.FullName == $"image.{parameter.FullName}").Value.Gradient!).Abs().Max().Item(), 0, 1e-3);
    }
}
