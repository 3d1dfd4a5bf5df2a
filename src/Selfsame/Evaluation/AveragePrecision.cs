namespace Selfsame.Evaluation;

/// <summary>Figures of one ranking with graded relevance in the revisited Oxford and Paris protocol.</summary>
/// <param name="Precision">Average precision with trapezoids; NaN for a query without anything relevant.</param>
/// <param name="AtCutoffs">Precision at each cut-off; NaN for such a query.</param>
public sealed record TrapezoidPrecision(double Precision, IReadOnlyList<double> AtCutoffs);

/// <summary>Average precision and ROC area, for many labels a sample and for rankings (<c>average-precision/step-1</c>, <c>average-precision/retrieval-1</c>, <c>average-precision/trapezoid-1</c>).</summary>
/// <remarks>
/// The three agree on a ranking without ties and junk up to how the area under the precision-recall curve is drawn: steps as in scikit-learn,
/// the mean over ranks of the relevant, or trapezoids as in Radenović et al. 2018, https://arxiv.org/abs/1803.11285. All in double precision.
/// </remarks>
public static class AveragePrecision
{
    /// <summary>Protocol of <see cref="Step"/>.</summary>
    public const string StepProtocol = "average-precision/step-1";

    /// <summary>Protocol of <see cref="Ranked"/>.</summary>
    public const string RankedProtocol = "average-precision/retrieval-1";

    /// <summary>Protocol of <see cref="Trapezoid"/>.</summary>
    public const string TrapezoidProtocol = "average-precision/trapezoid-1";

    /// <summary>Sum over distinct scores, descending, of (recall now - recall before) times precision: no interpolation, and samples with equal scores form one threshold.</summary>
    /// <param name="scores">N scores, high for likely.</param>
    /// <param name="relevant">N truths.</param>
    /// <returns>0 to 1; 0 when nothing is relevant.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double Step(ReadOnlySpan<double> scores, ReadOnlySpan<bool> relevant)
    {
        var order = Descending(scores, relevant);
        var all = Count(relevant);
        if (all == 0)
            return 0;
        var (sum, before) = (0.0, 0);
        for (int start = 0, found = 0; start < order.Length;)
        {
            var end = EndOfTie(scores, order, start);
            for (var k = start; k < end; k++)
                found += relevant[order[k]] ? 1 : 0;
            sum += (double)(found - before) / all * found / end;
            (before, start) = (found, end);
        }

        return sum;
    }

    /// <summary>Area under the ROC curve: the chance that a relevant sample scores above an irrelevant one, a tie counting half.</summary>
    /// <param name="scores">N scores.</param>
    /// <param name="relevant">N truths.</param>
    /// <returns>0 to 1; NaN when all samples are alike.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double RocArea(ReadOnlySpan<double> scores, ReadOnlySpan<bool> relevant)
    {
        var order = Descending(scores, relevant);
        var all = Count(relevant);
        var (pairs, ahead) = (0.0, 0);
        for (var start = 0; start < order.Length;)
        {
            var end = EndOfTie(scores, order, start);
            var found = 0;
            for (var k = start; k < end; k++)
                found += relevant[order[k]] ? 1 : 0;
            pairs += (end - start - found) * (ahead + (found / 2.0));
            (ahead, start) = (ahead + found, end);
        }

        return pairs / ((double)all * (order.Length - all));
    }

    /// <summary>Mean over relevant documents of (relevant ones so far) / rank; of documents with equal scores the first goes first.</summary>
    /// <param name="similarities">N scores of documents.</param>
    /// <param name="relevant">N truths.</param>
    /// <param name="top">Documents that are looked at; the mean is then over the relevant ones among them. 0 for all.</param>
    /// <returns>0 to 1; 0 when nothing relevant was found.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double Ranked(ReadOnlySpan<double> similarities, ReadOnlySpan<bool> relevant, int top = 0)
    {
        var order = Descending(similarities, relevant);
        var (sum, found) = (0.0, 0);
        for (var rank = 1; rank <= (top > 0 ? Math.Min(top, order.Length) : order.Length); rank++)
        {
            if (relevant[order[rank - 1]])
                sum += (double)++found / rank;
        }

        return found == 0 ? 0 : sum / found;
    }

    /// <summary>The revisited Oxford and Paris protocol: junk is taken out of the ranking, and precision is averaged over both sides of each relevant document.</summary>
    /// <param name="similarities">N scores of documents.</param>
    /// <param name="relevant">N truths.</param>
    /// <param name="junk">N marks of documents that count neither way.</param>
    /// <param name="cutoffs">Cut-offs for precision; one beyond the last relevant rank counts as that rank.</param>
    /// <exception cref="ArgumentException">The lengths differ, a score is NaN, or a cut-off is below 1.</exception>
    public static TrapezoidPrecision Trapezoid(ReadOnlySpan<double> similarities, ReadOnlySpan<bool> relevant, ReadOnlySpan<bool> junk, ReadOnlySpan<int> cutoffs)
    {
        if (junk.Length != relevant.Length)
            throw new ArgumentException($"{junk.Length} marks of junk for {relevant.Length} documents; every document needs one");
        var order = Descending(similarities, relevant);
        var all = Count(relevant);
        var ranks = new List<int>(all);   // from 0, without junk
        var clean = 0;
        foreach (var document in order)
        {
            if (junk[document])
                continue;
            if (relevant[document])
                ranks.Add(clean);
            clean++;
        }

        var precision = ranks.Count == 0 ? double.NaN : 0.0;
        for (var j = 0; j < ranks.Count; j++)
        {
            var before = ranks[j] == 0 ? 1 : (double)j / ranks[j];
            precision += (before + ((j + 1.0) / (ranks[j] + 1))) / (2 * ranks.Count);
        }

        var at = new double[cutoffs.Length];
        for (var k = 0; k < at.Length; k++)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(cutoffs[k], 1, nameof(cutoffs));
            if (ranks.Count == 0)
            {
                at[k] = double.NaN;
                continue;
            }

            var cut = Math.Min(ranks[^1] + 1, cutoffs[k]);
            at[k] = (double)ranks.FindAll(rank => rank < cut).Count / cut;
        }

        return new(precision, at);
    }

    private static int[] Descending(ReadOnlySpan<double> scores, ReadOnlySpan<bool> relevant)
    {
        if (scores.Length != relevant.Length)
            throw new ArgumentException($"{scores.Length} scores for {relevant.Length} samples; every sample needs one");
        var order = new int[scores.Length];
        var keys = new (double Negative, int Index)[scores.Length];
        for (var k = 0; k < keys.Length; k++)
        {
            if (double.IsNaN(scores[k]))
                throw new ArgumentException($"score {k} is NaN; it has no place in a ranking");
            (keys[k], order[k]) = ((-scores[k], k), k);
        }

        Array.Sort(keys, order);   // of equals, the lower index first
        return order;
    }

    private static int EndOfTie(ReadOnlySpan<double> scores, int[] order, int start)
    {
        var end = start + 1;
        while (end < order.Length && scores[order[end]] == scores[order[start]])
            end++;
        return end;
    }

    private static int Count(ReadOnlySpan<bool> relevant)
    {
        var count = 0;
        foreach (var one in relevant)
            count += one ? 1 : 0;
        return count;
    }
}
