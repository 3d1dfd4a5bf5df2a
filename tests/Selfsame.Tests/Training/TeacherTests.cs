using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Training;

public sealed class TeacherTests
{
    [Fact]
    public void A_teacher_starts_as_a_copy_and_moves_by_its_share()
    {
        using var scope = Scope.Enter();
        using Linear student = new(2, 2), teacher = new(2, 2);
        Fill(student, 1);
        using var arena = new ParameterArena(student);
        using var follower = new Teacher(teacher, student, arena, low: false);
        Assert.Equal([1f, 1, 1, 1], teacher.Weight.ToArray<float>());
        Assert.All(teacher.Parameters(), parameter => Assert.False(parameter.Value.RequiresGrad));

        Fill(student, 5);
        follower.Follow(0.75);
        Assert.Equal([2f, 2, 2, 2], teacher.Weight.ToArray<float>());  // 0.75 * 1 + 0.25 * 5
        Assert.Equal([2f, 2], teacher.Bias!.ToArray<float>());
        follower.Follow(1);
        Assert.Equal([2f, 2, 2, 2], teacher.Weight.ToArray<float>());
        follower.Follow(0);
        Assert.Equal([5f, 5, 5, 5], teacher.Weight.ToArray<float>());
        Assert.Equal([5f, 5, 5, 5], student.Weight.ToArray<float>());
    }

    [Fact]
    public void The_low_precision_copy_moves_with_it()
    {
        using var scope = Scope.Enter();
        using Linear student = new(2, 2), teacher = new(2, 2);
        Fill(student, 1);
        using var arena = new ParameterArena(student, low: true);
        using var follower = new Teacher(teacher, student, arena, low: true);
        var low = teacher.Parameters()[0].Low!;
        Fill(student, 3);
        follower.Follow(0.5);
        Assert.Equal([2f, 2, 2, 2], low.To(DType.Float32).ToArray<float>());
        Fill(teacher, 7);
        follower.Refresh();
        Assert.Equal([7f, 7, 7, 7], low.To(DType.Float32).ToArray<float>());
    }

    [Fact]
    public void Modules_that_differ_or_lie_apart_are_refused()
    {
        using var scope = Scope.Enter();
        using Linear student = new(2, 2), other = new(3, 2), stranger = new(2, 2);
        using var arena = new ParameterArena(student);
        Assert.StartsWith("the modules differ at weight", Assert.Throws<ArgumentException>(() => new Teacher(other, student, arena, false)).Message, StringComparison.Ordinal);
        using Linear teacher = new(2, 2);
        Assert.StartsWith("the student's parameters do not lie together in the arena", Assert.Throws<ArgumentException>(() => new Teacher(teacher, stranger, arena, false)).Message, StringComparison.Ordinal);
    }

    private static void Fill(Module module, float value)
    {
        using var guard = GradMode.Off();
        foreach (var parameter in module.Parameters())
            parameter.Value.Span<float>().Fill(value);
    }
}
