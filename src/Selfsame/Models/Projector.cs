using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Linear layers with an activation between them: what stands between a feature and its loss, and is thrown away after training.</summary>
/// <remarks>
/// Self-Flow: two layers, D → 2D → D, https://arxiv.org/abs/2603.06507; REPA: three, https://arxiv.org/abs/2410.06940.
/// </remarks>
public sealed class Projector : Module
{
    private readonly Linear[] _layers;

    /// <summary>Makes the layers.</summary>
    /// <param name="inputs">Width of the input.</param>
    /// <param name="hidden">Width between layers.</param>
    /// <param name="outputs">Width of the output.</param>
    /// <param name="layers">Linear layers, at least 1.</param>
    /// <param name="activation">Between layers.</param>
    /// <param name="bias">Biases in the layers.</param>
    /// <param name="name">Name of layer 0, 1, … in checkpoints; linear1, linear2, … when null.</param>
    /// <param name="init">Start of the weights; Xavier uniform when null.</param>
    public Projector(
        long inputs,
        long hidden,
        long outputs,
        int layers = 2,
        Activation activation = Activation.Silu,
        bool bias = true,
        Func<int, string>? name = null,
        Init? init = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        name ??= static k => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"linear{k + 1}");
        _layers = new Linear[layers];
        for (var k = 0; k < layers; k++)
        {
            var last = k == layers - 1;
            _layers[k] = Child(name(k), new Linear(k == 0 ? inputs : hidden, last ? outputs : hidden, bias, init ?? Init.XavierUniform, activation: last ? Activation.None : activation));
        }
    }

    /// <param name="x">(…, inputs).</param>
    /// <returns>(…, outputs).</returns>
    public Tensor Forward(Tensor x)
    {
        foreach (var layer in _layers)
            x = layer.Forward(x);
        return x;
    }
}
