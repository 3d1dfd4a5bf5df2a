using Selfsame.Recipes;

namespace Selfsame.Models;

/// <summary>A small transformer that rebuilds patches.</summary>
public sealed record DecoderSettings : ICheckable
{
    /// <summary>Width of a token, a multiple of <see cref="Heads"/>. Default 512.</summary>
    [Limits(1, 65536, "the number of values in a token")]
    public int Width { get; init; } = 512;

    /// <summary>Blocks. Default 8.</summary>
    [Limits(0, 1024, "the number of blocks")]
    public int Depth { get; init; } = 8;

    /// <summary>Attention heads. Default 16.</summary>
    [Limits(1, 1024, "the number of attention heads")]
    public int Heads { get; init; } = 16;

    /// <summary>Width of the hidden layer of each MLP in multiples of the token's width, above 0. Null (default): as in the encoder.</summary>
    [Limits(0, 64, "the width of the MLP in multiples of the token's", AboveMin = true)]
    public double? MlpRatio { get; init; }

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Width % Heads != 0)
            yield return new("width", $"is {Width}; {Heads} heads need a multiple of {Heads}, such as {((Width / Heads) + 1) * Heads}");
    }
}
