namespace Selfsame.Torch;

/// <summary>libtorch, or the door to it, refused a call.</summary>
public sealed class TorchException : Exception
{
    // Of our allocator, libtorch's, C++, oneDNN and the operating system, in this order.
    private static readonly string[] s_outOfMemory =
        ["out of memory", "can't allocate memory", "bad_alloc", "could not create a memory", "could not allocate", "cannot allocate memory"];

    /// <summary>An error that no operator caused.</summary>
    public TorchException(string message)
        : base(message)
    {
    }

    /// <summary>An error of one operator.</summary>
    /// <param name="operatorName">Name and overload, <c>aten::matmul</c>.</param>
    /// <param name="arguments">Types and shapes of the arguments, as in <c>float32(2, 3)</c>.</param>
    /// <param name="reason">libtorch's own text.</param>
    public TorchException(string operatorName, string arguments, string reason)
        : base($"{operatorName}({arguments}): {reason}")
    {
        Operator = operatorName;
        Arguments = arguments;
    }

    /// <summary>The operator that failed, or null.</summary>
    public string? Operator { get; }

    /// <summary>Types and shapes of its arguments, or null.</summary>
    public string? Arguments { get; }

    /// <summary>Whether memory ran out. A smaller batch may then fit.</summary>
    public bool IsOutOfMemory => Array.Exists(s_outOfMemory, text => Message.Contains(text, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A tensor, picture or batch has a shape that the computation cannot take.</summary>
public sealed class ShapeException : ArgumentException
{
    /// <summary>Says which shape was found, what was expected and how to mend it.</summary>
    public ShapeException(string message)
        : base(message)
    {
    }
}
