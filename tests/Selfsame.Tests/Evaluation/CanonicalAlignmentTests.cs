using Selfsame.Evaluation;
using Selfsame.Torch;

namespace Selfsame.Tests.Evaluation;

public sealed class CanonicalAlignmentTests
{
    [Fact]
    public void What_two_spaces_share_is_found_under_what_they_do_not()
    {
        using var scope = Scope.Enter();
        var random = new Random(1);
        var (first, second) = Pairs(random, 600);
        var (askedFirst, askedSecond) = Pairs(random, 100);
        using var alignment = new CanonicalAlignment(first, second, [0.01]);
        long[] groups = [.. Enumerable.Range(0, 100).Select(k => (long)k)];

        var score = PairRetrieval.Evaluate(alignment.First(askedFirst), groups, alignment.Second(askedSecond), groups);

        Assert.InRange(score.FirstToSecond.At(10), 0.9, 1);
        Assert.InRange(score.SecondToFirst.At(10), 0.9, 1);
        Assert.Equal(0.1, score.FirstToSecond.ChanceAt(10), 6);
    }

    [Fact]
    public void Spaces_without_anything_in_common_stay_at_chance()
    {
        using var scope = Scope.Enter();
        var random = new Random(2);
        using var alignment = new CanonicalAlignment(Noise(random, 600, 12), Noise(random, 600, 9), [0.1]);
        long[] groups = [.. Enumerable.Range(0, 400).Select(k => (long)k)];

        var score = PairRetrieval.Evaluate(alignment.First(Noise(random, 400, 12)), groups, alignment.Second(Noise(random, 400, 9)), groups);

        Assert.InRange(score.FirstToSecond.At(10), 0, 0.06);   // chance is 0.025
    }

    [Fact]
    public void Settings_that_cannot_be_are_refused()
    {
        using var scope = Scope.Enter();
        Assert.Throws<ShapeException>(() => new CanonicalAlignment(Ops.Ones([3, 2]), Ops.Ones([4, 2]), [1]));
        Assert.Throws<ArgumentException>(() => new CanonicalAlignment(Ops.Ones([3, 2]), Ops.Ones([3, 2]), [0]));
        Assert.Throws<ArgumentException>(() => new CanonicalAlignment(Ops.Ones([3, 2]), Ops.Ones([3, 2]), []));
    }

    // Six shared directions in two random mixtures, beside strong directions of their own.
    private static (Tensor First, Tensor Second) Pairs(Random random, int count)
    {
        var (mix, other) = (Noise(new Random(7), 6, 20), Noise(new Random(8), 6, 30));
        var (own, foreign) = (Noise(new Random(9), 5, 20), Noise(new Random(10), 5, 30));
        var shared = Noise(random, count, 6);
        return (shared.Matmul(mix) + (Noise(random, count, 5).Matmul(own) * 3.0), shared.Matmul(other) + (Noise(random, count, 5).Matmul(foreign) * 3.0));
    }

    private static Tensor Noise(Random random, int rows, int columns) => Tensor.From<float>(
        [.. Enumerable.Range(0, rows * columns).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))], [rows, columns]);
}
