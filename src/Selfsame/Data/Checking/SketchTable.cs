namespace Selfsame.Data.Checking;

/// <summary>One sketch a sample, in blocks, since together they may exceed what one array holds.</summary>
/// <param name="count">Samples.</param>
internal sealed class SketchTable(int count)
{
    private const int BlockSize = 4096;
    private readonly byte[]?[] _blocks = new byte[]?[(count + BlockSize - 1) / BlockSize];

    /// <summary>The sketch of a sample, to write or to read; zeros before it was written. Safe from any thread.</summary>
    public Span<byte> this[int sample]
    {
        get
        {
            ref var block = ref _blocks[sample / BlockSize];
            var memory = Volatile.Read(ref block) ?? Interlocked.CompareExchange(ref block, new byte[Math.Min(BlockSize, count - sample / BlockSize * BlockSize) * PictureSketch.Length], null) ?? block;
            return memory.AsSpan(sample % BlockSize * PictureSketch.Length, PictureSketch.Length);
        }
    }
}
