using System.Collections.Concurrent;
using System.Diagnostics;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Loading;

/// <summary>
/// Reads, decodes and transforms samples on several threads and hands out batches in order. The batches are a function of the
/// data, the seed and the start alone: neither the number of threads nor their luck changes a bit.
/// </summary>
/// <remarks><see cref="Next"/> and <see cref="Dispose"/> are for one thread; batches may be disposed from any.</remarks>
public sealed class BatchLoader : IDisposable
{
    private const int Chunk = 16; // samples a worker takes at a time

    private readonly DataSet _data;
    private readonly int[] _samples;
    private readonly BatchLoaderSettings _settings;
    private readonly ISampleTransform _transform;
    private readonly Quarantine _quarantine;
    private readonly SampleOrder _order;
    private readonly LabelSet[] _labels;
    private readonly PictureCache _cache;
    private readonly ConcurrentDictionary<int, string> _broken = new(); // sample -> reason
    private readonly BlockingCollection<(PendingBatch Batch, int From, int To)> _work = new(new ConcurrentQueue<(PendingBatch, int, int)>());
    private readonly Queue<PendingBatch> _pending = new();
    private readonly ConcurrentBag<HostBatch> _free = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread[] _workers;
    private readonly int _sampleSize;
    private long _scheduled;
    private bool _disposed;

    /// <summary>Starts the workers; they make <see cref="BatchLoaderSettings.Prefetch"/> batches and wait.</summary>
    /// <param name="data">Where samples come from; must outlive the loader.</param>
    /// <param name="samples">Which of them, usually <see cref="DataSet.Split"/>.</param>
    /// <param name="transform">What is done to each.</param>
    /// <param name="settings">Batch size, seed, start.</param>
    /// <param name="quarantine">Told of samples that cannot be used, in the order of the run. Null: counted with the default budget.</param>
    /// <exception cref="ArgumentException">No samples, or a setting outside its range.</exception>
    /// <exception cref="DataSourceException">A label column does not exist.</exception>
    public BatchLoader(DataSet data, int[] samples, ISampleTransform transform, BatchLoaderSettings settings, Quarantine? quarantine = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(transform);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Prefetch, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(settings.Start);
        ArgumentOutOfRangeException.ThrowIfNegative(settings.Workers);
        if (samples.Length == 0)
            throw new ArgumentException($"there is no sample to load from '{data.Name}': this part of its split is empty", nameof(samples));

        (_data, _samples, _transform, _settings) = (data, samples, transform, settings with { Decode = settings.Decode with { Alpha = false } });
        _quarantine = quarantine ?? new();
        _order = new(settings.Seed, samples.Length);
        _labels = [.. settings.LabelColumns.Select(data.Labels)];
        _cache = new(data.Count, settings.CacheBytes);
        _sampleSize = transform.OutputShape.Aggregate(1, static (a, b) => checked(a * b));
        _scheduled = settings.Start;
        for (var i = 0; i < settings.Prefetch; i++)
            Schedule();

        _workers = new Thread[settings.Workers == 0 ? Environment.ProcessorCount : settings.Workers];
        for (var i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new(Work) { IsBackground = true, Name = FormattableString.Invariant($"loader {i}") };
            _workers[i].Start();
        }
    }

    /// <summary>Time that <see cref="Next"/> has waited for the workers so far: what loading costs the run.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Samples in an epoch.</summary>
    public int SamplesPerEpoch => _samples.Length;

