using System.CommandLine;
using Selfsame.Data;
using Selfsame.Data.Packages;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame data list|get|show|check|dedup</c>: what there is to train on.</summary>
internal static class DataVerb
{
    private static readonly Option<bool> s_json = new("--json") { Description = "Print JSON for a program to read.", Recursive = true };

    private static readonly Option<bool> s_otherVersion = new("--allow-other-version")
    {
        Description = "Accept packages in a version, or with a content, that no hash is recorded for.",
    };

    public static Command Create()
    {
        var command = new Command("data", "List, fetch, look into, check and clean data sets.") { s_json };
        command.Subcommands.Add(List());
        command.Subcommands.Add(Get());
        command.Subcommands.Add(Show());
        command.Subcommands.Add(DataCheckVerb.Create(s_json));
        command.Subcommands.Add(DataDedupVerb.Create(s_json));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List the data sets of the catalogue.");
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var items = Catalogue.List();
            if (parsed.GetValue(s_json))
                DataReport.WriteJson(output, items);
            else
                DataReport.WriteText(output, items);
            return 0;
        });
        return command;
    }

    private static Command Get()
    {
        var name = new Argument<string>("NAME") { Description = "A data set of the catalogue." };
        var command = new Command("get", "Fetch a data set and prepare it.") { name, s_otherVersion };
        command.SetAction((parsed, cancel) => RunAsync(parsed, async () =>
        {
            var options = Options(parsed);
            using var data = await Catalogue.OpenAsync(parsed.GetRequiredValue(name), options, cancel).ConfigureAwait(false);
            var item = Catalogue.List(options).First(item => item.Name == data.Name);
            if (parsed.GetValue(s_json))
                DataReport.WriteJson(parsed.InvocationConfiguration.Output, [item]);
            else
                await parsed.InvocationConfiguration.Output.WriteLineAsync(FormattableString.Invariant(
                    $"{data.Name}: {data.Count} samples, {data.Problems.Count} left out, in {item.Folder}")).ConfigureAwait(false);
        }));
        return command;
    }

    private static Command Show()
    {
        var spec = new Argument<string>("DATA") { Description = "A folder, manifest (.jsonl, .csv), shards (name-{000..012}.tar) or a data set of the catalogue." };
        var label = new Option<string?>("--label") { Description = "Count the classes of this column. Default: the natural label of the data set." };
        var command = new Command("show", "Show counts, splits, classes and an example.") { spec, label, s_otherVersion };
        command.SetAction((parsed, cancel) => RunAsync(parsed, async () =>
        {
            using var data = await DataSource.OpenAsync(parsed.GetRequiredValue(spec), Options(parsed), cancel).ConfigureAwait(false);
            var summary = DataSummary.Of(data, parsed.GetValue(label));
            if (parsed.GetValue(s_json))
                DataReport.WriteJson(parsed.InvocationConfiguration.Output, summary);
            else
                DataReport.WriteText(parsed.InvocationConfiguration.Output, summary);
        }));
        return command;
    }

    private static DataOptions Options(ParseResult parsed) => new()
    {
        AllowOtherVersion = parsed.GetValue(s_otherVersion),
        Progress = parsed.GetValue(s_json) ? null : new ProgressLines(parsed.InvocationConfiguration.Error),
    };

    private static async Task<int> RunAsync(ParseResult parsed, Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
            return 0;
        }
        catch (DataSourceException e)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"error: {e.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    /// <summary>A line for each new activity; no cursor tricks, so that it reads well in a log too.</summary>
    internal sealed class ProgressLines(TextWriter output) : IProgress<DataProgress>
    {
        private string _last = "";

        public void Report(DataProgress value)
        {
            lock (output)
            {
                if (value.Activity == _last)
                    return;
                _last = value.Activity;
                output.WriteLine($"{value.Name}: {value.Activity}");
            }
        }
    }
}
