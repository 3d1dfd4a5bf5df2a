using Selfsame.Training.Planning;
using Selfsame.Training.Progress;
using Spectre.Console;

namespace Selfsame.Cli.Display;

/// <summary>A plan on the screen: what would run, how large it is, how long it takes, and what is likely not meant.</summary>
internal static class PlanView
{
    private const int ChartHeight = 4;

    /// <summary>Writes it.</summary>
    internal static void Write(IAnsiConsole console, RunPlan plan)
    {
        Title(console, "Recipe");
        var recipe = Plain("key", "value", "from");
        foreach (var value in plan.Recipe)
            recipe.AddRow(new Text(value.Key), new Text(value.Value), new Text(value.Origin is null ? value.Source : $"{value.Source}  {value.Origin}"));
        console.Write(recipe);

        Title(console, "Data and model");
        console.WriteLine($"  {plan.Data.Name}: {HumanText.Count(plan.Data.Train)} samples to train on, of {HumanText.Count(plan.Data.Samples)}{(plan.Data.Rows is { } rows ? $", packed into {HumanText.Count(rows)} rows" : "")}; {plan.Precision}");
        var shapes = Plain("tensor or module", "shape");
        foreach (var tensor in plan.Batch)
            shapes.AddRow(new Text($"batch: {tensor.Name}"), new Text(Shape(tensor)));
        foreach (var stage in plan.Stages)
            shapes.AddRow(new Text(stage.Name), new Text(Shape(stage)));
        console.Write(shapes);

        Title(console, "Parameters");
        var parts = Plain("part", "all", "trained");
        foreach (var part in plan.Parts)
            parts.AddRow(new Text(part.Name), Number(part.Parameters), Number(part.Trained));
        parts.AddRow(new Text("total"), Number(plan.TotalParameters), Number(plan.TrainedParameters));
        parts.Columns[1].RightAligned();
        parts.Columns[2].RightAligned();
        console.Write(parts);

        Title(console, "Length");
        Length(console, plan);
        Title(console, "Memory");
        Memory(console, plan.Memory);
        Curve(console, "Learning rate", plan.Rate, fromZero: true);
        if (plan.TeacherMomentum.Count > 0)
            Curve(console, "Teacher momentum", plan.TeacherMomentum, fromZero: false);
        foreach (var warning in plan.Warnings)
            console.Write(new Text($"warning: {warning}.\n", new Style(Color.Yellow)));
        console.WriteLine($"Nothing was written. Without --dry-run this run goes to {plan.Folder}.");
    }

    private static void Length(IAnsiConsole console, RunPlan plan)
    {
        var length = plan.Length;
        var steps = length.Steps is { } count
            ? $"{HumanText.Count(count)} steps, {HumanText.Count(length.Samples!.Value)} samples, {HumanText.Rate(length.Epochs!.Value)} epochs"
            : "not known before it runs";
        console.WriteLine($"  {steps}; warm-up {HumanText.Count(length.WarmupSteps)} steps");
        if (length.Done > 0)
            console.WriteLine($"  goes on at step {HumanText.Count(length.Done)}, from the checkpoint in the folder");
        if (plan.Time is not { } time)
            return;
        var total = time.TrainingSeconds is { } seconds ? $"{HumanText.Duration(TimeSpan.FromSeconds(seconds))} of training" : "";
        console.WriteLine($"  {total} at {HumanText.Rate(time.SamplesPerSecond)} samples/s ({string.Join(", ", time.StepSeconds.Select(HumanText.Rate))} s for each of {time.StepSeconds.Count} steps); evaluation comes on top");
    }

    private static void Memory(IAnsiConsole console, PlannedMemory memory)
    {
        console.WriteLine($"  peak while training: {HumanText.Bytes(memory.TrainingPeak)} ({(memory.Measured ? "measured on real steps" : "extrapolated")}); {HumanText.Bytes(memory.Available)} are free");
        var table = Plain("of that", "");
        void Row(string name, long bytes) => table.AddRow(new Text(name), new Text(HumanText.Bytes(bytes)));
        Row("process: .NET, libtorch, data index", memory.Process);
        Row("weights", memory.Weights);
        Row("gradients", memory.Gradients);
        Row("optimizer", memory.Optimizer);
        if (memory.Teacher > 0)
            Row("teacher and fixed tables", memory.Teacher);
        Row(FormattableString.Invariant($"activations, {memory.MicroBatch} samples at once ({HumanText.Bytes(memory.ActivationsPerSample)} each)"), memory.Activations);
        Row("batches that are being loaded", memory.Loader);
        Row("decoded pictures, once all are kept", memory.Pictures);
        table.Columns[1].RightAligned();
        console.Write(table);
        if (memory.EvaluationTables > 0)
            console.WriteLine($"  evaluation beside it: about {HumanText.Bytes(memory.EvaluationTables)} of feature tables");
    }

    private static void Curve(IAnsiConsole console, string title, IReadOnlyList<double> values, bool fromZero)
    {
        var (least, greatest) = (values.Min(), values.Max());
        if (greatest - least <= 1e-12 * Math.Abs(greatest))
        {
            Title(console, $"{title}: {HumanText.Value(values[0])} throughout");
            return;
        }

        var low = fromZero ? Math.Min(0, least) : least;
        Title(console, $"{title}: {HumanText.Value(values[0])} at first, {HumanText.Value(values.Max())} at most, {HumanText.Value(values[^1])} at last");
        foreach (var line in BlockChart.Lines(values, ChartHeight, low))
            console.WriteLine($"  {line}");
    }

    private static void Title(IAnsiConsole console, string title) => console.Write(new Text($"{title}\n", new Style(decoration: Decoration.Bold)));

    private static string Shape(NamedShape tensor) => $"({string.Join(", ", tensor.Shape)})";

    private static Text Number(long count) => new(HumanText.Count(count));

    private static Table Plain(params string[] columns)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders();
        foreach (var column in columns)
            table.AddColumn(new TableColumn(column).Padding(0, 0, 2, 0).NoWrap());
        return table;
    }
}
