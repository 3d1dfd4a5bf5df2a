using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;
using Selfsame.Training;
using Selfsame.Training.Logging;

namespace Selfsame.Evaluation;

/// <summary>Can the partner of a sample be found in another modality, by features of each modality alone? (<c>retrieval/cca-1</c>)</summary>
/// <remarks>
/// A model without a shared space gets one from training pairs (<see cref="CanonicalAlignment"/>); its penalty is chosen on the validation part, the test part is
/// looked at once. A model that has a shared space is asked there as well, by cosine alone: sample by sample (<see cref="PairRetrieval.Protocol"/>), and for each group as a
/// whole, all its captions against all its pictures (<see cref="PairRetrieval.WholesProtocol"/>). Whatever belongs to the same group counts as a partner, so that one picture has as many right captions as there are languages.
/// What several samples share, such as the picture of all these captions, is one candidate.
/// </remarks>
/// <param name="data">Samples of several modalities.</param>
/// <param name="inputs">How they are prepared; nothing random.</param>
/// <param name="settings">How many pairs, and the penalties.</param>
internal sealed class CrossModalJudge(DataSet data, SampleInputs inputs, CrossModalSettings settings)
{
    /// <summary>The protocol's name and version.</summary>
    internal const string Protocol = "retrieval/cca-1";

    private static readonly int[] Cutoffs = [1, 5, 10];

    private readonly Dictionary<string, long> _groups = new(StringComparer.Ordinal);

    /// <summary>Whether there are at least two modalities to look from and to.</summary>
    internal bool Applies => inputs.Fields.Count(IsPlain) > 1;

    /// <summary>Measures every pair of modalities, both ways.</summary>
    /// <param name="vectors">Turns a batch that holds one modality into features.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>For each way <c>image_to_text_r1</c>, <c>_r5</c>, <c>_r10</c>, and chance beside each, <c>_r1_chance</c> and so on; nothing for modalities that too few samples share.</returns>
    internal IReadOnlyList<Metric> Judge(Func<Batch, SampleInputs, Tensor> vectors, CancellationToken cancellation)
    {
        var metrics = new List<Metric>();
        var fields = inputs.Fields.Where(IsPlain).ToArray();
        for (var a = 0; a < fields.Length; a++)
        {
            for (var b = a + 1; b < fields.Length; b++)
                metrics.AddRange(Judge(fields[a], fields[b], vectors, cancellation));
        }

        return metrics;
    }

    /// <summary>Measures every pair of modalities in the space that a model puts them in, both ways.</summary>
    /// <param name="space">The model.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>For each way <c>image_to_text_cosine_r1</c>, <c>_r5</c>, <c>_r10</c>, chance beside each, <c>_r1_chance</c> and so on, and <c>_r10_validation</c>, the same on the validation part, for choosing;
    /// the same for groups as wholes, <c>image_to_text_cosine_wholes_r1</c> and so on.</returns>
    internal IReadOnlyList<Metric> Judge(ISharedSpace space, CancellationToken cancellation)
    {
        using var guard = GradMode.Off();
        var metrics = new List<Metric>();
        var fields = inputs.Fields.Where(IsPlain).ToArray();
        for (var a = 0; a < fields.Length; a++)
        {
            for (var b = a + 1; b < fields.Length; b++)
            {
                var (first, second) = (fields[a], fields[b]);
                if (Both(DataSplit.Test, first, second) is not { Length: > 1 } test)
                    continue;
                var found = Score(space, first, second, test, cancellation);
                var validation = Both(DataSplit.Validation, first, second) is { Length: > 1 } samples ? Score(space, first, second, samples, cancellation) : default;
                var (there, back) = ($"{first.Name}_to_{second.Name}_cosine", $"{second.Name}_to_{first.Name}_cosine");
                metrics.AddRange(Metrics(there, found.Rows.FirstToSecond, PairRetrieval.Protocol, validation.Rows?.FirstToSecond));
                metrics.AddRange(Metrics(back, found.Rows.SecondToFirst, PairRetrieval.Protocol, validation.Rows?.SecondToFirst));
                metrics.AddRange(Metrics(there + "_wholes", found.Wholes.FirstToSecond, PairRetrieval.WholesProtocol, validation.Wholes?.FirstToSecond));
                metrics.AddRange(Metrics(back + "_wholes", found.Wholes.SecondToFirst, PairRetrieval.WholesProtocol, validation.Wholes?.SecondToFirst));
            }
        }

        return metrics;
    }

    private (PairRetrievalScore Rows, PairRetrievalScore Wholes) Score(ISharedSpace space, SampleField first, SampleField second, int[] samples, CancellationToken cancellation)
    {
        using var scope = Scope.Enter();
        using var ones = Read(first, samples, (batch, _) => space.Embed(first.Modality, batch), cancellation);
        using var others = Read(second, samples, (batch, _) => space.Embed(second.Modality, batch), cancellation);
        var (one, other) = (PairRetrieval.Wholes(ones.Values, ones.Groups), PairRetrieval.Wholes(others.Values, others.Groups));
        return (PairRetrieval.Evaluate(ones.Values, ones.Groups, others.Values, others.Groups, Cutoffs, cancellation),
            PairRetrieval.Evaluate(one.Features, one.Groups, other.Features, other.Groups, Cutoffs, cancellation));
    }

