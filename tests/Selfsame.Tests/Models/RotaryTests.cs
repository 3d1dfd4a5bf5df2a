using Selfsame.Models;
using Selfsame.Torch;

namespace Selfsame.Tests.Models;

public sealed class RotaryTests
{
    [Fact]
    public void Kept_tokens_are_rotated_by_their_own_places()
    {
        using var scope = Scope.Enter();
        using var generator = new Generator(3);
        float[] coordinates = [0, 0, 0, 1, 1, 0, 1, 1];
        using var rotary = new RotaryPositions(coordinates, tokens: 4, headWidth: 8);
        var all = Ops.Empty([1, 2, 4, 8]).NormalInPlace(generator: generator);
        var kept = Tensor.From<long>([3, 1], [1, 2]);
        var picked = all.IndexSelect(2, kept.Reshape([-1]));
        Assert.Equal(rotary.Rotate(all).IndexSelect(2, kept.Reshape([-1])).ToArray<float>(), rotary.Rotate(picked, kept).ToArray<float>());
    }

    [Fact]
    public void Products_of_rotated_vectors_depend_on_the_difference_of_places_only()
    {
        using var scope = Scope.Enter();
        using var generator = new Generator(4);
        float[] coordinates = [0, 1, 2, 3];
        using var rotary = new RotaryPositions(coordinates, tokens: 4, headWidth: 8);
        var q = Ops.Empty([1, 1, 1, 8]).NormalInPlace(generator: generator).Expand([-1, -1, 4, -1]);
        var k = Ops.Empty([1, 1, 1, 8]).NormalInPlace(generator: generator).Expand([-1, -1, 4, -1]);
        var products = rotary.Rotate(q).Matmul(rotary.Rotate(k).Transpose(-2, -1)).ToArray<float>();
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
                Assert.Equal(products[(i * 4) + j], products[((i + 1) * 4) + j + 1], 1e-5);
        }
    }
}
