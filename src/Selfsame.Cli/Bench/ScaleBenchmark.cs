using Selfsame.Torch;

namespace Selfsame.Cli.Bench;

/// <summary>A size of the model and its batch.</summary>
/// <param name="Width">Width of a token, a multiple of 64.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="Tokens">Tokens in a picture, a square.</param>
/// <param name="Batch">Pictures.</param>
internal readonly record struct ScaleSize(int Width, int Depth, int Tokens, int Batch);

/// <summary>Times a training step of Self-Flow at several sizes, one of them varied at a time.</summary>
internal static class ScaleBenchmark
{
    /// <summary>Names of the axes.</summary>
    public const string Width = "width", Depth = "depth", Tokens = "tokens", Batch = "batch";

    private const int HeadWidth = 64;

    private static readonly ScaleSize s_base = new(256, 4, 64, 16);

    private static readonly (string Name, int[] Values, Func<ScaleSize, int, ScaleSize> Set)[] s_axes =
    [
        (Width, [128, 256, 512], (size, value) => size with { Width = value }),
        (Depth, [2, 4, 8], (size, value) => size with { Depth = value }),
        (Tokens, [16, 64, 256, 1024], (size, value) => size with { Tokens = value, Batch = 4 }),
        // Pictures of 224 x 224 in patches of 16. With few tokens a step of 8 is in large part the optimizer's, whose pass over the weights no sample shares.
        (Batch, [8, 16, 32, 64, 128, 256], (size, value) => size with { Width = 384, Tokens = 196, Batch = value }),
    ];

    /// <summary>Measures all axes.</summary>
    /// <param name="settings">How; a round is one step, and one more with a profile.</param>
    /// <param name="cancellation">Stops between steps.</param>
    public static (IReadOnlyList<ScaleAxis> Axes, IReadOnlyList<ScaleTerm> Terms) Run(BenchSettings settings, CancellationToken cancellation)
    {
        TorchRuntime.UseCores();
        var (axes, terms) = (new List<ScaleAxis>(), new List<ScaleTerm>());
        foreach (var (name, values, set) in s_axes)
        {
            var (points, costs) = Measure(name, values, value => set(s_base, value), settings, cancellation);
            axes.Add(ScaleAxis.Of(name, points));
            if (name != Width)  // matrix products grow with its square, and should
                terms.AddRange(TermsOf(name, costs));
        }

        return (axes, terms);
    }

    /// <summary>Growth of every operator that was called at every size.</summary>
    /// <param name="axis">What was varied.</param>
    /// <param name="costs">Operators at each value, in ascending order.</param>
    internal static IEnumerable<ScaleTerm> TermsOf(string axis, IReadOnlyList<(int Value, IReadOnlyList<OperatorCost> Costs)> costs)
    {
        var whole = costs[^1].Costs.Sum(cost => cost.Seconds);
        foreach (var last in costs[^1].Costs)
        {
            var points = new List<(double, double)>();
            foreach (var (value, all) in costs)
            {
                if (all.FirstOrDefault(cost => cost.Name == last.Name) is { Seconds: > 0 } cost)
                    points.Add((value, cost.Seconds));
            }

            if (points.Count == costs.Count)
                yield return new(axis, last.Name, PowerLaw.Exponent(points), last.Seconds / whole);
        }
    }

    // The sizes take turns, so that a slow minute of the machine falls on all of them; the best round of each counts, for the whole step and for each operator.
    private static (IReadOnlyList<ScalePoint> Points, IReadOnlyList<(int Value, IReadOnlyList<OperatorCost> Costs)> Costs) Measure(
        string name, int[] values, Func<int, ScaleSize> size, BenchSettings settings, CancellationToken cancellation)
    {
        var steps = new List<RecipeStep>();
        try
        {
            foreach (var value in values)
            {
                settings.OnPhase(FormattableString.Invariant($"{name} {value}"));
                steps.Add(Open(size(value)));
                steps[^1].Round(1, settings.Time, cancellation);
            }

            var best = Enumerable.Repeat(double.PositiveInfinity, steps.Count).ToArray();
            var costs = steps.ConvertAll(_ => new Dictionary<string, OperatorCost>());
            for (var round = 1; round <= settings.Rounds; round++)
            {
                settings.OnPhase(FormattableString.Invariant($"{name}: round {round} of {settings.Rounds}"));
                for (var k = 0; k < steps.Count; k++)
                {
                    var step = steps[k];
                    best[k] = Math.Min(best[k], step.Round(1, settings.Time, cancellation));
                    KeepFastest(costs[k], OperatorProfile.Measure(() => step.Round(1, settings.Time, cancellation)));
                }
            }

            var points = steps.Select((step, k) => new ScalePoint(values[k], best[k], (long)size(values[k]).Batch * size(values[k]).Tokens, step.Work.Flops)).ToArray();
            return (points, [.. costs.Select((fastest, k) => (values[k], (IReadOnlyList<OperatorCost>)[.. fastest.Values.OrderByDescending(cost => cost.Seconds)]))]);
        }
        finally
        {
            steps.ForEach(step => step.Dispose());
        }
    }

    /// <summary>Takes what each operator cost in a step, where it cost less than in those before.</summary>
    /// <param name="fastest">By name.</param>
    /// <param name="step">One more step.</param>
    internal static void KeepFastest(Dictionary<string, OperatorCost> fastest, IEnumerable<OperatorCost> step)
    {
        foreach (var cost in step)
        {
            if (!fastest.TryGetValue(cost.Name, out var known) || cost.Seconds < known.Seconds)
                fastest[cost.Name] = cost;
        }
    }

    private static RecipeStep Open(ScaleSize size)
    {
        var recipe = BenchRecipe.Load(BenchRecipe.SelfFlow).Recipe;
        var side = (int)Math.Sqrt(size.Tokens) * recipe.Encoder.Patch;
        recipe = recipe with
        {
            Batch = size.Batch,
            Encoder = recipe.Encoder with { Size = null, Width = size.Width, Depth = size.Depth, Heads = size.Width / HeadWidth },
        };
        return new RecipeStep(recipe, BenchRecipe.Context(recipe, side), TrainStep.MachinePrecision());
    }
}
