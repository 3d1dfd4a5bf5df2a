using System.Text.RegularExpressions;

namespace Selfsame.Recipes;

/// <summary>How some parameters are trained, selected by name or by rank.</summary>
[ExactlyOneOf("match", "rank")]
public sealed record ParameterRule : ICheckable
{
    /// <summary>A regular expression that must match the parameter's whole name, <c>blocks\.0\..*</c>.</summary>
    public string? Match { get; init; }

    /// <summary>Parameters with at most this many dimensions; 1 selects biases, norms and scales. 0 to 8.</summary>
    [Limits(0, 8, "a number of dimensions")]
    public int? Rank { get; init; }

    /// <summary>Weight decay, at least 0. Default 0.</summary>
    [Limits(0, 1e6, "the weight decay")]
    public double Decay { get; init; }

    /// <summary>Factor on the learning rate, at least 0. Default 1.</summary>
    [Limits(0, 1e6, "a factor on the learning rate")]
    public double RateScale { get; init; } = 1;

    /// <summary>Leave the parameters as they are. Default false.</summary>
    public bool Freeze { get; init; }

    /// <summary>The rule is about this parameter.</summary>
    /// <param name="name">Full name of the parameter.</param>
    /// <param name="rank">Its number of dimensions.</param>
    /// <exception cref="RegexMatchTimeoutException">The expression takes more than a second on this name.</exception>
    public bool Selects(string name, int rank) => Match is null
        ? rank <= Rank
        : Regex.IsMatch(name, $@"\A(?:{Match})\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    /// <inheritdoc/>
    public IEnumerable<RecipeProblem> Check()
    {
        if (Match is not null && Fault(Match) is { } fault)
            yield return new("match", $"is {Match}, which is not a regular expression: {fault}");
    }

    private static string? Fault(string pattern)
    {
        try
        {
            _ = new Regex(pattern);
            return null;
        }
        catch (RegexParseException e)
        {
            return e.Message.TrimEnd('.');
        }
    }
}
