namespace Selfsame.Torch;

/// <summary>Frees every tensor born on this thread between <see cref="Enter"/> and <see cref="Dispose"/>, except those moved out.</summary>
/// <remarks>Scopes nest. A tensor born outside any scope belongs to whoever holds it.</remarks>
/// <example><code>
/// using var scope = Scope.Enter();
/// var loss = Compute(batch);
/// return scope.MoveOut(loss);   // survives the scope; belongs to the outer one, if there is one
/// </code></example>
public ref struct Scope
{
    [ThreadStatic]
    private static List<Tensor?>? s_tracked;

    [ThreadStatic]
    private static int s_depth;

    private readonly int _start;
    private bool _left;

    private Scope(int start) => _start = start;

    /// <summary>Starts a scope on this thread.</summary>
    public static Scope Enter()
    {
        s_tracked ??= new List<Tensor?>(1024);
        s_depth++;
        return new Scope(s_tracked.Count);
    }

    internal static void Track(Tensor tensor)
    {
        if (s_depth == 0)
        {
            tensor.ScopeIndex = -1;
            return;
        }

        tensor.ScopeIndex = s_tracked!.Count;
        s_tracked.Add(tensor);
    }

    /// <summary>Takes a tensor out of every scope of this thread: whoever holds it now must dispose it.</summary>
    public static Tensor Release(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.ScopeIndex >= 0 && s_tracked is { } tracked && tensor.ScopeIndex < tracked.Count && ReferenceEquals(tracked[tensor.ScopeIndex], tensor))
            tracked[tensor.ScopeIndex] = null;
        tensor.ScopeIndex = -1;
        return tensor;
    }

    /// <summary>Hands a tensor to the scope outside this one, or to the caller where there is none.</summary>
    /// <returns>The same tensor.</returns>
    public readonly Tensor MoveOut(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.ScopeIndex >= _start && !_left)
            tensor.ScopeMoves = true;
        return tensor;
    }

    /// <summary>Frees what was born in this scope. A second call does nothing.</summary>
    public void Dispose()
    {
        if (_left)
            return;
        _left = true;
        s_depth--;
        var tracked = s_tracked!;
        var kept = _start;
        for (var k = _start; k < tracked.Count; k++)
        {
            if (tracked[k] is not { } tensor)
                continue;
            if (!tensor.ScopeMoves)
            {
                tensor.ScopeIndex = -1;
                tensor.Dispose();
                continue;
            }

            tensor.ScopeMoves = false;
            tensor.ScopeIndex = s_depth == 0 ? -1 : kept;
            if (s_depth > 0)
                tracked[kept++] = tensor;
        }

        tracked.RemoveRange(kept, tracked.Count - kept);
    }
}
