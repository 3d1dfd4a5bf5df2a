namespace Selfsame.Cli.Bench;

/// <summary>One measured size.</summary>
/// <param name="Value">Of what is varied.</param>
/// <param name="Seconds">Of a training step, the fastest round.</param>
/// <param name="Tokens">Tokens in the batch.</param>
/// <param name="Flops">Arithmetic of the step, see <see cref="StepWork"/>.</param>
internal sealed record ScalePoint(int Value, double Seconds, long Tokens, double Flops)
{
    /// <summary>Seconds for each token of the batch.</summary>
    public double SecondsPerToken => Seconds / Tokens;
}

/// <summary>How the cost of a step grows along one axis: what <c>bench scale --json</c> prints for each.</summary>
/// <param name="Axis">width, depth, tokens or batch.</param>
/// <param name="Exponent">k of seconds = c · value^k, by least squares on the logarithms.</param>
/// <param name="ArithmeticExponent">The same of the floating-point operations.</param>
/// <param name="Points">What was measured.</param>
internal sealed record ScaleAxis(string Axis, double Exponent, double ArithmeticExponent, IReadOnlyList<ScalePoint> Points)
{
    /// <summary>Fits the points.</summary>
    public static ScaleAxis Of(string axis, IReadOnlyList<ScalePoint> points) =>
        new(axis, PowerLaw.Exponent([.. points.Select(p => ((double)p.Value, p.Seconds))]), PowerLaw.Exponent([.. points.Select(p => ((double)p.Value, p.Flops))]), points);
}

/// <summary>How the time of one operator grows.</summary>
/// <param name="Axis">depth, tokens or batch.</param>
/// <param name="Operator">The operator.</param>
/// <param name="Exponent">k of its seconds = c · value^k.</param>
/// <param name="Share">Of the largest step's time, 0 to 1.</param>
internal sealed record ScaleTerm(string Axis, string Operator, double Exponent, double Share)
{
    private const double Slack = 0.15, Smallest = 0.01;

    /// <summary>True for one that counts and grows faster than what it is given.</summary>
    public bool IsFasterThanLinear => Exponent > 1 + Slack && Share >= Smallest;

    /// <summary>True for attention, whose scores are a square of the tokens.</summary>
    public bool IsAttention => Operator.Contains("attention", StringComparison.OrdinalIgnoreCase);
}

/// <summary>What the axes say together.</summary>
/// <param name="Spread">Largest over smallest time per token along the batch, less 1.</param>
/// <param name="IsFlat">Whether <paramref name="Spread"/> is at most 0.1.</param>
/// <param name="FasterThanLinear">Operators that grow faster than linearly with depth, tokens or batch, attention apart.</param>
internal sealed record ScaleVerdict(double Spread, bool IsFlat, IReadOnlyList<ScaleTerm> FasterThanLinear)
{
    private const double Flat = 0.1;

    /// <summary>Looks at the measurements.</summary>
    /// <param name="axes">All axes, one of them <c>batch</c>.</param>
    /// <param name="terms">Operators along the axes.</param>
    public static ScaleVerdict Of(IReadOnlyList<ScaleAxis> axes, IReadOnlyList<ScaleTerm> terms)
    {
        var costs = axes.Single(axis => axis.Axis == ScaleBenchmark.Batch).Points.Select(point => point.SecondsPerToken).ToArray();
        var spread = (costs.Max() / costs.Min()) - 1;
        return new(spread, spread <= Flat, [.. terms.Where(term => term is { IsFasterThanLinear: true, IsAttention: false })]);
    }
}

/// <summary>What <c>--out</c> keeps.</summary>
/// <param name="Axes">As printed.</param>
/// <param name="Terms">Operators along depth, tokens and batch.</param>
/// <param name="Verdict">What they say.</param>
/// <param name="Precision">Number format.</param>
/// <param name="Rounds">Steps of each size, of which the fastest counts.</param>
/// <param name="Machine">Machine and versions.</param>
internal sealed record ScaleFile(IReadOnlyList<ScaleAxis> Axes, IReadOnlyList<ScaleTerm> Terms, ScaleVerdict Verdict, string Precision, int Rounds, BenchMachine Machine);
