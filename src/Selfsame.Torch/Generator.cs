using Microsoft.Win32.SafeHandles;

namespace Selfsame.Torch;

/// <summary>A stream of random numbers on the CPU, wholly given by its seed.</summary>
public sealed class Generator : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>Starts a stream.</summary>
    /// <param name="seed">Any number; equal seeds give equal streams.</param>
    public Generator(ulong seed)
        : base(ownsHandle: true)
    {
        Native.Check(Native.GeneratorNew(seed, out var native));
        SetHandle(native);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Native.GeneratorRelease(handle) == 0;
}
