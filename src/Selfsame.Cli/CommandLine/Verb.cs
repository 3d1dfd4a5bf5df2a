using System.CommandLine;

namespace Selfsame.Cli;

/// <summary>A line a reader can copy, and what it does.</summary>
/// <param name="Line">The arguments, without the leading <c>selfsame</c>.</param>
/// <param name="Meaning">What happens, in a few words.</param>
internal sealed record Example(string Line, string Meaning);

/// <summary>A command whose help ends in examples.</summary>
internal sealed class Verb(string name, string description, params Example[] examples) : Command(name, description)
{
    /// <summary>At least one, for a verb that the help lists.</summary>
    public IReadOnlyList<Example> Examples { get; } = examples;
}
