namespace Selfsame.Cli.Bench;

/// <summary>Adds up the matrix products of a training step, see <see cref="StepWork"/>.</summary>
internal sealed class WorkSum
{
    private readonly List<Product> _products = [];
    private double _other;

    /// <summary>Transformer blocks that are trained, and the first ones of a teacher that only run forward.</summary>
    /// <param name="rows">Tokens in the batch.</param>
    /// <param name="tokens">Tokens in a sample.</param>
    /// <param name="width">Width of a token.</param>
    /// <param name="depth">Blocks that are trained.</param>
    /// <param name="teacher">Blocks that only run forward.</param>
    public void Blocks(long rows, long tokens, long width, int depth, int teacher)
    {
        foreach (var (inputs, outputs) in new[] { (width, 3 * width), (width, width), (width, 4 * width), (4 * width, width) })
            Products(rows, inputs, outputs, depth + teacher, depth, depth);
        _other += 4.0 * rows * tokens * width * ((3 * depth) + teacher);
    }

    /// <summary>A convolution as the matrix product that it is: a row for each place of its output.</summary>
    /// <param name="batch">Pictures.</param>
    /// <param name="side">Side of the output.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Side of the kernel.</param>
    /// <param name="inputGradient">Whether the input has a gradient.</param>
    public void Convolution(long batch, long side, long inputs, long outputs, long kernel, bool inputGradient = true) =>
        Products(batch * side * side, inputs * kernel * kernel, outputs, 1, inputGradient ? 1 : 0, 1);

    /// <summary>Linear layers that are trained; small beside the blocks.</summary>
    public void Linear(long rows, long inputs, long outputs, int times, bool inputGradient = true) =>
        _other += 2.0 * rows * inputs * outputs * times * (inputGradient ? 3 : 2);

    /// <summary>Linear layers that only run forward.</summary>
    public void Forward(long rows, long inputs, long outputs, int times) => _other += 2.0 * rows * inputs * outputs * times;

    /// <summary>The sum.</summary>
    public StepWork Work() => new(_products, _other);

    private void Products(long rows, long inputs, long outputs, int forward, int inputGradients, int weightGradients)
    {
        _products.Add(new(ProductKind.Forward, rows, inputs, outputs, forward));
        if (inputGradients > 0)
            _products.Add(new(ProductKind.InputGradient, rows, inputs, outputs, inputGradients));
        _products.Add(new(ProductKind.WeightGradient, rows, inputs, outputs, weightGradients));
    }
}
