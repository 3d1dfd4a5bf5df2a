using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Selfsame.Training.Logging;

/// <summary>
/// Writes <c>metrics.jsonl</c>: one JSON object a line with <c>step</c>, <c>samples</c>, <c>seconds</c> and then the values; NaN and infinities
/// as strings. Not safe for several threads at once.
/// </summary>
/// <remarks>
/// A line counts once its newline is there, so a line cut by a crash is dropped by readers and on resuming. Lines reach the operating system at
/// least once in the flush interval, and the disk when <see cref="Flush"/> is told so: do that before publishing a checkpoint, so that
/// the log is never behind the checkpoint it is resumed from.
/// </remarks>
public sealed class MetricsLog : IDisposable
{
    private const string StepKey = "step", SamplesKey = "samples", SecondsKey = "seconds";

    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly TimeSpan _flushInterval;
    private readonly long _opened;
    private readonly ArrayBufferWriter<byte> _line = new(512);
    private readonly Utf8JsonWriter _json;
    private readonly Dictionary<string, JsonEncodedText> _names = [];
    private long _flushed;
    private long _lastStep;

    private MetricsLog(FileStream file, TimeProvider time, TimeSpan flushInterval, long lastStep, double earlierSeconds)
    {
        (_file, _time, _flushInterval, _lastStep, EarlierSeconds) = (file, time, flushInterval, lastStep, earlierSeconds);
        _json = new Utf8JsonWriter(_line);
        _opened = _flushed = time.GetTimestamp();
    }

    /// <summary>Training time of earlier sessions, in seconds: the time of the last line kept.</summary>
    public double EarlierSeconds { get; }

