using System.CommandLine;
using Selfsame.Data;
using Selfsame.Training;

namespace Selfsame.Cli.Verbs;

/// <summary>The options by which a verb is told which encoder, and which data: a run folder, or public weights after <c>--from</c>.</summary>
internal sealed class EncoderOptions
{
    private readonly Argument<string?> _run = new("RUN") { Description = "Run folder.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _from = new("--from") { Description = "Weights in place of a run: a safetensors file or its folder, with timm, Hugging Face, DINO, DINOv2 or MAE names.", HelpName = "FILE" };
    private readonly Option<string?> _data = new("--data") { Description = "Folder, manifest, tar shards, or a name from the catalogue. Without it, the run's own.", HelpName = "SOURCE" };
    private readonly Option<int?> _heads = new("--heads") { Description = "Attention heads of --from, where no config.json tells.", HelpName = "N" };
    private readonly Option<int?> _size = new("--size") { Description = "Side of the picture that --from sees; positions are fitted to it.", HelpName = "PIXELS" };
    private readonly Option<string[]> _skip = new("--skip") { Description = "Names of --from to pass over; * stands for anything.", HelpName = "NAME", Arity = ArgumentArity.ZeroOrMore };

    /// <summary>Adds all of them.</summary>
    public EncoderOptions(Command verb)
    {
        foreach (var option in (Option[])[_from, _data, _heads, _size, _skip])
            verb.Add(option);
        verb.Add(_run);
    }

    /// <summary>Opens what the command line names; notes go to the error output.</summary>
    /// <exception cref="UsageException">Neither a run nor weights are named, or both; or there is no data to take.</exception>
    public async Task<(FrozenEncoder Encoder, DataSet Data)> OpenAsync(ParseResult parse, CancellationToken cancellation)
    {
        var path = Path(parse);
        var options = new DataOptions { Progress = new DataLines(parse.Error) };
        if (parse.GetValue(_heads) is { } heads && heads < 1)
            throw new UsageException($"--heads is {heads}; give at least 1.");
        if (parse.GetValue(_size) is { } size && size < 1)
            throw new UsageException($"--size is {size}; give at least 1.");
        var encoder = await FrozenEncoder.OpenAsync(
            path, new PublicWeightsOptions { Heads = parse.GetValue(_heads), ImageSize = parse.GetValue(_size), Skip = parse.GetValue(_skip) ?? [] }, options, cancellation);
        try
        {
            foreach (var note in encoder.Notes)
                parse.Error.WriteLine($"note: {note}");
            var source = parse.GetValue(_data) ?? encoder.Recipe?.Data.Source ?? throw new UsageException("--data is missing: public weights come without data.");
            return (encoder, await DataSource.OpenAsync(source, options, cancellation));
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>The run folder or the weights, as given.</summary>
    /// <exception cref="UsageException">Neither or both are given.</exception>
    public string Path(ParseResult parse) => (parse.GetValue(_run), parse.GetValue(_from)) switch
    {
        ({ } run, null) => run,
        (null, { } from) => from,
        (null, null) => throw new UsageException("name a run folder, or weights after --from."),
        _ => throw new UsageException("give a run folder or --from, not both."),
    };

    /// <summary>What followed <c>--data</c>.</summary>
    public string? Data(ParseResult parse) => parse.GetValue(_data);
}

/// <summary>One line for each new activity while data is fetched.</summary>
internal sealed class DataLines(TextWriter output) : IProgress<DataProgress>
{
    private readonly HashSet<string> _seen = [];

    public void Report(DataProgress value)
    {
        lock (_seen)
        {
            if (_seen.Add($"{value.Name}/{value.Activity}"))
                output.WriteLine($"{value.Name}: {value.Activity} …");
        }
    }
}
