using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Linear, SiLU, Linear: the head between a student's features and a teacher's. Names linear1, linear2.</summary>
public sealed class Projector : Module
{
    private readonly Linear _first, _second;

    /// <summary>Makes the two layers.</summary>
    /// <param name="inputs">Width of the input.</param>
    /// <param name="hidden">Width between the layers.</param>
    /// <param name="outputs">Width of the output.</param>
    public Projector(int inputs, int hidden, int outputs)
    {
        _first = Child("linear1", new Linear(inputs, hidden, init: Init.XavierUniform, activation: Activation.Silu));
        _second = Child("linear2", new Linear(hidden, outputs, init: Init.XavierUniform));
    }

    /// <param name="x">(…, inputs).</param>
    /// <returns>(…, outputs).</returns>
    public Tensor Forward(Tensor x) => _second.Forward(_first.Forward(x));
}
