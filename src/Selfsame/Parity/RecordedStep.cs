using Selfsame.Corruption;
using Selfsame.Objectives;
using Selfsame.Torch;

namespace Selfsame.Parity;

/// <summary>Replays the draws of a parity file in place of a step's own.</summary>
/// <param name="c">The case.</param>
/// <param name="nameOf">Full tensor name of a draw; by default <c>in/NAME</c>.</param>
/// <param name="take">Picks the part that is wanted of a recorded tensor, for instance one step of several; null takes all.</param>
internal sealed class RecordedStep(ParityCase c, Func<string, string>? nameOf = null, Func<Tensor, Tensor>? take = null) : StepContext
{
    public override Tensor Uniform(string name, params ReadOnlySpan<long> shape) => Recorded(name, shape);

    public override Tensor Normal(string name, params ReadOnlySpan<long> shape) => Recorded(name, shape);

    public override Tensor NoiseLevels(string name, INoiseLevels distribution, int count) => Recorded(name, [count]);

    private Tensor Recorded(string name, ReadOnlySpan<long> shape)
    {
        var tensor = c.Tensor(nameOf is null ? $"in/{name}" : nameOf(name));
        return (take is null ? tensor : take(tensor)).Reshape(shape);
    }
}
