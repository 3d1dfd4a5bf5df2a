using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

/// <summary>Convolutions whose weight lies with its inputs last.</summary>
public sealed class ChannelsLastTests
{
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(3, 2, 1)]
    public void Loss_gradients_and_steps_are_those_of_the_usual_layout(long kernel, long stride, long padding)
    {
        var (plain, turned) = (Train(kernel, stride, padding, channelsLast: false), Train(kernel, stride, padding, channelsLast: true));

        foreach (var (expected, actual) in plain.Zip(turned))
        {
            Assert.Equal(expected.Length, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [Fact]
    public void The_weight_lies_so_in_the_arena_and_reads_as_ever()
    {
        using var scope = Scope.Enter();
        using var layer = new Conv2d(3, 4, 2, channelsLast: true);
        layer.Initialize(1);
        var parameter = layer.Parameters()[0];
        var before = parameter.Value.ToArray<float>();
        using var arena = new ParameterArena(layer, gradients: true, low: true);

        Assert.Equal(before, parameter.Value.ToArray<float>());
        Assert.False(parameter.Value.IsContiguous);
        Assert.Equal([4, 3, 2, 2], parameter.Value.Gradient!.Shape);
        // The first output's inputs at one place are neighbours.
        Assert.Equal([before[0], before[4], before[8]], arena.Weights.Narrow(0, 0, 3).ToArray<float>());
    }

    // Loss, gradient of the input, gradient of the weight, and the weight after a step.
    private static List<float[]> Train(long kernel, long stride, long padding, bool channelsLast)
    {
        using var scope = Scope.Enter();
        using var layer = new Conv2d(3, 5, kernel, stride, padding, channelsLast: channelsLast);
        layer.Initialize(7);
        using var arena = new ParameterArena(layer);
        using var optimizer = new AdamWSettings().Build(arena, [.. arena.Parameters.Select(_ => new ParameterGroup { Decay = 0.1 })]);
        optimizer.Rate = 1e-2;
        using var generator = new Generator(2);
        var pictures = Ops.Empty([2, 3, 6, 6]).NormalInPlace(generator: generator);
        pictures.RequiresGrad = true;
        var x = channelsLast ? pictures.Permute([0, 2, 3, 1]).Contiguous().Permute([0, 3, 1, 2]) : pictures;

        var loss = layer.Forward(x).Square().Mean();
        loss.Backward();
        var weight = layer.Parameters()[0].Value;
        var gradients = (pictures.Gradient!.ToArray<float>(), weight.Gradient!.ToArray<float>());
        optimizer.Step();

        return [[(float)loss.Item()], gradients.Item1, gradients.Item2, weight.ToArray<float>()];
    }
}
