using Selfsame.Torch;

namespace Selfsame.Training;

/// <summary>A module that follows another as a moving average: teacher = m · teacher + (1 − m) · student, in one pass over both arenas.</summary>
/// <remarks>Tarvainen and Valpola 2017, https://arxiv.org/abs/1703.01780, equation 1.</remarks>
public sealed class Teacher : IDisposable
{
    private readonly ParameterArena _own;
    private readonly Tensor _followed;
    private readonly List<(Tensor Own, Tensor? Low, Tensor Followed)> _copied = [];

    /// <summary>Starts a teacher as a copy of its student.</summary>
    /// <param name="teacher">Module that follows; its parameters move into an arena of their own.</param>
    /// <param name="student">Module that is trained, of the same structure.</param>
    /// <param name="arena">Arena that holds the student's parameters, one after the other.</param>
    /// <param name="low">Keep a bfloat16 copy of the teacher's weights.</param>
    /// <param name="isCopied">True for names within the module that are taken over from the student instead of averaged; null averages all.</param>
    /// <exception cref="ArgumentException">The modules differ, or the student's parameters do not lie together in the arena.</exception>
    public Teacher(Module teacher, Module student, ParameterArena arena, bool low, Func<string, bool>? isCopied = null)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(arena);
        teacher.CopyFrom(student);
        Module = teacher;
        var wanted = student.TrainableParameters();
        var first = Index(arena, wanted[0]);
        for (var k = 0; k < wanted.Count; k++)
        {
            if (first < 0 || first + k >= arena.Parameters.Count || !ReferenceEquals(arena.Parameters[first + k], wanted[k]))
                throw new ArgumentException("the student's parameters do not lie together in the arena", nameof(arena));
        }

        var own = teacher.TrainableParameters();
        foreach (var parameter in own)
            parameter.Value.RequiresGrad = false;
        _own = new ParameterArena(own, gradients: false, low);
        _followed = Scope.Release(arena.Weights.Narrow(0, arena.Offset(first), arena.Offset(first + wanted.Count) - arena.Offset(first)));
        if (isCopied is not null)
            FindCopied([.. own.Select(parameter => isCopied(parameter.FullName))]);
    }

    /// <summary>The module that follows.</summary>
    public Module Module { get; }

    /// <summary>Moves towards the student.</summary>
    /// <param name="momentum">Share of the old teacher kept, 0 to 1.</param>
    public void Follow(double momentum)
    {
        using var guard = GradMode.Off();
        _own.Weights.FollowInPlace(_followed, momentum, _own.Low);
        foreach (var (own, low, followed) in _copied)
        {
            own.CopyFrom(followed);
            low?.CopyFrom(followed);
        }
    }

    /// <summary>Makes the bfloat16 copy anew, after the weights were loaded.</summary>
    public void Refresh() => _own.RefreshLow();

    /// <summary>Frees the arena's handles.</summary>
    public void Dispose()
    {
        foreach (var (own, low, followed) in _copied)
        {
            own.Dispose();
            low?.Dispose();
            followed.Dispose();
        }

        _followed.Dispose();
        _own.Dispose();
    }

    // Runs of neighbouring parameters, so that a copy is as few passes as can be.
    private void FindCopied(bool[] copied)
    {
        for (var k = 0; k < copied.Length; k++)
        {
            if (!copied[k])
                continue;
            var start = k;
            while (k + 1 < copied.Length && copied[k + 1])
                k++;
            var (offset, count) = (_own.Offset(start), _own.Offset(k + 1) - _own.Offset(start));
            _copied.Add((Part(_own.Weights), _own.Low is null ? null : Part(_own.Low), Part(_followed)));

            Tensor Part(Tensor all) => Scope.Release(all.Narrow(0, offset, count));
        }
    }

    private static int Index(ParameterArena arena, Parameter parameter)
    {
        for (var k = 0; k < arena.Parameters.Count; k++)
        {
            if (ReferenceEquals(arena.Parameters[k], parameter))
                return k;
        }

        return -1;
    }
}
