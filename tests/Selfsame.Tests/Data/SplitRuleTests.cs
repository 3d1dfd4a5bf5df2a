using Selfsame.Data;

namespace Selfsame.Tests.Data;

public class SplitRuleTests
{
    // From SHA-256 by another program: int.from_bytes(sha256(key.encode()).digest()[:8], "big") % 10.
    [Theory]
    [InlineData("1F600", DataSplit.Train)]
    [InlineData("cat/0001", DataSplit.Train)]
    [InlineData("日本", DataSplit.Train)]
    [InlineData("", DataSplit.Train)]
    [InlineData("0/0005", DataSplit.Validation)]
    [InlineData("1F44D", DataSplit.Test)]
    public void A_group_never_moves(string group, DataSplit expected) => Assert.Equal(expected, SplitRule.Of(group));

    [Fact]
    public void Parts_have_their_shares()
    {
        var counts = new int[3];
        for (var i = 0; i < 20_000; i++)
            counts[(int)SplitRule.Of(FormattableString.Invariant($"sample {i}"))]++;
        Assert.InRange(counts[0], 15_700, 16_300);
        Assert.InRange(counts[1], 1_800, 2_200);
        Assert.InRange(counts[2], 1_800, 2_200);
    }
}
