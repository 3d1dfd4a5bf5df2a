using System.CommandLine;
using Selfsame.Evaluation;
using Selfsame.Recipes;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary>What <c>selfsame list --json</c> says of a system.</summary>
internal sealed record ListedSystem(string Key, string Name, string Family, IReadOnlyList<string> Modalities, string Paper, string Recipe)
{
    /// <summary>The part of the table's entry that a reader of the list needs.</summary>
    public static ListedSystem From(SystemEntry entry) => new(entry.Key, entry.Name, entry.Family, [.. entry.Modalities], entry.Paper, entry.Recipe);
}

/// <summary>What <c>selfsame list protocols --json</c> says of an evaluation protocol.</summary>
internal sealed record ListedProtocol(string Id, string Measures, string Summary, string Source);

/// <summary><c>selfsame list</c>: the systems there are, or the evaluation protocols.</summary>
internal static class ListVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var modality = new Option<string?>("--modality") { Description = "Only systems that learn from this: image, audio, video, text, …", HelpName = "name" };
        var family = new Option<string?>("--family") { Description = "Only systems of this family", HelpName = "name" };
        var json = new Option<bool>("--json") { Description = "Print a JSON array" };
        modality.CompletionSources.Add(_ => Modalities());
        family.CompletionSources.Add(_ => Families());

        var markdown = new Option<bool>("--markdown") { Description = "Print docs/protocols.md", Hidden = true };
        var what = new Argument<string?>("WHAT") { Description = "systems (when nothing is given) or protocols", Arity = ArgumentArity.ZeroOrOne };
        what.CompletionSources.Add("systems", "protocols");

        var verb = new Verb("list", "List the systems that can be trained, or the evaluation protocols",
            new("list", "all systems"),
            new("list --modality audio", "those that learn from sound"),
            new("list protocols", "how metrics are measured"),
            new("list --json", "for a program"))
        {
            what, modality, family, json, markdown,
        };
        verb.SetAction(parse =>
        {
            if (Known("WHAT", parse.GetValue(what), ["systems", "protocols"]) == "protocols")
            {
                if (parse.GetValue(markdown))
                    parse.Output.Write(Protocols.ToMarkdown());
                else if (parse.GetValue(json))
                    parse.WriteJson(ListedProtocols(), VerbJson.Default.IReadOnlyListListedProtocol);
                else
                    parse.Console().Write(ProtocolTable());
                return ExitCodes.Done;
            }

            var wantedModality = Known(modality.Name, parse.GetValue(modality), Modalities());
            var wantedFamily = Known(family.Name, parse.GetValue(family), Families());
            IReadOnlyList<ListedSystem> systems =
            [
                .. Systems().Where(system =>
                    (wantedModality is null || system.Modalities.Contains(wantedModality)) &&
                    (wantedFamily is null || system.Family == wantedFamily)),
            ];
            if (parse.GetValue(json))
                parse.WriteJson(systems, VerbJson.Default.IReadOnlyListListedSystem);
            else
                parse.Console().Write(Table(systems));
            return ExitCodes.Done;
        });
        return verb;
    }

    private static Table Table(IReadOnlyList<ListedSystem> systems)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("key", "name", "family", "learns from", "paper", "recipe");
        foreach (var system in systems)
        {
            table.AddRow(
                new Text(system.Key), new Text(system.Name), new Text(system.Family),
                new Text(string.Join(", ", system.Modalities)), new Text(system.Paper), new Text(system.Recipe));
        }

        return table;
    }

    private static IReadOnlyList<ListedProtocol> ListedProtocols() => [.. Protocols.All.Select(p => new ListedProtocol(p.Id, p.Measures, p.Summary, p.Source))];

    private static Table ProtocolTable()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("protocol", "measures", "what is done", "source");
        foreach (var protocol in Protocols.All)
            table.AddRow(new Text(protocol.Id), new Text(protocol.Measures), new Text(protocol.Summary), new Text(protocol.Source));
        return table;
    }

    private static IEnumerable<ListedSystem> Systems() => SystemTable.BuiltIn.Entries.Select(ListedSystem.From);

    private static IEnumerable<string> Modalities() =>
        Systems().SelectMany(system => system.Modalities).Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<string> Families() => Systems().Select(system => system.Family).Distinct().Order(StringComparer.Ordinal);

    private static string? Known(string option, string? value, IEnumerable<string> known)
    {
        if (value is null)
            return null;
        var names = known.ToList();
        return names.Find(name => name.Equals(value, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException($"{option} is '{value}'; there are: {string.Join(", ", names)}.");
    }
}
