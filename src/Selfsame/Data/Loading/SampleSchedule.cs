using Selfsame.Data.Loading.Packing;
using Selfsame.Randomness;

namespace Selfsame.Data.Loading;

/// <summary>Which samples a batch takes, and from where.</summary>
/// <param name="Drawn">The one modality to read; null for all.</param>
/// <param name="Stream">The samples it takes them from.</param>
/// <param name="Start">Place in that stream of the first row.</param>
/// <param name="Places">Place in that stream of each row; null where they follow each other.</param>
internal readonly record struct BatchPlan(string? Drawn, SampleStream Stream, long Start, long[]? Places)
{
    /// <summary>Pieces of each row, where texts are packed; null otherwise.</summary>
    public PackedPiece[][]? Packed { get; init; }

    public long At(int row) => Places is null ? Start + row : Places[row];
}

/// <summary>Samples in an order of their own, epoch after epoch.</summary>
internal sealed class SampleStream(int[] samples, ulong seed, bool sequential)
{
    private readonly SampleOrder? _order = sequential ? null : new(seed, samples.Length);

    public int Count => samples.Length;

    /// <summary>The sample at a place of an epoch.</summary>
    public int At(long epoch, int position) => samples[_order is null ? position : _order.At(epoch, position)];

    /// <summary>The sample at a place counted over all epochs.</summary>
    public int At(long place)
    {
        var (epoch, position) = Math.DivRem(place, samples.Length);
        return At(epoch, (int)position);
    }
}

/// <summary>
/// Says which samples every batch takes: a pure function of (seed, place of the batch), whatever came before. Without mix and
/// buckets, batches are the order's samples one after the other.
/// </summary>
/// <remarks>
/// Buckets: the places of a window of K batches are sorted by the length of their samples and cut into K batches, which follow each
/// other in a drawn order. Every sample still comes once an epoch.
/// Mix: each whole batch draws its modality by weight; a modality has its own stream of the samples that have it, and goes on in it
/// where its last batch ended.
/// Packed texts: a batch takes the next rows of <see cref="PackedRows"/>.
/// </remarks>
internal sealed class SampleSchedule
{
    private readonly BatchLoaderSettings _settings;
    private readonly (string Modality, double Share, SampleStream Stream, LengthBuckets? Buckets)[] _mix;
    private readonly SampleStream? _all;
    private readonly LengthBuckets? _buckets;
    private readonly PackedRows? _packed;
    private readonly SeededDraws _draws = new(0, 0, 0);
    private readonly long[] _drawn;  // by modality: batches before _next
    private long _next;

    public SampleSchedule(DataSet data, int[] samples, IReadOnlyList<SampleField> fields, BatchLoaderSettings settings)
    {
        _settings = settings;
        if (settings.Mix.Count == 0 || settings.Sequential)
        {
            _all = new(samples, settings.Seed, settings.Sequential);
            _packed = settings.Packed is null ? null : new(settings.Packed, settings.Seed);
            _buckets = settings.Sequential || _packed is not null ? null : LengthBuckets.Make(data, _all, fields, settings);
            (_mix, _drawn) = ([], []);
            return;
        }
        var total = settings.Mix.Sum(part => part.Share);
        _mix = new (string, double, SampleStream, LengthBuckets?)[settings.Mix.Count];
        for (var m = 0; m < _mix.Length; m++)
        {
            var (modality, share) = settings.Mix[m];
            var having = Array.FindAll(samples, index => data.Has(index, modality));
            if (having.Length == 0)
                throw new DataSourceException($"'{data.Name}' has no sample with {modality} to mix in; it has {data.Modalities}");
            var stream = new SampleStream(having, settings.Seed, sequential: false);
            SampleField[] its = [.. fields.Where(field => field.Modality == modality)];
            if (its.Length == 0)
                throw new ArgumentException($"mix has {modality}, which is no input of this run", nameof(settings));
            _mix[m] = (modality, share / total, stream, LengthBuckets.Make(data, stream, its, settings));
        }
        _drawn = new long[_mix.Length];
    }

    /// <summary>Samples in an epoch; with a mix, of all its streams together; rows where texts are packed.</summary>
    public int Count => _settings.Packed?.RowsPerEpoch ?? _all?.Count ?? _mix.Sum(part => part.Stream.Count);

    /// <summary>What a batch takes. Batches are asked for in order.</summary>
    /// <param name="position">Samples of the run before it.</param>
    /// <param name="count">Its samples.</param>
    public BatchPlan Plan(long position, int count)
    {
        if (_all is not null)
            return new(null, _all, position, _buckets?.Places(position, count)) { Packed = _packed?.From(position, count) };
        var whole = _settings.DrawEvery == 0 ? _settings.BatchSize : _settings.DrawEvery;
        var (batch, offset) = Math.DivRem(position, whole);
        for (; _next < batch; _next++)
            _drawn[Draw(_next)]++;
        var chosen = Draw(batch);
        var (modality, _, stream, buckets) = _mix[chosen];
        var start = _drawn[chosen] * whole + offset;
        return new(modality, stream, start, buckets?.Places(start, count));
    }

    private int Draw(long batch)
    {
        _draws.Restart(_settings.Seed, (ulong)batch, 0);
        var u = _draws.Uniform("mix");
        for (var m = 0; m < _mix.Length - 1; m++)
        {
            if (u < _mix[m].Share)
                return m;
            u -= _mix[m].Share;
        }
        return _mix.Length - 1;
    }
}