    /// <summary>Opens a log to append to. Lines after <paramref name="resumedStep"/> and a last line cut by a crash are removed, atomically.</summary>
    /// <param name="path">The file; made where missing, with its folder.</param>
    /// <param name="resumedStep">Steps done in the checkpoint that is resumed from; 0 starts the log anew.</param>
    /// <param name="time">Clock; null: the system's.</param>
    /// <param name="flushInterval">Longest time lines wait in memory while lines are written; null: one second.</param>
    /// <exception cref="InvalidDataException">A line that would be kept is damaged.</exception>
    public static MetricsLog Open(string path, long resumedStep = 0, TimeProvider? time = null, TimeSpan? flushInterval = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(resumedStep);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var (lastStep, seconds) = File.Exists(path) ? Truncate(path, resumedStep) : (0, 0);
        var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 16 * 1024);
        return new(file, time ?? TimeProvider.System, flushInterval ?? TimeSpan.FromSeconds(1), lastStep, seconds);
    }

    /// <summary>Appends one line.</summary>
    /// <param name="step">Steps done, not less than in the line before.</param>
    /// <param name="samples">Samples seen, at least 0.</param>
    /// <param name="metrics">The values; names other than step, samples and seconds, each once.</param>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The step went back.</exception>
    public void Write(long step, long samples, ReadOnlySpan<Metric> metrics)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, _lastStep);
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        foreach (var metric in metrics)
        {
            if (metric.Name is StepKey or SamplesKey or SecondsKey)
                throw new ArgumentException($"A metric can't be named {metric.Name}: every line has that key already.", nameof(metrics));
        }

        _line.ResetWrittenCount();
        _json.Reset(_line);
        _json.WriteStartObject();
        _json.WriteNumber(StepKey, step);
        _json.WriteNumber(SamplesKey, samples);
        _json.WriteNumber(SecondsKey, Math.Round(EarlierSeconds + _time.GetElapsedTime(_opened).TotalSeconds, 3));
        foreach (var metric in metrics)
            WriteValue(metric);
        _json.WriteEndObject();
        _json.Flush();
        _line.GetSpan(1)[0] = (byte)'\n';
        _line.Advance(1);
        _file.Write(_line.WrittenSpan);
        _lastStep = step;

        if (_time.GetElapsedTime(_flushed) >= _flushInterval)
            Flush();
    }

    /// <summary>Hands all lines to the operating system.</summary>
    /// <param name="toDisk">Also wait until they are on the disk, so that they outlive a power failure.</param>
    public void Flush(bool toDisk = false)
    {
        _file.Flush(toDisk);
        _flushed = _time.GetTimestamp();
    }

    /// <summary>Hands all lines to the operating system and closes the file.</summary>
    public void Dispose()
    {
        _json.Dispose();
        _file.Dispose();
    }

    /// <summary>Reads a log, also one that is being written.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its lines in order; a last line without newline isn't one yet.</returns>
    /// <exception cref="InvalidDataException">A line isn't what <see cref="Write"/> makes; the message names file and line.</exception>
    public static IEnumerable<MetricsEntry> Read(string path)
    {
        foreach (var (entry, _) in ReadWithEnds(path))
            yield return entry;
    }

    private void WriteValue(Metric metric)
    {
        if (!_names.TryGetValue(metric.Name, out var name))
            _names[metric.Name] = name = JsonEncodedText.Encode(metric.Name);
        if (double.IsFinite(metric.Value))
            _json.WriteNumber(name, metric.Value);
        else
            _json.WriteString(name, double.IsNaN(metric.Value) ? "NaN" : metric.Value > 0 ? "Infinity" : "-Infinity");
    }

    private static (long LastStep, double Seconds) Truncate(string path, long resumedStep)
    {
        long kept = 0, lastStep = 0;
        double seconds = 0;
        if (resumedStep > 0)
        {
            foreach (var (entry, end) in ReadWithEnds(path))
            {
                if (entry.Step > resumedStep)
                    break; // steps never go back within a log
                (kept, lastStep, seconds) = (end, entry.Step, entry.Seconds);
            }
        }

        using var old = File.OpenRead(path);
        if (kept < old.Length)
            AtomicFile.Write(path, fresh => CopyStart(old, fresh, kept));
        return (lastStep, seconds);
    }

    private static void CopyStart(FileStream from, Stream to, long bytes)
    {
        var buffer = new byte[64 * 1024];
        while (bytes > 0)
        {
            var read = from.Read(buffer, 0, (int)Math.Min(bytes, buffer.Length));
            if (read == 0)
                throw new EndOfStreamException($"{from.Name} became shorter while it was copied.");
            to.Write(buffer, 0, read);
            bytes -= read;
        }
    }

    /// <summary>Every whole line with the byte offset just behind it.</summary>
    private static IEnumerable<(MetricsEntry Entry, long End)> ReadWithEnds(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[16 * 1024];
        int filled = 0, number = 0;
        long end = 0;
        while (true)
        {
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            var read = stream.Read(buffer, filled, buffer.Length - filled);
            if (read == 0)
                yield break;
            filled += read;

            var start = 0;
            for (int newline; (newline = Array.IndexOf(buffer, (byte)'\n', start, filled - start)) >= 0; start = newline + 1)
            {
                end += newline + 1 - start;
                yield return (Parse(buffer.AsSpan(start, newline - start), path, ++number), end);
            }
            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
        }
    }

    private static MetricsEntry Parse(ReadOnlySpan<byte> line, string path, int number)
    {
        try
        {
            long? step = null, samples = null;
            double? seconds = null;
            List<Metric> metrics = [];
            var json = new Utf8JsonReader(line);
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
                throw new JsonException("not an object");
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString()!;
                json.Read();
                switch (name)
                {
                    case StepKey: step = json.GetInt64(); break;
                    case SamplesKey: samples = json.GetInt64(); break;
                    case SecondsKey: seconds = json.GetDouble(); break;
                    default: metrics.Add(new(name, Value(ref json))); break;
                }
            }
            while (json.Read())
            {
                // Reading on makes the reader refuse anything behind the object.
            }
            return new(step ?? throw new JsonException($"{StepKey} is missing"), samples ?? throw new JsonException($"{SamplesKey} is missing"),
                seconds ?? throw new JsonException($"{SecondsKey} is missing"), metrics);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            var shown = Encoding.UTF8.GetString(line[..Math.Min(line.Length, 80)]);
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"{path}({number}): not a line of metrics: {shown}. Remove the line, or move the file away to start a new log."), e);
        }
    }

    private static double Value(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.Number => json.GetDouble(),
        _ when json.ValueTextEquals("NaN"u8) => double.NaN,
        _ when json.ValueTextEquals("Infinity"u8) => double.PositiveInfinity,
        _ when json.ValueTextEquals("-Infinity"u8) => double.NegativeInfinity,
        _ => throw new JsonException("a value is neither a number nor NaN, Infinity or -Infinity"),
    };
}
