using System.CommandLine;
using Selfsame.Evaluation;
using Selfsame.Training.Progress;
using Spectre.Console;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame probe RUN --label COLUMN</c>: a classifier on frozen features, beside its baselines.</summary>
internal static class ProbeVerb
{
    private const int MostClasses = 12; // a wider confusion does not fit a screen

    /// <summary>Makes the verb.</summary>
    public static Command Create()
    {
        var label = new Option<string?>("--label") { Description = "Column with the classes; folder for a folder of folders.", HelpName = "COLUMN" };
        var protocol = new Option<string>("--protocol") { Description = $"One of {string.Join(", ", FrozenProbe.Protocols)}.", DefaultValueFactory = _ => LogisticProbe.Protocol, HelpName = "NAME" };
        var layer = new Option<string?>("--layer") { Description = "Block to take, from 1; several, put side by side, with commas.", HelpName = "N[,N]" };
        var pooling = new Option<string?>("--pooling") { Description = "How tokens become a vector: auto, class_token, mean, max, quarters, sixteenths.", HelpName = "KIND" };
        var student = new Option<bool>("--student") { Description = "Take the trained weights themselves and not their average." };
        var plain = new Option<bool>("--no-baselines") { Description = "Leave random weights and raw input out." };
        var json = new Option<bool>("--json") { Description = "Print a JSON object with scores, classes and confusion." };
        var verb = new Verb("probe", "Fit a classifier on frozen features and compare it with random weights and the raw input",
            new("probe runs/mae --label category", "logistic regression on the run's own data"),
            new("probe runs/mae --data photos/ --label folder --protocol knn/dino-1", "nearest neighbours on folders of yours"),
            new("probe --from dinov2_vits14.safetensors --data emoji --label category --json", "public weights, for a program"))
        {
            label, protocol, layer, pooling, student, plain, json,
        };
        var encoder = new EncoderOptions(verb);
        verb.SetAction((parse, cancellation) =>
        {
            var name = parse.GetValue(protocol)!;
            if (!FrozenProbe.Protocols.Contains(name))
                throw new UsageException($"--protocol is '{name}'; there are: {string.Join(", ", FrozenProbe.Protocols)}.");
            var settings = new FrozenProbeSettings
            {
                Label = parse.GetValue(label) ?? throw new UsageException("--label is missing: name the column with the classes. ./selfsame data show SOURCE lists the columns."),
                Protocol = name,
                Layers = EmbedVerb.Layers(parse.GetValue(layer)),
                Pooling = parse.GetValue(pooling) is { } kind ? EmbedVerb.ParsePooling(kind) : null,
                Averaged = !parse.GetValue(student),
                Baselines = !parse.GetValue(plain),
            };
            return Run(parse, encoder, settings, parse.GetValue(json), cancellation);
        });
        return verb;
    }

    private static async Task<int> Run(ParseResult parse, EncoderOptions options, FrozenProbeSettings settings, bool json, CancellationToken cancellation)
    {
        var (encoder, data) = await options.OpenAsync(parse, cancellation);
        using var ownEncoder = encoder;
        using var ownData = data;
        var report = FrozenProbe.Run(encoder, data, settings, phase => parse.Error.WriteLine($"{phase} …"), cancellation);
        if (json)
        {
            parse.WriteJson(report, VerbJson.Default.FrozenProbeReport);
            return ExitCodes.Done;
        }

        var console = parse.Console();
        console.Write(Scores(report));
        console.Write(Classes(report));
        if (report.Classes.Count <= MostClasses)
            console.Write(Confused(report));
        console.Write(new Text($"{report.Protocol} on {report.Width} features; fitted on {report.Samples[0]}, chosen on {report.Samples[1]} ({HumanText.Value(report.Chosen)}), judged on {report.Samples[2]} samples.\n"));
        return ExitCodes.Done;
    }

    private static Table Scores(FrozenProbeReport report)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("metric");
        var columns = new List<(string Name, FrozenProbeScore Score)> { ("trained", report.Trained) };
        if (report.RandomInit is { } random)
            columns.Add(("random_init", random));
        if (report.RawInput is { } raw)
            columns.Add(("raw_input", raw));
        foreach (var (name, _) in columns)
            table.AddColumn(new TableColumn(name).RightAligned());
        void Row(string name, Func<FrozenProbeScore, double> value) => table.AddRow([name, .. columns.Select(column => HumanText.Value(value(column.Score)))]);
        Row("accuracy", score => score.Accuracy);
        Row("balanced_accuracy", score => score.BalancedAccuracy);
        Row("top_five", score => score.TopFive);
        Row("majority_share", _ => report.MajorityShare);
        return table;
    }

    private static Table Classes(FrozenProbeReport report)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn(new Text(report.Label)));
        foreach (var name in (string[])["samples", "recall", "precision"])
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var found in report.Classes)
            table.AddRow(new Text(found.Name), new Text(HumanText.Count(found.Samples)), new Text(Share(found.Recall)), new Text(Share(found.Precision)));
        return table;
    }

    private static Table Confused(FrozenProbeReport report)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("true, given as");
        foreach (var given in report.Classes)
            table.AddColumn(new TableColumn(new Text(given.Name)).RightAligned());
        for (var truth = 0; truth < report.Classes.Count; truth++)
            table.AddRow([new Text(report.Classes[truth].Name), .. report.Confusion[truth].Select(count => new Text(HumanText.Count(count)))]);
        return table;
    }

    private static string Share(double value) => double.IsNaN(value) ? "-" : HumanText.Value(value);
}
