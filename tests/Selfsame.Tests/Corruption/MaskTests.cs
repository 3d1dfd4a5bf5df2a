using Selfsame.Corruption;
using Selfsame.Randomness;

namespace Selfsame.Tests.Corruption;

public sealed class MaskTests
{
    private static readonly int[] s_lengths = [60, 45, 60, 52];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 20)];

    [Theory, MemberData(nameof(Seeds))]
    public void Spans_hide_as_many_frames_in_every_row_and_none_behind_its_end(int seed)
    {
        var add = seed % 2 == 1;
        var hidden = Drawn(new SpanMaskSettings { AddToReachSame = add }, seed, new MaskShape(4, 1, 60, s_lengths));
        var counts = Enumerable.Range(0, 4).Select(b => hidden.AsSpan(b * 60, 60).Count(true)).ToArray();
        Assert.All(counts, count => Assert.Equal(counts[0], count));
        Assert.InRange(counts[0], 10, 59);
        if (add)
            return;  // what is added may lie anywhere, as in the official code
        for (var b = 0; b < 4; b++)
            Assert.DoesNotContain(true, hidden[((b * 60) + s_lengths[b])..((b + 1) * 60)]);
    }

    [Fact]
    public void Spans_of_one_row_have_their_length_where_they_do_not_meet()
    {
        var hidden = Drawn(new SpanMaskSettings { Ratio = 0.1, Length = 6, MinSpans = 1, Same = false }, 3, new MaskShape(1, 1, 60));
        Assert.Equal(6, hidden.Count(h => h));
        Assert.Equal(Enumerable.Range(Array.IndexOf(hidden, true), 6), Enumerable.Range(0, 60).Where(k => hidden[k]));
    }

    [Fact]
    public void A_share_of_the_hidden_frames_is_shown_after_all()
    {
        var shape = new MaskShape(2, 1, 100);
        var (all, some) = (Drawn(new SpanMaskSettings { Same = false }, 5, shape), Drawn(new SpanMaskSettings { Same = false, Dropout = 0.25 }, 5, shape));
        var count = all.AsSpan(0, 100).Count(true);
        Assert.Equal(count - (int)Math.Round(count * 0.25), some.AsSpan(0, 100).Count(true));
        Assert.DoesNotContain(Enumerable.Range(0, 200), k => some[k] && !all[k]);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(2, 1, 1)]
    [InlineData(5, 1, 4)]
    [InlineData(9, 1, 8)]
    public void A_sample_too_short_for_its_spans_loses_some_frames_but_never_all(int length, int least, int most)
    {
        var hidden = Drawn(new SpanMaskSettings { MinSpans = 2, Same = false }, 1, new MaskShape(1, 1, 60, new[] { length }));
        Assert.InRange(hidden.AsSpan(0, length).Count(true), least, most);
        Assert.DoesNotContain(true, hidden[length..]);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Blocks_hide_no_more_than_asked_and_nearly_all_of_it(int seed)
    {
        var hidden = Drawn(new BlockMaskSettings(), seed, new MaskShape(3, 14, 14));
        for (var b = 0; b < 3; b++)
            Assert.InRange(hidden.AsSpan(b * 196, 196).Count(true), 100, 118);  // 0.6 · 196 = 118
    }

    [Fact]
    public void The_first_block_is_the_rectangle_that_was_drawn()
    {
        // area 16, aspect 1 at a draw of one half: 4 x 4, top and left from what the draws say.
        var grid = new bool[100];
        var count = new BlockMaskSettings { MinBlock = 16, MaxBlock = 16 }.Fill(new Fixed(0.5, 3), grid, 10, 10, 16);
        Assert.Equal(16, count);
        for (var k = 0; k < 100; k++)
            Assert.Equal(k / 10 is >= 3 and < 7 && k % 10 is >= 3 and < 7, grid[k]);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Single_tokens_keep_to_the_places_that_may_be_hidden(int seed)
    {
        var locked = new bool[2 * 20];
        (locked[0], locked[9], locked[20], locked[39]) = (true, true, true, true);
        var hidden = Drawn(new RandomMaskSettings { Ratio = 0.5 }, seed, new MaskShape(2, 1, 20, new[] { 10, 20 }, locked));
        Assert.Equal(4, hidden.AsSpan(0, 20).Count(true));  // half of the 8 free places
        Assert.Equal(9, hidden.AsSpan(20, 20).Count(true));
        Assert.DoesNotContain(Enumerable.Range(0, 40), k => hidden[k] && locked[k]);
        Assert.DoesNotContain(true, hidden[10..20]);
    }

    private static bool[] Drawn(MaskSettings settings, int seed, MaskShape shape)
    {
        var hidden = new bool[shape.Samples * shape.Tokens];
        settings.Draw(new Selfsame.Randomness.SeededDraws((ulong)seed, 0, 0), shape, hidden);
        return hidden;
    }

    private sealed class Fixed(double uniform, int integer) : IDraws
    {
        public double Uniform(string name) => uniform;

        public int Integer(string name, int exclusiveMax) => integer;

        public double Normal(string name) => 0;

        public void Permutation(string name, Span<int> order)
        {
            for (var k = 0; k < order.Length; k++)
                order[k] = k;
        }
    }
}