    /// <summary>The next batch; the caller disposes it.</summary>
    /// <returns>Null after the end of a sequential pass; otherwise never null.</returns>
    /// <exception cref="DataSourceException">Too many samples cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public HostBatch? Next(CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (_pending.TryPeek(out var pending))
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                pending.Done.Wait(cancel);
            }
            finally
            {
                Waited += Stopwatch.GetElapsedTime(start);
            }
            _pending.Dequeue();
            pending.Done.Dispose();
            Schedule();
            if (pending.Failure is { } failure)
                throw new InvalidOperationException($"loading from '{_data.Name}' failed: {failure.Message}", failure);

            // Told here and not by the workers: in the order of the run, whoever was faster.
            pending.Batch.Finish(_labels);
            _quarantine.Count(pending.Batch.Count, pending.TakeProblems());
            if (pending.Batch.Count > 0)
                return pending.Batch;
            pending.Batch.Dispose();
            if (!_settings.Sequential)
                throw new DataSourceException($"none of the {_samples.Length} samples of '{_data.Name}' can be used; the last: {_broken.Values.First()}");
        }
        return null;
    }

    /// <summary>Stops the workers and frees the memory of batches that were not handed out.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _stop.Cancel();
        foreach (var worker in _workers)
            worker.Join();
        _free.Clear();
        _cache.Dispose();
        _work.Dispose();
        _stop.Dispose();
    }

    internal void Return(HostBatch batch)
    {
        if (!_disposed)
            _free.Add(batch);
    }

    private void Schedule()
    {
        var count = _settings.BatchSize;
        if (_settings.Sequential)
            count = (int)Math.Min(count, _samples.Length - _scheduled);
        if (count <= 0)
            return;
        if (!_free.TryTake(out var batch))
            batch = new(this, _settings.BatchSize, _sampleSize, _labels.Length);
        batch.Begin(_scheduled, count);
        _scheduled += count;
        var pending = new PendingBatch(batch, (count + Chunk - 1) / Chunk);
        _pending.Enqueue(pending);
        for (var from = 0; from < count; from += Chunk)
            _work.Add((pending, from, Math.Min(count, from + Chunk)));
    }

    private void Work()
    {
        try
        {
            foreach (var (pending, from, to) in _work.GetConsumingEnumerable(_stop.Token))
            {
                try
                {
                    for (var row = from; row < to; row++)
                    {
                        _stop.Token.ThrowIfCancellationRequested();
                        Load(pending, row);
                    }
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    pending.Failure = e; // thrown again where the batch is awaited
                }
                pending.ChunkDone();
            }
        }
        catch (OperationCanceledException)
        {
            // The loader was disposed.
        }
    }

    private void Load(PendingBatch pending, int row)
    {
        var (epoch, place) = Math.DivRem(pending.Batch.Position + row, _samples.Length);
        var position = (int)place;
        for (var tries = 0; tries < _samples.Length; tries++)
        {
            var slot = (position + tries) % _samples.Length;
            var index = _samples[_settings.Sequential ? slot : _order.At(epoch, slot)];
            if (TryRead(pending, row, index) is { } image)
            {
                try
                {
                    // The place asked for, not the one found: a replacement draws what the sample it stands for would have drawn.
                    _transform.Apply(image, new(_settings.Seed, epoch, position, index), pending.Batch.Destination(row));
                }
                finally
                {
                    if (!ReferenceEquals(_cache.Find(index), image))
                        image.Dispose();
                }
                pending.Batch.SetIndex(row, index);
                return;
            }
            if (_settings.Sequential)
                break;
        }
        pending.Batch.SetIndex(row, -1);
    }

    private ImageBuffer? TryRead(PendingBatch pending, int row, int index)
    {
        if (_cache.Find(index) is { } kept)
            return kept;
        if (_broken.TryGetValue(index, out var reason))
        {
            // Reported again: which batch met it first is a matter of luck, which batch is handed out first is not.
            pending.Report(row, new(_data.Location(index), reason));
            return null;
        }
        try
        {
            var image = _data.ReadImage(index, _settings.Decode);
            _cache.TryKeep(index, image);
            return image;
        }
        catch (Exception e) when (e is MediaException or IOException or UnauthorizedAccessException or InsufficientMemoryException or NotSupportedException)
        {
            pending.Report(row, new(_data.Location(index), e.Message));
            _broken[index] = e.Message;
            return null;
        }
    }
}
