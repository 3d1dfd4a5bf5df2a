using System.Globalization;
using System.Text.Json;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Loading;

/// <summary>
/// Samples that cannot be used: counted, listed in <c>quarantine.jsonl</c> (path, reason, time; each path once, also over resumed
/// runs), and no longer tolerated when they are too large a share.
/// </summary>
public sealed class Quarantine : IDisposable
{
    /// <summary>No run is stopped before this many samples were tried.</summary>
    public const int MinimumTried = 20;

    private readonly Lock _lock = new();
    private readonly double _maxBad;
    private readonly TimeProvider _time;
    private readonly string? _path;
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal), _bad = new(StringComparer.Ordinal);
    private StreamWriter? _writer;

    /// <summary>Opens or continues a list.</summary>
    /// <param name="path">The JSONL file; made when there is something to list. Null: only count.</param>
    /// <param name="maxBad">Share of samples tolerated, 0 .. 1. Default 0.1.</param>
    /// <param name="time">Clock. Null: the system's.</param>
    public Quarantine(string? path = null, double maxBad = 0.1, TimeProvider? time = null)
    {
        if (maxBad is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(maxBad), maxBad, "max_bad is a share of the samples, 0 to 1");
        (_path, _maxBad, _time) = (path, maxBad, time ?? TimeProvider.System);
        if (path is not null && File.Exists(path))
            ReadListed(path);
    }

    /// <summary>Samples tried: read, or found broken.</summary>
    public long Tried { get; private set; }

    /// <summary>Distinct samples found broken.</summary>
    public int Bad => _bad.Count;

    /// <summary>Whether an error is a sample's fault, or that of its file: the run goes on without it.</summary>
    internal static bool Takes(Exception error) =>
        error is MediaException or IOException or UnauthorizedAccessException or InsufficientMemoryException or NotSupportedException;

    /// <summary>Notes what became of a batch.</summary>
    /// <param name="good">Samples that were read well.</param>
    /// <param name="problems">Samples that were not; a path counts once.</param>
    /// <exception cref="DataSourceException">Too large a share is broken.</exception>
    public void Count(int good, IReadOnlyList<SampleProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        lock (_lock)
        {
            Tried += good;
            foreach (var problem in problems)
                if (Note(problem))
                    Tried++;
            if (problems.Count > 0 && _bad.Count > _maxBad * Tried && Tried >= MinimumTried)
                throw TooMany(_bad.Count, Tried, problems[^1]);
        }
    }

    /// <summary>Notes what was found while the index of a data set was made; judged against the whole data set.</summary>
    /// <exception cref="DataSourceException">Too large a share is broken.</exception>
    public void CountIndex(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        lock (_lock)
        {
            var total = (long)data.Count + data.Problems.Count;
            foreach (var problem in data.Problems)
                Note(problem);
            if (data.Problems.Count > _maxBad * total && total >= MinimumTried)
                throw TooMany(data.Problems.Count, total, data.Problems[^1]);
            Tried += data.Problems.Count;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _writer?.Dispose();

    private bool Note(SampleProblem problem)
    {
        if (!_bad.Add(problem.Path))
            return false;
        if (_path is not null && _listed.Add(problem.Path))
            List(problem);
        return true;
    }

    private DataSourceException TooMany(long bad, long tried, SampleProblem last)
    {
        var listed = _path is null ? "" : $" All are listed in {_path}.";
        return new(string.Create(CultureInfo.InvariantCulture,
            $"{bad} of {tried} samples cannot be used, more than max_bad = {_maxBad} allows. Last: {last.Path}: {last.Reason}.{listed} Repair or remove them, or raise max_bad."));
    }

    private void List(SampleProblem problem)
    {
        if (_writer is null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path!))!);
            // A run that was killed may have left half a line: start on a new one.
            var unfinished = File.Exists(_path!) && !File.ReadAllBytes(_path!).AsSpan().EndsWith("\n"u8) && new FileInfo(_path!).Length > 0;
            _writer = new(_path!, append: true) { AutoFlush = true, NewLine = "\n" };
            if (unfinished)
                _writer.WriteLine();
        }
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("path", problem.Path);
            json.WriteString("reason", problem.Reason);
            json.WriteString("time", _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }
        _writer.WriteLine(System.Text.Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length));
    }

    private void ReadListed(string path)
    {
        foreach (var line in File.ReadLines(path))
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.TryGetProperty("path", out var known) && known.GetString() is { } text)
                    _listed.Add(text);
            }
            catch (JsonException)
            {
                // Half a line of a killed run: that sample is listed again when it is met again.
            }
        }
    }
}
