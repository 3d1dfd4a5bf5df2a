using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>The last few steps of a minimiser and what they did to the gradient: L-BFGS's picture of the inverse Hessian.</summary>
/// <remarks>Two-loop recursion, Nocedal 1980; Nocedal and Wright, Numerical Optimization, algorithm 7.4.</remarks>
internal sealed class LimitedMemory : IDisposable
{
    private readonly Tensor _steps;
    private readonly Tensor _changes;
    private readonly double[] _curvatures;
    private readonly int _capacity;
    private int _newest = -1;
    private int _count;

    /// <param name="capacity">Steps remembered.</param>
    /// <param name="like">A flat parameter vector.</param>
    internal LimitedMemory(int capacity, Tensor like)
    {
        (_capacity, _curvatures) = (capacity, new double[capacity]);
        _steps = Scope.Release(Ops.Empty([capacity, like.ElementCount], like.DType, like.Device));
        _changes = Scope.Release(Ops.Empty([capacity, like.ElementCount], like.DType, like.Device));
    }

    /// <summary>True when it remembers nothing.</summary>
    internal bool IsEmpty => _count == 0;

    /// <summary>Forgets everything, for another objective.</summary>
    internal void Clear() => (_newest, _count) = (-1, 0);

    /// <summary>Remembers a step, unless the gradient did not grow along it: that would spoil the picture.</summary>
    internal void Add(Tensor step, Tensor change)
    {
        var curvature = step.Dot(change).Item();
        if (!(curvature > 1e-14 * change.Dot(change).Item()))
            return;
        _newest = (_newest + 1) % _capacity;
        _count = Math.Min(_count + 1, _capacity);
        _steps.Select(0, _newest).CopyFrom(step);
        _changes.Select(0, _newest).CopyFrom(change);
        _curvatures[_newest] = curvature;
    }

    /// <summary>Minus the approximate inverse Hessian times a gradient.</summary>
    /// <param name="gradient">Flat.</param>
    /// <param name="precondition">First guess of the inverse Hessian, times a vector; scaled here to fit the newest step.</param>
    internal Tensor Direction(Tensor gradient, Func<Tensor, Tensor> precondition)
    {
        var direction = gradient.Neg();
        var weights = new double[_capacity];
        for (var age = 0; age < _count; age++)
        {
            var k = Slot(age);
            weights[k] = _steps.Select(0, k).Dot(direction).Item() / _curvatures[k];
            direction.SubInPlace(_changes.Select(0, k), weights[k]);
        }

        direction = precondition(direction);
        if (_count > 0)
        {
            var change = _changes.Select(0, _newest);
            var scale = _curvatures[_newest] / change.Dot(precondition(change)).Item();
            direction.MulInPlace((Scalar)scale);
        }

        for (var age = _count - 1; age >= 0; age--)
        {
            var k = Slot(age);
            var correction = weights[k] - (_changes.Select(0, k).Dot(direction).Item() / _curvatures[k]);
            direction.AddInPlace(_steps.Select(0, k), correction);
        }

        return direction;
    }

    public void Dispose()
    {
        _steps.Dispose();
        _changes.Dispose();
    }

    private int Slot(int age) => (_newest - age + _capacity) % _capacity;
}
