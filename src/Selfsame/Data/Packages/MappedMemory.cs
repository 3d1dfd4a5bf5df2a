using System.Buffers;

namespace Selfsame.Data.Packages;

/// <summary>Bytes of a mapped file as memory. Its owner must outlive it.</summary>
/// <param name="start">The first byte.</param>
/// <param name="length">How many.</param>
internal sealed unsafe class MappedMemory(byte* start, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => new(start, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

    public override void Unpin()
    {
        // Mapped memory stays where it is.
    }

    protected override void Dispose(bool disposing)
    {
        // The store unmaps it.
    }
}