    private static IEnumerable<Metric> Metrics(string name, RetrievalScore score, string protocol, RetrievalScore? validation = null)
    {
        foreach (var cutoff in Cutoffs)
        {
            yield return new($"{name}_r{cutoff}", score.At(cutoff), protocol);
            yield return new($"{name}_r{cutoff}_chance", score.ChanceAt(cutoff), protocol);
        }

        if (validation is not null)
            yield return new($"{name}_r{Cutoffs[^1]}_validation", validation.At(Cutoffs[^1]), protocol);
    }

    // Samples of a part that have both modalities.
    private int[] Both(DataSplit part, SampleField first, SampleField second) => EvaluationData.Spread(
        Array.FindAll(data.Split(part), sample => data.Has(sample, first.Modality) && data.Has(sample, second.Modality)), settings.Pairs);

    private static bool IsPlain(SampleField field) => field.Name == field.Modality;

    private List<Metric> Judge(SampleField first, SampleField second, Func<Batch, SampleInputs, Tensor> vectors, CancellationToken cancellation)
    {
        var parts = Array.ConvertAll((DataSplit[])[DataSplit.Train, DataSplit.Validation, DataSplit.Test], part => Both(part, first, second));
        if (parts.Any(part => part.Length < 2))
            return [];
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        using var trainFirst = Read(first, parts[0], vectors, cancellation);
        using var trainSecond = Read(second, parts[0], vectors, cancellation);
        var paired = Array.FindAll(parts[0], sample => trainFirst.Has(sample) && trainSecond.Has(sample));
        if (paired.Length < 2)
            return [];
        using var alignment = new CanonicalAlignment(trainFirst.Rows(paired), trainSecond.Rows(paired), settings.Penalties);
        var best = 0;
        if (settings.Penalties.Count > 1)
        {
            using var validFirst = Read(first, parts[1], vectors, cancellation);
            using var validSecond = Read(second, parts[1], vectors, cancellation);
            best = Enumerable.Range(0, settings.Penalties.Count).MaxBy(penalty =>
            {
                var score = Score(alignment, validFirst, validSecond, penalty, cancellation);
                return score.FirstToSecond.At(Cutoffs[^1]) + score.SecondToFirst.At(Cutoffs[^1]);
            });
        }

        using var testFirst = Read(first, parts[2], vectors, cancellation);
        using var testSecond = Read(second, parts[2], vectors, cancellation);
        var found = Score(alignment, testFirst, testSecond, best, cancellation);
        return
        [
            .. Metrics($"{first.Name}_to_{second.Name}", found.FirstToSecond, Protocol),
            .. Metrics($"{second.Name}_to_{first.Name}", found.SecondToFirst, Protocol),
        ];
    }

    private static PairRetrievalScore Score(CanonicalAlignment alignment, Table first, Table second, int penalty, CancellationToken cancellation)
    {
        using var scope = Scope.Enter();
        return PairRetrieval.Evaluate(alignment.First(first.Values, penalty), first.Groups, alignment.Second(second.Values, penalty), second.Groups, Cutoffs, cancellation);
    }

    // Each distinct picture, text or sound of the samples once.
    private Table Read(SampleField field, int[] samples, Func<Batch, SampleInputs, Tensor> vectors, CancellationToken cancellation)
    {
        var alone = new SampleInputs([field]) { Device = inputs.Device };
        var seen = new HashSet<long>();
        var distinct = Array.FindAll(samples, sample => seen.Add(IdentityOf(sample)));
        var table = new FeatureReader(data, alone).Read(distinct, batch => vectors(batch, alone), cancellation);
        var places = new Dictionary<long, int>(table.Indices.Length);
        for (var row = 0; row < table.Indices.Length; row++)
            places[IdentityOf(table.Indices[row])] = row;
        return new(table, places, Array.ConvertAll(table.Indices, sample => GroupOf(data.Group(sample))), IdentityOf);

        long IdentityOf(int sample) => data.Identity(sample, field.Modality)!.Value;
    }

    private long GroupOf(string group)
    {
        if (!_groups.TryGetValue(group, out var id))
            _groups.Add(group, id = _groups.Count);
        return id;
    }

    private sealed class Table(FeatureTable table, Dictionary<long, int> places, long[] groups, Func<int, long> identity) : IDisposable
    {
        internal Tensor Values => table.Values;

        internal long[] Groups => groups;

        internal bool Has(int sample) => places.ContainsKey(identity(sample));

        internal Tensor Rows(int[] samples) => table.Values.IndexSelect(0, Tensor.From<long>(Array.ConvertAll(samples, sample => (long)places[identity(sample)])));

        public void Dispose() => table.Dispose();
    }
}
