using System.CommandLine;
using System.CommandLine.Parsing;

namespace Selfsame.Cli;

/// <summary>Says what is wrong with a command line, and what was probably meant.</summary>
internal static class UsageErrors
{
    /// <summary>Says what is wrong with a command line.</summary>
    /// <returns>A sentence for each mistake; empty where there is none, or where what was asked for (such as help) does not mind.</returns>
    public static IReadOnlyList<string> Find(ParseResult parse) =>
        parse.Action is { ClearsParseErrors: true } ? [] : [.. Describe(parse), .. DigitGroups(parse.CommandResult)];

    /// <summary>Writes one <c>error:</c> line for each mistake, and where to read on.</summary>
    /// <returns><see cref="ExitCodes.BadUsage"/>.</returns>
    public static int Write(IReadOnlyList<string> mistakes, ParseResult parse, TextWriter error)
    {
        foreach (var mistake in mistakes)
            error.WriteLine($"error: {mistake}");
        error.WriteLine($"See: {Path(parse.CommandResult)} --help");
        return ExitCodes.BadUsage;
    }

    private static IEnumerable<string> Describe(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        var unknown = parse.UnmatchedTokens;
        // A verb with an argument takes a misspelt option for its value.
        var options = unknown.Where(token => token.StartsWith('-'))
            .Concat(parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value).Where(LooksLikeOption)).ToList();
        foreach (var token in options)
            yield return Unknown(token, $"an option of {Path(parse.CommandResult)}", OptionNames(parse.CommandResult));

        // What follows an unknown option is most likely its value.
        if (options.Count == 0 && unknown.Count > 0)
        {
            yield return command.Subcommands.Count > 0
                ? Unknown(unknown[0], "a verb", [.. command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name)])
                : $"'{unknown[0]}' is one argument too many.";
        }

        foreach (var problem in parse.Errors)
        {
            if (unknown.Any(token => problem.Message.Contains($"'{token}'", StringComparison.Ordinal)))
                continue;
            if (problem.SymbolResult is CommandResult { Command: { Action: null, Subcommands.Count: > 0 } group })
            {
                if (unknown.Count == 0)
                    yield return $"{Path(parse.CommandResult)} needs one of: {string.Join(", ", group.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name))}.";
                continue;
            }

            yield return BadValue(problem) ?? problem.Message;
        }
    }

    private static bool LooksLikeOption(string token) => token.Length > 2 && token.StartsWith("--", StringComparison.Ordinal) && !File.Exists(token);

    private static string Unknown(string token, string kind, IReadOnlyList<string> known)
    {
        var nearest = NearestName.Find(token, known);
        return nearest is null
            ? $"'{token}' is not {kind}. There are: {string.Join(", ", known)}."
            : $"'{token}' is not {kind}. Did you mean '{nearest}'?";
    }

    private static List<string> OptionNames(CommandResult result)
    {
        var names = result.Command.Options.Where(option => !option.Hidden).Select(option => option.Name).ToList();
        for (var parent = result.Parent as CommandResult; parent is not null; parent = parent.Parent as CommandResult)
            names.AddRange(parent.Command.Options.Where(option => option.Recursive && !option.Hidden).Select(option => option.Name));
        return names;
    }

    // The parser takes a comma for a thousands separator, so that 1,5 would be fifteen.
    private static IEnumerable<string> DigitGroups(CommandResult command) =>
        from option in command.Children.OfType<OptionResult>()
        let type = Nullable.GetUnderlyingType(option.Option.ValueType) ?? option.Option.ValueType
        where type == typeof(double) || type == typeof(float)
        from token in option.Tokens
        where token.Value.Contains(',', StringComparison.Ordinal)
        select $"{option.Option.Name} is '{token.Value}'; it takes a number, with a point and no comma.";

    private static string? BadValue(ParseError problem)
    {
        var (name, type) = problem.SymbolResult switch
        {
            OptionResult option => (option.Option.Name, option.Option.ValueType),
            ArgumentResult { Parent: OptionResult option } => (option.Option.Name, option.Option.ValueType),
            ArgumentResult argument => (argument.Argument.Name, argument.Argument.ValueType),
            _ => (null, null),
        };
        if (name is null || type is null || problem.SymbolResult!.Tokens is not [var token, ..] ||
            !problem.Message.StartsWith("Cannot parse", StringComparison.Ordinal))
            return null;

        type = Nullable.GetUnderlyingType(type) ?? type;
        var wanted = type switch
        {
            _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type).Select(value => value.ToLowerInvariant()))}",
            _ when type == typeof(int) || type == typeof(long) || type == typeof(ulong) || type == typeof(uint) => "a whole number",
            _ when type == typeof(double) || type == typeof(float) => "a number",
            _ when type == typeof(bool) => "true or false",
            _ => type.Name,
        };
        return $"{name} is '{token.Value}'; it takes {wanted}.";
    }

    private static string Path(CommandResult result) =>
        result.Command is RootCommand ? "selfsame" : $"{Path((CommandResult)result.Parent!)} {result.Command.Name}";
}
