using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;
using Selfsame.Training.Logging.Wire;

namespace Selfsame.Training.Logging;

/// <summary>Writes a TensorBoard event file: scalars, pictures and texts by tag and step. Not safe for several threads at once.</summary>
/// <remarks>Every session of a run opens a file of its own; a resumed one tells TensorBoard to forget the steps that are done again.</remarks>
public sealed class TensorBoardWriter : IDisposable
{
    private const string FilePrefix = "events.out.tfevents.";

    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly TimeSpan _flushInterval;
    private long _flushed;

    /// <summary>Opens a new event file.</summary>
    /// <param name="folder">Where; made where missing.</param>
    /// <param name="resumedStep">Steps done in the checkpoint that is resumed from; 0 for a new run.</param>
    /// <param name="time">Clock; null: the system's.</param>
    /// <param name="flushInterval">Longest time events wait in memory while events are written; null: ten seconds.</param>
    public TensorBoardWriter(string folder, long resumedStep = 0, TimeProvider? time = null, TimeSpan? flushInterval = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(resumedStep);
        (_time, _flushInterval) = (time ?? TimeProvider.System, flushInterval ?? TimeSpan.FromSeconds(10));
        Directory.CreateDirectory(folder);
        Path = System.IO.Path.Combine(folder, NewName(folder, _time.GetUtcNow().ToUnixTimeSeconds()));
        _file = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 64 * 1024);
        Write(new Event { FileVersion = "brain.Event:2" });
        if (resumedStep > 0)
            Write(new Event { Step = resumedStep + 1, SessionLog = new() { Status = SessionLog.Types.SessionStatus.Start } });
        Flush();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Adds a value.</summary>
    /// <param name="tag">Its name; a part before a slash groups charts.</param>
    /// <param name="value">The value, kept with the precision of a float.</param>
    /// <param name="step">Steps done.</param>
    public void Scalar(string tag, double value, long step) =>
        Write(step, new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });

    /// <summary>Adds values of one step, as one record.</summary>
    /// <param name="metrics">Tags and values.</param>
    /// <param name="step">Steps done.</param>
    public void Scalars(ReadOnlySpan<Metric> metrics, long step)
    {
        var summary = new Summary();
        foreach (var metric in metrics)
            summary.Value.Add(new Summary.Types.Value { Tag = metric.Name, SimpleValue = (float)metric.Value });
        Write(new Event { Step = step, Summary = summary });
    }

    /// <summary>Adds a picture.</summary>
    /// <param name="tag">Its name.</param>
    /// <param name="png">A whole PNG file.</param>
    /// <param name="step">Steps done.</param>
    /// <exception cref="ArgumentException">The bytes aren't a PNG file.</exception>
    public void Image(string tag, ReadOnlySpan<byte> png, long step)
    {
        // Signature (8 bytes), length (4), "IHDR", width (4), height (4), bit depth (1), colour type (1).
        if (png.Length < 26 || png[0] != 0x89 || !png[1..].StartsWith("PNG\r\n\x1a\n"u8))
            throw new ArgumentException($"The picture for \"{tag}\" is not a PNG file.", nameof(png));
        Write(step, new Summary.Types.Value
        {
            Tag = tag,
            Image = new()
            {
                Width = BinaryPrimitives.ReadInt32BigEndian(png[16..]),
                Height = BinaryPrimitives.ReadInt32BigEndian(png[20..]),
                Colorspace = png[25] switch { 0 => 1, 4 => 2, 6 => 4, _ => 3 },
                EncodedImageString = ByteString.CopyFrom(png),
            },
        });
    }

    /// <summary>Adds a text, shown as Markdown.</summary>
    /// <param name="tag">Its name.</param>
    /// <param name="text">The text.</param>
    /// <param name="step">Steps done.</param>
    public void Text(string tag, string text, long step) => Write(step, new Summary.Types.Value
    {
        Tag = tag,
        Metadata = new() { PluginData = new() { PluginName = "text" }, DataClass = DataClass.Tensor },
        Tensor = new()
        {
            Dtype = DataType.DtString,
            TensorShape = new() { Dim = { new TensorShapeProto.Types.Dim { Size = 1 } } },
            StringVal = { ByteString.CopyFromUtf8(text) },
        },
    });

    /// <summary>Hands all events to the operating system, where TensorBoard sees them.</summary>
    public void Flush()
    {
        _file.Flush();
        _flushed = _time.GetTimestamp();
    }

    /// <summary>Hands all events to the operating system and closes the file.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>The events of a file, in order.</summary>
    /// <exception cref="InvalidDataException">A record is damaged.</exception>
    internal static IEnumerable<Event> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        foreach (var record in RecordFile.Read(file))
            yield return Event.Parser.ParseFrom(record);
    }

    private void Write(long step, Summary.Types.Value value) => Write(new Event { Step = step, Summary = new() { Value = { value } } });

    private void Write(Event record)
    {
        record.WallTime = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        RecordFile.Write(_file, record.ToByteArray());
        if (_time.GetElapsedTime(_flushed) >= _flushInterval)
            Flush();
    }

    // TensorBoard reads a folder's files in the order of their names, so a later session must sort behind an earlier one,
    // even when it starts in the same second or the clock was set back.
    private static string NewName(string folder, long seconds)
    {
        foreach (var file in Directory.EnumerateFiles(folder, FilePrefix + "*"))
        {
            var stamp = System.IO.Path.GetFileName(file)[FilePrefix.Length..].Split('.')[0];
            if (long.TryParse(stamp, NumberStyles.None, CultureInfo.InvariantCulture, out var earlier))
                seconds = Math.Max(seconds, earlier + 1);
        }
        return string.Create(CultureInfo.InvariantCulture, $"{FilePrefix}{seconds:D10}.{Environment.MachineName}.{Environment.ProcessId}");
    }
}
