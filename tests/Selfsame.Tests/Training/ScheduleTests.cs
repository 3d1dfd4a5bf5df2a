using Selfsame.Models;
using Selfsame.Training;
using Selfsame.Training.Schedules;

namespace Selfsame.Tests.Training;

public sealed class ScheduleTests
{
    [Fact]
    public void Rates_at_the_joints_are_those_of_the_papers()
    {
        var mae = new MaeCosineSchedule(1, 0.1, 4, 8);
        Assert.Equal([0, 0.25, 1, 0.55, 0.1], Array.ConvertAll([0.0, 1, 4, 6, 8], mae.At), new Near());
        var nano = new NanoGptCosineSchedule(1, 0.1, 4, 8);
        Assert.Equal([0.2, 0.8, 1, 0.55, 0.1, 0.1], Array.ConvertAll([0.0, 3, 4, 6, 8, 100], nano.At), new Near());
        Assert.Equal([0, 1, 0.5, 0, 0], Array.ConvertAll([0.0, 4, 6, 8, 100], new HuggingFaceLinearSchedule(1, 4, 8).At), new Near());
        Assert.Equal([0, 1, 0.5, 0, 0.5], Array.ConvertAll([0.0, 4, 6, 8, 10], new HuggingFaceCosineSchedule(1, 4, 8).At), new Near());
    }

    [Fact]
    public void Momentum_ends_where_each_method_lets_it_end()
    {
        Assert.Equal(0.995, MomentumSchedules.Dino(0.99, 1, 20).At(10), 12);
        Assert.True(MomentumSchedules.Dino(0.99, 1, 20).At(19) < 1);
        Assert.Equal(1, MomentumSchedules.Lightly(0.99, 1, 20).At(19));
        Assert.Equal(0.998, MomentumSchedules.Jepa(0.99, 1, 20, 1.25).At(20), 12);
        Assert.Equal(1, MomentumSchedules.Data2Vec(0.99, 1, 12).At(12));
        Assert.Equal(1, MomentumSchedules.DinoV2(0.99, 1, 20).At(1000));
    }

    [Fact]
    public void Lengths_outside_their_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Length", () => new CosineSchedule(0, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("Warmup", () => new MaeCosineSchedule(1, 0, -1, 5));
        Assert.StartsWith("the whole schedule must be longer than its warm-up of 5", Assert.Throws<ArgumentOutOfRangeException>("Total", () => new MaeCosineSchedule(1, 0, 5, 5)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("Total", () => new HuggingFaceLinearSchedule(1, 5, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => MomentumSchedules.Lightly(0.9, 1, 1));
    }

    [Fact]
    public void A_teacher_moves_by_its_share()
    {
        float[] teacher = [1, -2];
        MovingAverage.Follow(teacher, [3, 2], 0.75);
        Assert.Equal([1.5f, -1f], teacher);
        Assert.Throws<ArgumentOutOfRangeException>(() => MovingAverage.Follow(teacher, [3, 2], 1.01));
        Assert.Throws<ArgumentException>(() => MovingAverage.Follow(teacher, [3], 0.5));
    }

    [Theory]
    [InlineData("cls_token", 0)]
    [InlineData("patch_embed.proj.bias", 0)]
    [InlineData("blocks.0.norm1.weight", 1)]
    [InlineData("blocks.11.mlp.fc2.bias", 12)]
    [InlineData("norm.weight", 13)]
    [InlineData("head.weight", 13)]
    public void Each_parameter_has_its_layer(string name, int layer)
    {
        var decay = new LayerDecay(12, 0.5);
        Assert.Equal(layer, decay.LayerOf(name));
        Assert.Equal(Math.Pow(2, layer - 13), decay.Scale(name));
    }

    [Fact]
    public void A_block_that_does_not_exist_is_refused()
    {
        var decay = new LayerDecay(2, 0.5);
        Assert.StartsWith("parameter 'blocks.2.x' is in no block from 0 to 1", Assert.Throws<ArgumentException>(() => decay.LayerOf("blocks.2.x")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => decay.LayerOf("blocks.-1.x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LayerDecay(0, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LayerDecay(2, 1.5));
        Assert.True(decay.DecaysWeight("head.weight", 2));
        Assert.False(decay.DecaysWeight("head.bias", 1));
        Assert.False(decay.DecaysWeight("pos_embed", 3));
    }

    private sealed class Near : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 1e-12;

        public int GetHashCode(double value) => 0;
    }
}
