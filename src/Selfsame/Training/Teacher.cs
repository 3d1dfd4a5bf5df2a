using Selfsame.Torch;

namespace Selfsame.Training;

/// <summary>A module that follows another as a moving average: teacher = m · teacher + (1 − m) · student, in one pass over both arenas.</summary>
/// <remarks>Tarvainen and Valpola 2017, https://arxiv.org/abs/1703.01780, equation 1.</remarks>
public sealed class Teacher : IDisposable
{
    private readonly ParameterArena _own;
    private readonly Tensor _followed;

    /// <summary>Starts a teacher as a copy of its student.</summary>
    /// <param name="teacher">Module that follows; its parameters move into an arena of their own.</param>
    /// <param name="student">Module that is trained, of the same structure.</param>
    /// <param name="arena">Arena that holds the student's parameters, one after the other.</param>
    /// <param name="low">Keep a bfloat16 copy of the teacher's weights.</param>
    /// <exception cref="ArgumentException">The modules differ, or the student's parameters do not lie together in the arena.</exception>
    public Teacher(Module teacher, Module student, ParameterArena arena, bool low)
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

        foreach (var parameter in teacher.TrainableParameters())
            parameter.Value.RequiresGrad = false;
        _own = new ParameterArena(teacher.TrainableParameters(), gradients: false, low);
        _followed = Scope.Release(arena.Weights.Narrow(0, arena.Offset(first), arena.Offset(first + wanted.Count) - arena.Offset(first)));
    }

    /// <summary>The module that follows.</summary>
    public Module Module { get; }

    /// <summary>Moves towards the student.</summary>
    /// <param name="momentum">Share of the old teacher kept, 0 to 1.</param>
    public void Follow(double momentum)
    {
        using var guard = GradMode.Off();
        _own.Weights.FollowInPlace(_followed, momentum, _own.Low);
    }

    /// <summary>Makes the bfloat16 copy anew, after the weights were loaded.</summary>
    public void Refresh() => _own.RefreshLow();

    /// <summary>Frees the arena's handles.</summary>
    public void Dispose()
    {
        _followed.Dispose();
        _own.Dispose();
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
