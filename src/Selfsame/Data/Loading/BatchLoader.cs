using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Selfsame.Data.Loading.Packing;

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
    private readonly IReadOnlyList<SampleField> _fields;
    private readonly Quarantine _quarantine;
    private readonly SampleSchedule _schedule;
    private readonly LabelSet[] _labels;
    private readonly SampleReader _reader;
    private readonly PackedReader? _packed;
    private readonly ConcurrentDictionary<(int Sample, string Modality), string> _broken = new(); // -> reason
    private readonly BlockingCollection<(PendingBatch Batch, int From, int To)> _work = new(new ConcurrentQueue<(PendingBatch, int, int)>());
    private readonly Queue<PendingBatch> _pending = new();
    private readonly ConcurrentBag<HostBatch> _free = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread[] _workers;
    private long _scheduled;
    private bool _disposed;

    /// <summary>A loader of pictures alone.</summary>
    /// <inheritdoc cref="BatchLoader(DataSet, int[], IReadOnlyList{SampleField}, BatchLoaderSettings, Quarantine)"/>
    /// <param name="data">Where samples come from; must outlive the loader.</param>
    /// <param name="samples">Which of them, usually <see cref="DataSet.Split"/>.</param>
    /// <param name="transform">What is done to each.</param>
    /// <param name="settings">Batch size, seed, start.</param>
    /// <param name="quarantine">Told of samples that cannot be used, in the order of the run. Null: counted with the default budget.</param>
    public BatchLoader(DataSet data, int[] samples, ISampleTransform transform, BatchLoaderSettings settings, Quarantine? quarantine = null)
        : this(data, samples, [new ImageField(transform, settings?.Decode)], settings!, quarantine)
    {
    }

    /// <summary>Starts the workers; they make <see cref="BatchLoaderSettings.Prefetch"/> batches and wait.</summary>
    /// <param name="data">Where samples come from; must outlive the loader.</param>
    /// <param name="samples">Which of them, usually <see cref="DataSet.Split"/>.</param>
    /// <param name="fields">What becomes of each modality of a sample.</param>
    /// <param name="settings">Batch size, seed, start.</param>
    /// <param name="quarantine">Told of samples that cannot be used, in the order of the run. Null: counted with the default budget.</param>
    /// <exception cref="ArgumentException">No samples, or a setting outside its range.</exception>
    /// <exception cref="DataSourceException">A label column does not exist.</exception>
    public BatchLoader(DataSet data, int[] samples, IReadOnlyList<SampleField> fields, BatchLoaderSettings settings, Quarantine? quarantine = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Prefetch, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(settings.Start);
        ArgumentOutOfRangeException.ThrowIfNegative(settings.Workers);
        if (samples.Length == 0)
            throw new ArgumentException($"there is no sample to load from '{data.Name}': this part of its split is empty", nameof(samples));

        if (settings.DrawEvery % settings.BatchSize != 0)
            throw new ArgumentException($"DrawEvery is {settings.DrawEvery}, which is no multiple of the batch size {settings.BatchSize}", nameof(settings));
        if (fields.Count == 0 || fields.Select(field => field.Name).Distinct(StringComparer.Ordinal).Count() < fields.Count)
            throw new ArgumentException("a batch needs at least one field, and each under a name of its own", nameof(fields));

        if (settings.Packed is { } packed && (settings.Sequential || settings.Mix.Count > 0 || settings.LabelColumns.Count > 0 || fields is not [var only] || only != packed.Field))
            throw new ArgumentException("packed rows have one field, that of their texts, no labels and no mix, and no end", nameof(settings));

        (_data, _samples, _fields, _settings) = (data, samples, fields, settings);
        _quarantine = quarantine ?? new();
        _schedule = new(data, samples, fields, settings);
        _labels = [.. settings.LabelColumns.Select(data.Labels)];
        _reader = new(data, settings.CacheBytes);
        _scheduled = settings.Start;
        _workers = new Thread[settings.Workers == 0 ? Environment.ProcessorCount : settings.Workers];
        _packed = settings.Packed is null ? null : new(data, settings.Packed, _workers.Length);
        for (var i = 0; i < settings.Prefetch; i++)
            Schedule();

        for (var i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new(Work) { IsBackground = true, Name = FormattableString.Invariant($"loader {i}") };
            _workers[i].Start();
        }
    }

    /// <summary>Time that <see cref="Next"/> has waited for the workers so far: what loading costs the run.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Samples in an epoch; of packed texts, rows.</summary>
    public int SamplesPerEpoch => _schedule.Count;

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
            if (pending.Failure is DataSourceException told)
                ExceptionDispatchInfo.Throw(told);
            if (pending.Failure is { } failure)
                throw new InvalidOperationException($"loading from '{_data.Name}' failed: {failure.Message}", failure);

            // Told here and not by the workers: in the order of the run, whoever was faster.
            pending.Batch.Lend();
            _quarantine.Count(pending.Batch.Count, pending.TakeProblems());
            if (pending.Batch.Count > 0)
                return pending.Batch;
            pending.Batch.Dispose();
            if (!_settings.Sequential)
                throw new DataSourceException($"none of the {_samples.Length} samples of '{_data.Name}' can be used; the last: {_broken.Values.FirstOrDefault() ?? "each lacks something that is required"}");
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
        _reader.Dispose();
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
            batch = new(this, _settings.BatchSize, _fields, _labels.Length);
        var plan = _schedule.Plan(_scheduled, count);
        batch.Begin(_scheduled, count, plan.Drawn);
        _scheduled += count;
        var pending = new PendingBatch(batch, plan, _labels, (count + Chunk - 1) / Chunk);
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
        if (pending.Plan.Packed is { } packed)
        {
            _packed!.Fill(packed[row], pending.Batch.Destination(0, row).Tokens(_settings.Packed!.RowLength));
            pending.Batch.SetPresent(0, row, true);
            pending.Batch.SetIndex(row, packed[row][0].Sample);
            return;
        }

        var stream = pending.Plan.Stream;
        var (epoch, place) = Math.DivRem(pending.Plan.At(row), stream.Count);
        var position = (int)place;
        for (var tries = 0; tries < stream.Count; tries++)
        {
            // The place asked for, not the one found: a replacement draws what the sample it stands for would have drawn.
            var index = stream.At(epoch, (position + tries) % stream.Count);
            if (TryRead(pending, row, new(_settings.Seed, epoch, position, index) { Next = stream.At(epoch, (position + tries + 1) % stream.Count) }))
            {
                pending.Batch.SetIndex(row, index);
                return;
            }
            if (_settings.Sequential)
                break;
        }
        pending.Batch.SetIndex(row, -1);
    }

    // True when the sample can be used: it has what it must have.
    private bool TryRead(PendingBatch pending, int row, in SampleContext context)
    {
        var (some, all) = (false, true);
        for (var f = 0; f < _fields.Count; f++)
        {
            var modality = _fields[f].Modality;
            var wanted = pending.Plan.Drawn is null || pending.Plan.Drawn == modality;
            var present = wanted && _data.Has(context.Index, modality) && TryRead(pending, row, f, context);
            pending.Batch.SetPresent(f, row, present);
            some |= present;
            all &= present || !wanted;
        }
        return _settings.RequireAll ? all && some : some;
    }

    private bool TryRead(PendingBatch pending, int row, int field, in SampleContext context)
    {
        var modality = _fields[field].Modality;
        if (_broken.TryGetValue((context.Index, modality), out var reason))
        {
            // Reported again: which batch met it first is a matter of luck, which batch is handed out first is not.
            pending.Report(row, new(_data.Location(context.Index, modality), reason));
            return false;
        }
        try
        {
            _fields[field].Read(_reader, context, pending.Batch.Destination(field, row));
            return true;
        }
        catch (Exception e) when (Quarantine.Takes(e))
        {
            pending.Report(row, new(_data.Location(context.Index, modality), e.Message));
            _broken[(context.Index, modality)] = e.Message;
            return false;
        }
    }
}
