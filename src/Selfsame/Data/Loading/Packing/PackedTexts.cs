using System.Collections.Concurrent;
using Selfsame.Modalities.Text;

namespace Selfsame.Data.Loading.Packing;

/// <summary>Texts that share rows, and how many tokens each has, marks included. Every epoch has the same number of tokens, since nothing about them is random.</summary>
public sealed class PackedTexts
{
    private readonly int[] _samples, _lengths;

    private PackedTexts(TextField field, int[] samples, int[] lengths, IReadOnlyList<SampleProblem> problems)
    {
        (Field, _samples, _lengths, Problems) = (field, samples, lengths, problems);
        foreach (var length in lengths)
            Tokens += length;
        RowsPerEpoch = checked((int)((Tokens + RowLength - 1) / RowLength));
    }

    /// <summary>What cuts them.</summary>
    public TextField Field { get; }

    /// <summary>Texts there are; those that can't be read are left out.</summary>
    public int Count => _samples.Length;

    /// <summary>Texts that can't be read, in the order of samples.</summary>
    public IReadOnlyList<SampleProblem> Problems { get; }

    /// <summary>Tokens of an epoch.</summary>
    public long Tokens { get; }

    /// <summary>Tokens of a row.</summary>
    public int RowLength => Field.Layout.MaxLength;

    /// <summary>Rows that an epoch fills, the last one in part: it goes on with the next epoch.</summary>
    public int RowsPerEpoch { get; }

    /// <summary>A text: its number in the data set, and its tokens.</summary>
    internal (int Sample, int Length) this[int text] => (_samples[text], _lengths[text]);

    /// <summary>Reads every text once.</summary>
    /// <param name="data">Where they are.</param>
    /// <param name="samples">Which.</param>
    /// <param name="field">What cuts them.</param>
    /// <param name="workers">Threads; 0 is one a core. The result does not depend on it.</param>
    /// <param name="cancellation">Stops between texts.</param>
    /// <exception cref="DataSourceException">None of them can be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static PackedTexts Measure(DataSet data, int[] samples, TextField field, int workers, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(field);
        var lengths = new int[samples.Length];  // 0: left out
        var problems = new ConcurrentDictionary<int, SampleProblem>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = workers == 0 ? Environment.ProcessorCount : workers, CancellationToken = cancellation };
        Parallel.For(0, samples.Length, options, k =>
        {
            try
            {
                if (data.Has(samples[k], Modality.Text))
                    lengths[k] = field.CountWhole(data, samples[k]);
            }
            catch (Exception e) when (Quarantine.Takes(e))
            {
                problems[k] = new(data.Location(samples[k], Modality.Text), e.Message);
            }
        });
        SampleProblem[] found = [.. problems.OrderBy(static problem => problem.Key).Select(static problem => problem.Value)];
        if (lengths.All(static length => length == 0))
            throw new DataSourceException($"none of the {samples.Length} samples of '{data.Name}' has a text that can be read{(found.Length > 0 ? $"; the first: {found[0].Path}: {found[0].Reason}" : "")}");
        return new(field, [.. samples.Where((_, k) => lengths[k] > 0)], [.. lengths.Where(static length => length > 0)], found);
    }
}
