using System.Globalization;

namespace Selfsame.Torch;

/// <summary>Where a tensor lives.</summary>
/// <param name="Type">0 CPU, 1 CUDA, 14 meta, as libtorch numbers them.</param>
/// <param name="Index">Which GPU, from 0.</param>
public readonly record struct Device(int Type, int Index)
{
    /// <summary>Host memory.</summary>
    public static readonly Device Cpu = new(0, 0);

    /// <summary>Shapes without numbers: shows that a model makes all its tensors where it lives, without a GPU.</summary>
    public static readonly Device Meta = new(14, 0);

    /// <summary>True for host memory.</summary>
    public bool IsCpu => Type == 0;

    /// <summary>Lets <see cref="Meta"/> run operators that this libtorch has no shapes for, on zeros of the processor; for the whole process. What a value decides, such as how many are not zero, is then as for zeros.</summary>
    internal static void CompleteMeta() => Native.Check(Native.CompleteMeta());

    internal long Packed => ((long)Type << 32) | (Type == 1 ? (uint)Index : 0xffffffff);

    /// <summary>A GPU.</summary>
    public static Device Cuda(int index = 0) => new(1, index);

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static Device Parse(string text) => text switch
    {
        "cpu" => Cpu,
        "cuda" => Cuda(),
        _ when text.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index) => Cuda(index),
        _ => throw new FormatException($"'{text}' is not a device; use cpu, cuda or cuda:N"),
    };

    /// <inheritdoc/>
    public override string ToString() => IsCpu ? "cpu" : this == Meta ? "meta" : $"cuda:{Index}";
}
