using System.Numerics.Tensors;

namespace Selfsame.Training;

/// <summary>Exponential moving average of parameters in host memory: how a teacher follows its student.</summary>
/// <remarks>Tarvainen and Valpola 2017, https://arxiv.org/abs/1703.01780.</remarks>
public static class MovingAverage
{
    /// <summary>teacher = momentum * teacher + (1 - momentum) * student, in single precision; both weights are formed in double.</summary>
    /// <param name="teacher">Updated in place.</param>
    /// <param name="student">As many values.</param>
    /// <param name="momentum">Share of itself that the teacher keeps, 0..1.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The momentum is outside 0..1.</exception>
    public static void Follow(Span<float> teacher, ReadOnlySpan<float> student, double momentum)
    {
        if (teacher.Length != student.Length)
            throw new ArgumentException($"the teacher has {teacher.Length} values, the student {student.Length}", nameof(student));
        if (momentum is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "a momentum lies in 0..1");
        TensorPrimitives.Multiply(teacher, (float)momentum, teacher);
        TensorPrimitives.MultiplyAdd(student, (float)(1 - momentum), teacher, teacher);
    }
}
