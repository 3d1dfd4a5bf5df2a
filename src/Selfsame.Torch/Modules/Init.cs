namespace Selfsame.Torch;

/// <summary>How a parameter starts. Each draw is a pure function of (seed, full name), so a model's start does not depend on the order of building.</summary>
public sealed class Init
{
    /// <summary>All zeros.</summary>
    public static readonly Init Zeros = new((tensor, _) => tensor.ZeroInPlace());

    /// <summary>All ones.</summary>
    public static readonly Init Ones = new((tensor, _) => tensor.FillInPlace(1.0));

    /// <summary>Glorot and Bengio 2010: uniform within ±√(6 / (fan in + fan out)); tensors of more than two dimensions are read as (first, rest).</summary>
    public static readonly Init XavierUniform = new((tensor, generator) =>
    {
        var rows = tensor.Size(0);
        var columns = tensor.ElementCount / rows;
        var bound = Math.Sqrt(6.0 / (rows + columns));
        tensor.UniformInPlace(-bound, bound, generator);
    });

    /// <summary>PyTorch's default for linear and convolution weights: uniform within ±1/√(fan in).</summary>
    public static readonly Init FanIn = new((tensor, generator) =>
    {
        var bound = 1 / Math.Sqrt((double)tensor.ElementCount / tensor.Size(0));
        tensor.UniformInPlace(-bound, bound, generator);
    });

    private readonly Action<Tensor, Generator> _fill;

    private Init(Action<Tensor, Generator> fill) => _fill = fill;

    /// <summary>The same number everywhere.</summary>
    public static Init Constant(double value) => new((tensor, _) => tensor.FillInPlace(value));

    /// <summary>Normal with mean 0.</summary>
    /// <param name="deviation">Standard deviation.</param>
    public static Init Normal(double deviation) => new((tensor, generator) => tensor.NormalInPlace(0, deviation, generator));

    /// <summary>Normal with mean 0, cut at ±2 as timm's <c>trunc_normal_</c> does (an absolute bound: 100 deviations for the usual 0.02).</summary>
    /// <param name="deviation">Standard deviation.</param>
    public static Init TruncatedNormal(double deviation) =>
        new((tensor, generator) => tensor.NormalInPlace(0, deviation, generator).ClampInPlace(-2.0, 2.0));

    /// <summary>Uniform within ±bound.</summary>
    public static Init Uniform(double bound) => new((tensor, generator) => tensor.UniformInPlace(-bound, bound, generator));

    /// <summary>Uniform between two numbers.</summary>
    public static Init Uniform(double low, double high) => new((tensor, generator) => tensor.UniformInPlace(low, high, generator));

    /// <summary>Fills a tensor.</summary>
    /// <param name="tensor">What to fill, in place.</param>
    /// <param name="generator">The parameter's own stream.</param>
    public void Fill(Tensor tensor, Generator generator)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        _fill(tensor, generator);
    }

    /// <summary>Seed of a parameter's stream: FNV-1a of its name, mixed with the run's seed.</summary>
    public static ulong SeedOf(ulong seed, string name)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in name)
            hash = unchecked((hash ^ c) * 1099511628211UL);
        hash ^= unchecked(seed * 0x9E3779B97F4A7C15UL);
        hash = unchecked((hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL);
        hash = unchecked((hash ^ (hash >> 27)) * 0x94D049BB133111EBUL);
        return hash ^ (hash >> 31);
    }
}
