namespace Selfsame.Data.Packages;

/// <summary>Consecutive pictures that belong to one part.</summary>
/// <param name="Number">Place among the blocks, from 0.</param>
/// <param name="Start">First picture.</param>
/// <param name="End">Behind the last picture that may be used.</param>
/// <param name="Split">The part.</param>
internal readonly record struct TimeBlock(int Number, int Start, int End, DataSplit Split);

/// <summary>
/// Cuts a film or a series of pictures into blocks of equal length that take turns: train, test, train, validation, train. Pictures before a
/// block of another part are left out, so that what is measured on is not what was seen a moment ago.
/// </summary>
internal static class TimeBlocks
{
    private static readonly DataSplit[] s_turns = [DataSplit.Train, DataSplit.Test, DataSplit.Train, DataSplit.Validation, DataSplit.Train];

    /// <summary>The blocks, in order of time.</summary>
    /// <param name="length">Pictures there are.</param>
    /// <param name="shortest">Pictures of a block at least, unless there would be only one.</param>
    /// <param name="gap">Pictures left out before a block of another part.</param>
    public static TimeBlock[] Of(int length, int shortest, int gap)
    {
        var blocks = new TimeBlock[Math.Max(2, length / shortest)];
        for (var b = 0; b < blocks.Length; b++)
        {
            var (start, end) = ((int)((long)b * length / blocks.Length), (int)((b + 1L) * length / blocks.Length));
            var borders = b + 1 < blocks.Length && Turn(b) != Turn(b + 1);
            blocks[b] = new(b, start, borders ? Math.Max(start, end - gap) : end, Turn(b));
        }
        return blocks;
    }

    private static DataSplit Turn(int block) => s_turns[block % s_turns.Length];
}
