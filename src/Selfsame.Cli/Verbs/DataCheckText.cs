using System.Globalization;
using System.Text.Json.Serialization;
using Selfsame.Data.Checking;
using Selfsame.Training.Progress;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary>Prints a check for a person.</summary>
internal static class DataCheckText
{
    private const int Shown = 8;

    /// <summary>Writes it.</summary>
    public static void Write(IAnsiConsole console, DataCheckReport report)
    {
        console.Write(new Text($"{report.Source}: {HumanText.Count(report.Samples)} samples in {HumanText.Count(report.Groups)} groups\n", new Style(decoration: Decoration.Bold)));
        console.Write(Facts(report));
        if (report.Labels.Count > 0)
            console.Write(Labels(report));
        Notes(console, "Broken", report.Broken);
        Notes(console, "Nothing to see", report.Empty);
        if (report.Duplicates.Count > 0)
            console.Write(Duplicates(report));
        if (report.Leaks.Count > 0)
            console.Write(Leaks(report));
        console.Write(new Text("What to make of it\n", new Style(decoration: Decoration.Bold)));
        foreach (var sentence in report.Advice)
            console.Write(new Text($"  {sentence}\n"));
    }

    private static Grid Facts(DataCheckReport report)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        Row("parts", $"{HumanText.Count(report.Parts.Train)} train, {HumanText.Count(report.Parts.Validation)} validation, {HumanText.Count(report.Parts.Test)} test");
        if (report.Excluded > 0)
            Row("excluded", $"{HumanText.Count(report.Excluded)} by a list of exclusions");
        Row("formats", List(report.Formats));
        Row("colour", List(report.Modes) + (report.WithAlpha > 0 ? $"; {HumanText.Count(report.WithAlpha)} with alpha, {HumanText.Count(report.Transparent)} of them transparent somewhere" : ""));
        if (report.Animated > 0)
            Row("animated", HumanText.Count(report.Animated));
        if (report.Seconds is { } seconds)
            Row("seconds", Range(seconds, HumanText.Value));
        if (report.Sizes is { } sizes)
        {
            Row("width", Range(sizes.Width, HumanText.Count));
            Row("height", Range(sizes.Height, HumanText.Count));
            Row("longest side", List(sizes.LongestSide.Where(octave => octave.Count > 0)));
        }
        if (report.FileBytes is { } bytes)
            Row("file", Range(bytes, HumanText.Bytes));
        if (report.Channels.Count > 0)
            Row("mean, std", string.Join("   ", report.Channels.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Mean:0.0000}, {c.Std:0.0000}"))));
        Row("decoding", $"{HumanText.Rate(report.DecodedPerSecondPerCore)} samples a second and core");
        Row("broken", HumanText.Count(report.Broken.Count));
        Row("empty", HumanText.Count(report.Empty.Count));
        Row("copies", $"{HumanText.Count(report.ExactCopies)} exact, {HumanText.Count(report.NearCopies)} near (by {report.NearBy}, distance up to {report.NearThreshold.ToString("0.###", CultureInfo.InvariantCulture)}), in {HumanText.Count(report.Duplicates.Count)} groups");
        Row("leaks", HumanText.Count(report.Leaks.Count));
        return grid;

        void Row(string name, string value) => grid.AddRow(new Text(name), new Text(value));
    }

    private static Table Labels(DataCheckReport report)
    {
        var table = Table("column", "classes", "majority", "share", "entropy, bits", "evenness", "smallest");
        foreach (var balance in report.Labels)
        {
            table.AddRow(new Text(balance.Column), new Text(HumanText.Count(balance.Classes)), new Text(balance.Largest[0].Name), new Text(HumanText.Percent(balance.MajorityShare)),
                new Text(balance.EntropyBits.ToString("0.00", CultureInfo.InvariantCulture)), new Text(balance.Evenness.ToString("0.00", CultureInfo.InvariantCulture)), new Text($"{balance.Smallest.Name} ({HumanText.Count(balance.Smallest.Count)})"));
        }
        return table;
    }

    private static void Notes(IAnsiConsole console, string title, IReadOnlyList<SampleNote> notes)
    {
        if (notes.Count == 0)
            return;
        var table = Table(title, "reason");
        foreach (var note in notes.Take(Shown))
            table.AddRow(new Text(note.Key), new Text(note.Reason));
        More(table, notes.Count);
        console.Write(table);
    }

    private static Table Duplicates(DataCheckReport report)
    {
        var table = Table("Copies", "of", "kind", "distance");
        var copies = report.Duplicates.SelectMany(group => group.Members).Where(member => member.Kept is not null).ToArray();
        foreach (var member in copies.Take(Shown))
            table.AddRow(new Text(member.Key), new Text(member.Kept!), new Text(member.Kind!), new Text(member.Distance.ToString("0.000", CultureInfo.InvariantCulture)));
        More(table, copies.Length);
        return table;
    }

    private static Table Leaks(DataCheckReport report)
    {
        var table = Table("Leaks", "part", "held out", "part", "kind", "distance");
        foreach (var leak in report.Leaks.Take(Shown))
            table.AddRow(new Text(leak.Key), new Text(leak.Split), new Text(leak.HeldOutKey), new Text(leak.HeldOutSplit), new Text(leak.Kind), new Text(leak.Distance.ToString("0.000", CultureInfo.InvariantCulture)));
        More(table, report.Leaks.Count);
        return table;
    }

    private static Table Table(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))));
        return table;
    }

    private static void More(Table table, int count)
    {
        if (count > Shown)
            table.AddRow(new Text($"… and {HumanText.Count(count - Shown)} more"));
    }

    private static string List(IEnumerable<NamedCount> counts) => string.Join(", ", counts.Select(count => $"{count.Name} {HumanText.Count(count.Count)}"));

    private static string Range(Spread spread, Func<double, string> text) => $"{text(spread.Least)} to {text(spread.Most)}, median {text(spread.Median)}, 90 % within {text(spread.Low)} to {text(spread.High)}";
}

[JsonSerializable(typeof(DataCheckReport))]
[JsonSerializable(typeof(DedupResult))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
internal sealed partial class DataCheckJson : JsonSerializerContext;
