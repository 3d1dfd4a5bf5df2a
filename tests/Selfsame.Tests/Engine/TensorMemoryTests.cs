using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

public sealed class TensorMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(100_000)]
    [InlineData(1_000_003)]
    public void Memory_starts_on_a_cache_line_and_holds_what_it_should(int count)
    {
        using var tensor = Ops.Full([count], 3.5, DType.Float32);
        using var other = Ops.Full([count], -1.0, DType.Float32);

        Assert.Equal(0, Address(tensor) % 64);
        Assert.Equal(3.5f * count, tensor.Sum().Item(), 1e-3 * count);
        Assert.Equal(-1.0 * count, other.Sum().Item(), 1e-3 * count);
    }

    [Fact]
    public void What_is_freed_serves_the_next_tensor_of_nearly_that_size()
    {
        const int Rare = 7_654_321;  // a size that no test beside this one uses
        nint first;
        using (var tensor = Ops.Empty([Rare]))
            first = Address(tensor);
        using var again = Ops.Empty([Rare - 1000]);

        Assert.Equal(first, Address(again));
    }

    [Fact]
    public void Tensors_of_many_threads_do_not_share_memory()
    {
        Parallel.For(0, 64, k =>
        {
            using var scope = Scope.Enter();
            for (var round = 0; round < 20; round++)
            {
                var tensor = Ops.Full([50_000 + (1000 * (k % 5))], k, DType.Float32);
                Assert.Equal(k, tensor.Amin([0]).Item());
                Assert.Equal(k, tensor.Amax([0]).Item());
                tensor.Dispose();
            }
        });
    }

    [Fact]
    public void A_tensor_without_elements_needs_no_memory()
    {
        using var tensor = Ops.Empty([0, 5]);

        Assert.Equal(0, tensor.ElementCount);
    }

    private static unsafe nint Address(Tensor tensor)
    {
        fixed (float* memory = tensor.Span<float>())
            return (nint)memory;
    }
}
