using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Selfsame.Training.Logging;
using Selfsame.Training.Progress;

namespace Selfsame.Cli.Display;

/// <summary>Shows a run as one JSON object a line, for programs: <c>event</c>, <c>time</c> (UTC) and the event's own values in snake case.</summary>
/// <param name="output">Where to.</param>
/// <param name="time">Clock.</param>
internal sealed class JsonProgress(TextWriter output, TimeProvider time) : IProgressDisplay
{
    private readonly ArrayBufferWriter<byte> _line = new(512);

    /// <inheritdoc/>
    public void On(TrainingEvent e)
    {
        _line.ResetWrittenCount();

        // Not for a web page: plain letters stay readable.
        using (var json = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("event", Name(e));
            json.WriteString("time", time.GetUtcNow().UtcDateTime);
            Write(json, e);
            json.WriteEndObject();
        }
        output.WriteLine(Encoding.UTF8.GetString(_line.WrittenSpan));
        output.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => output.Flush();

    private static string Name(TrainingEvent e) => e switch
    {
        TrainingEvent.Started => "started",
        TrainingEvent.StepDone => "step",
        TrainingEvent.Evaluated => "evaluated",
        TrainingEvent.CheckpointSaved => "checkpoint",
        TrainingEvent.Skipped => "skipped",
        TrainingEvent.Warning => "warning",
        TrainingEvent.Finished => "finished",
        _ => throw new ArgumentException($"{e.GetType().Name} has no name.", nameof(e)),
    };

    private static void Write(Utf8JsonWriter json, TrainingEvent e)
    {
        switch (e)
        {
            case TrainingEvent.Started started:
                json.WriteString("system", started.System);
                json.WriteString("folder", started.Folder);
                json.WriteNumber("step", started.Step);
                json.WriteNumber("total", started.Total);
                break;
            case TrainingEvent.StepDone step:
                json.WriteNumber("step", step.Step);
                json.WriteNumber("total", step.Total);
                Write(json, "loss", step.Loss);
                Write(json, "samples_per_second", Math.Round(step.SamplesPerSecond, 3));
                Write(json, "data_wait_share", Math.Round(step.DataWaitShare, 4));
                if (step.Eta is { } eta)
                    Write(json, "eta_seconds", Math.Round(eta.TotalSeconds, 1));
                Write(json, step.Metrics);
                break;
            case TrainingEvent.Evaluated evaluated:
                json.WriteNumber("step", evaluated.Step);
                Write(json, evaluated.Metrics);
                break;
            case TrainingEvent.CheckpointSaved saved:
                json.WriteNumber("step", saved.Step);
                json.WriteString("path", saved.Path);
                break;
            case TrainingEvent.Skipped skipped:
                json.WriteString("sample", skipped.Sample);
                json.WriteString("reason", skipped.Reason);
                json.WriteNumber("count", skipped.Count);
                break;
            case TrainingEvent.Warning warning:
                json.WriteString("message", warning.Message);
                break;
            case TrainingEvent.Finished finished:
                json.WriteNumber("step", finished.Step);
                Write(json, "seconds", Math.Round(finished.Seconds, 3));
                if (finished.Loss is { } loss)
                    Write(json, "loss", loss);
                json.WriteString("outcome", finished.Outcome.ToString().ToLowerInvariant());
                break;
        }
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<Metric> metrics)
    {
        json.WriteStartObject("metrics");
        foreach (var metric in metrics)
            Write(json, metric.Name, metric.Value);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteString(name, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }
}
