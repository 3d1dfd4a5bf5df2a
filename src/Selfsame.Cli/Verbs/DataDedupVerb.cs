using System.CommandLine;
using Selfsame.Data;
using Selfsame.Data.Checking;
using Selfsame.Data.Exclusions;
using Selfsame.Training.Progress;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame data dedup SOURCE</c>: leaves copies out of a data set, and takes them back. No file of the data is touched.</summary>
internal static class DataDedupVerb
{
    private const int Shown = 20;

    /// <summary>Makes the verb.</summary>
    /// <param name="json">The option <c>--json</c> of the verbs about data.</param>
    public static Command Create(Option<bool> json)
    {
        var source = new Argument<string>("SOURCE") { Description = "A folder, manifest (.jsonl, .csv) or shards." };
        var exclusions = new Option<string?>("--exclusions") { Description = "Leave out what this file names. Default: check the data and leave out what is found.", HelpName = "FILE" };
        var apply = new Option<bool>("--apply") { Description = $"Put the list beside the data, as {ExclusionList.FileName}; every command honours it." };
        var revert = new Option<bool>("--revert") { Description = "Take the list away: every sample is back." };
        var dry = new Option<bool>("--dry-run") { Description = "Only say what would be left out. This is the default." };
        var verb = new Verb("dedup", "Leave copies out of a data set, reversibly.",
            new("data dedup photos/", "what would be left out"),
            new("data dedup photos/ --apply", "leave it out from now on"),
            new("data dedup photos/ --revert", "take it all back"))
        {
            source, exclusions, apply, revert, dry,
        };
        verb.SetAction(async (parse, cancel) =>
        {
            if (new[] { parse.GetValue(apply), parse.GetValue(revert), parse.GetValue(dry) }.Count(given => given) > 1)
                throw new UsageException("--apply, --revert and --dry-run exclude each other.");
            var spec = parse.GetValue(source)!;
            if (parse.GetValue(revert))
                return await RevertAsync(parse, spec, parse.GetValue(json));
            if (parse.GetValue(apply))
                _ = Place(spec);

            using var data = await DataCheckVerb.OpenAsync(parse, spec, parse.GetValue(json), ignoreExclusions: true, cancel);
            var list = parse.GetValue(exclusions) is { } file
                ? ExclusionList.Read(file)
                : ExclusionList.From(await DataCheckVerb.CheckAsync(parse, data, new DataCheckOptions(), run: null, parse.GetValue(json), cancel));
            var known = Enumerable.Range(0, data.Count).Select(data.Key).ToHashSet(StringComparer.Ordinal);
            var result = new DedupResult(data.Name, data.Count, list.Count(item => known.Contains(item.Key)), [.. list.Where(item => !known.Contains(item.Key)).Select(item => item.Key)],
                parse.GetValue(apply) ? Place(spec) : null, list);
            if (result.Excluded >= data.Count)
                throw new DataSourceException($"the list names every sample of '{spec}'; nothing would be left");
            if (result.Applied is { } place)
                ExclusionList.Write(place, list);
            if (parse.GetValue(json))
                parse.WriteJson(result, DataCheckJson.Default.DedupResult);
            else
                WriteText(parse.Output, result, spec);
            return ExitCodes.Done;
        });
        return verb;
    }

    private static async Task<int> RevertAsync(ParseResult parse, string spec, bool json)
    {
        var place = Place(spec);
        var there = File.Exists(place);
        var list = there ? ExclusionList.Read(place) : [];
        File.Delete(place);
        if (json)
            parse.WriteJson(new DedupResult(spec, null, 0, [], null, []) { Reverted = there ? place : null }, DataCheckJson.Default.DedupResult);
        else
            await parse.Output.WriteLineAsync(there ? $"{HumanText.Count(list.Count)} samples are back; {place} is gone" : $"there is no list beside '{spec}'");
        return ExitCodes.Done;
    }

    private static string Place(string spec) => ExclusionList.PlaceFor(spec) ?? throw new DataSourceException(
        $"'{spec}' is no folder, manifest or shards of yours that a list could lie beside; data of the catalogue stays the same for everyone. "
        + "Write a list with data check --write-exclusions FILE and name it in the recipe: data.exclude: FILE");

    private static void WriteText(TextWriter output, DedupResult result, string spec)
    {
        var verb = result.Applied is null ? "would be" : "are";
        output.WriteLine($"{HumanText.Count(result.Excluded)} of {HumanText.Count(result.Samples ?? 0)} samples {verb} left out");
        foreach (var reason in result.List.GroupBy(item => item.Reason, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
            output.WriteLine($"  {reason.Key,-16} {HumanText.Count(reason.Count()),8}");
        foreach (var item in result.List.Take(Shown))
            output.WriteLine(FormattableString.Invariant($"  {item.Key}: {item.Reason}") + (item.Kept is null ? "" : FormattableString.Invariant($" of {item.Kept}")) + (item.Distance is > 0 and var d ? FormattableString.Invariant($", distance {d:0.000}") : ""));
        if (result.List.Count > Shown)
            output.WriteLine($"  … and {HumanText.Count(result.List.Count - Shown)} more");
        if (result.Unknown.Count > 0)
            output.WriteLine($"{HumanText.Count(result.Unknown.Count)} names are not in the data, the first: {result.Unknown[0]}");
        output.WriteLine(result.Applied is { } place
            ? $"the list is {place}; take it back with: selfsame data dedup {spec} --revert"
            : $"nothing was changed; do it with: selfsame data dedup {spec} --apply");
    }
}

/// <summary>What <c>data dedup</c> did, or would do.</summary>
/// <param name="Source">The data.</param>
/// <param name="Samples">Samples in all; null where they were not counted.</param>
/// <param name="Excluded">Samples left out.</param>
/// <param name="Unknown">Names in the list that the data does not have.</param>
/// <param name="Applied">Where the list was put; null where it was not.</param>
/// <param name="List">What is left out.</param>
internal sealed record DedupResult(string Source, int? Samples, int Excluded, IReadOnlyList<string> Unknown, string? Applied, IReadOnlyList<Exclusion> List)
{
    /// <summary>The list that was taken away; null where none was.</summary>
    public string? Reverted { get; init; }
}
