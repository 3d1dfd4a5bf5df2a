using System.CommandLine;
using Selfsame.Recipes;
using Selfsame.Training.Sweeps;

namespace Selfsame.Cli.Sweeps;

/// <summary>The options of <c>pretrain</c> that make it a sweep.</summary>
internal sealed class SweepOptions
{
    private readonly Option<string[]> _axes = new("--sweep")
    {
        Description = $"Run every combination: --sweep lr=1e-4,3e-4 --sweep batch=64,128. A key of the recipe, or one of {string.Join(", ", ShortNames.All.Keys)}.",
        HelpName = "key=value,value",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<int?> _seeds = new("--seeds") { Description = "Run each combination with N seeds, from the recipe's on.", HelpName = "N" };
    private readonly Option<string?> _rank = new("--rank") { Description = "Metric that ranks the combinations; probe_accuracy where there is one.", HelpName = "METRIC" };
    private readonly Option<string?> _budget = new("--budget") { Description = "Start no further run of a sweep after this time: 90s, 10m, 2h30m.", HelpName = "TIME" };

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [_axes, _seeds, _rank, _budget];

    /// <summary>Whether a sweep was asked for.</summary>
    /// <exception cref="UsageException">Only what goes with one was given.</exception>
    public bool Wanted(ParseResult parse)
    {
        if (parse.GetValue(_axes) is { Length: > 0 } || parse.GetValue(_seeds) is not null)
            return true;
        if ((parse.GetValue(_rank) is not null ? _rank.Name : parse.GetValue(_budget) is not null ? _budget.Name : null) is { } lonely)
            throw new UsageException($"{lonely} goes with --sweep or --seeds, and neither is given.");
        return false;
    }

    /// <summary>The settings that change.</summary>
    public IReadOnlyList<SweepAxis> Axes(ParseResult parse) => [.. (parse.GetValue(_axes) ?? []).Select(SweepAxis.Parse)];

    /// <summary>Runs of each combination.</summary>
    public int Seeds(ParseResult parse) => parse.GetValue(_seeds) switch
    {
        null => 1,
        { } count and >= 1 => count,
        { } wrong => throw new UsageException(FormattableString.Invariant($"--seeds is {wrong}; it takes a whole number from 1 on.")),
    };

    /// <summary>The metric.</summary>
    public string? Rank(ParseResult parse) => parse.GetValue(_rank);

    /// <summary>The time limit.</summary>
    public TimeSpan? Budget(ParseResult parse) => parse.GetValue(_budget) is not { } text ? null
        : Times.Parse(text) ?? throw new UsageException($"--budget is '{text}'; it takes a time such as 90s, 10m or 2h30m.");
}
