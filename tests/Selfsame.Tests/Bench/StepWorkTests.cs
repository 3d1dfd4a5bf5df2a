using Selfsame.Cli.Bench;
using Selfsame.Cli.Bench.Models;
using Selfsame.Objectives.Generation;

namespace Selfsame.Tests.Bench;

public sealed class StepWorkTests
{
    [Fact]
    public void A_step_of_self_flow_small_needs_683_GFLOP()
    {
        var (recipe, model) = BenchRecipe.Load(BenchRecipe.SelfFlow);

        var work = StepWork.Of(recipe, model);

        // 24 T D² for each block forward: 12 blocks forward and twice that backward, and the teacher's 8.
        Assert.Equal(24.0 * 4096 * 384 * 384 * ((12 * 3) + 8), work.Blocks.Sum(product => product.Flops));
        Assert.Equal(683_120_001_024, work.Flops);
    }

    [Fact]
    public void Without_representation_loss_the_teacher_and_the_head_cost_nothing()
    {
        var (recipe, model) = BenchRecipe.Load(BenchRecipe.SelfFlow);
        var settings = (SelfFlowSettings)recipe.Objective with { Gamma = 0 };

        var work = StepWork.Of(recipe with { Objective = settings }, model);

        Assert.Equal(24.0 * 4096 * 384 * 384 * 12 * 3, work.Blocks.Sum(product => product.Flops));
    }

    [Fact]
    public void A_masked_autoencoder_pays_for_the_tokens_it_sees()
    {
        var (recipe, model) = BenchRecipe.Load(BenchRecipe.MaskedAutoencoder);

        var work = StepWork.Of(recipe, model);

        // 64 pictures: a class token and 16 of 64 patches in the encoder, all 65 in the decoder.
        var encoder = 24.0 * 64 * 17 * 384 * 384 * 12 * 3;
        var decoder = 24.0 * 64 * 65 * 192 * 192 * 4 * 3;
        Assert.Equal(encoder + decoder, work.Blocks.Sum(product => product.Flops));
        var attention = (4.0 * 64 * 17 * 17 * 384 * 36) + (4.0 * 64 * 65 * 65 * 192 * 12);
        var ends = (2.0 * 64 * 16 * 192 * 384 * 2) + (2.0 * 64 * 17 * 384 * 192 * 3) + (2.0 * 64 * 64 * 192 * 192 * 3);
        Assert.Equal(encoder + decoder + attention + ends, work.Flops);
    }

    [Fact]
    public void Data2vec_pays_for_the_student_and_one_pass_of_the_teacher()
    {
        var (recipe, model) = BenchRecipe.Load(BenchRecipe.Data2Vec);

        var work = StepWork.Of(recipe, model);

        var blocks = 24.0 * 64 * 65 * 384 * 384 * 12 * (3 + 1);
        Assert.Equal(blocks, work.Blocks.Sum(product => product.Flops));
        Assert.Equal(blocks + (4.0 * 64 * 65 * 65 * 384 * 12 * 4) + (2.0 * 64 * 64 * 192 * 384 * 2), work.Flops);
    }

    [Fact]
    public void Clip_pays_for_both_towers()
    {
        var (recipe, model) = BenchRecipe.Load(BenchRecipe.Clip);

        var work = StepWork.Of(recipe, model);

        var blocks = 24.0 * 64 * (65 + 33) * 384 * 384 * 12 * 3;
        var attention = 4.0 * 64 * ((65 * 65) + (33 * 33)) * 384 * 36;
        var ends = (2.0 * 64 * 64 * 192 * 384 * 2) + (2 * 2.0 * 64 * 384 * 512 * 3) + (2.0 * 64 * 512 * 64 * 3);
        Assert.Equal(blocks, work.Blocks.Sum(product => product.Flops));
        Assert.Equal(blocks + attention + ends, work.Flops);
    }

    [Fact]
    public void A_ResNet_18_needs_its_149_million_multiplications_a_picture()
    {
        using var model = new ResNet18();

        // Forward 1.8 GFLOP at 224 x 224 in multiply-adds, a twelfth at 64 x 64; the first convolution has no input gradient.
        var forward = 32 * 2.0 * ((32 * 32 * 3 * 49 * 64) + (4 * 16 * 16 * 64 * 64 * 9) + (8 * 8 * 128 * ((64 * 9) + (3 * 128 * 9) + 64)) + (4 * 4 * 256 * ((128 * 9) + (3 * 256 * 9) + 128)) + (2 * 2 * 512 * ((256 * 9) + (3 * 512 * 9) + 256)) + (512 * 1000));
        Assert.Equal((3 * forward) - (32 * 2.0 * 32 * 32 * 3 * 49 * 64), model.Work.Flops);
        Assert.InRange(forward / 32 / 2, 148e6, 150e6);
    }
}
