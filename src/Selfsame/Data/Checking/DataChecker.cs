using System.Diagnostics;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Checking;

/// <summary>Looks into every sample of a data set: what is there, what is broken, what is there twice.</summary>
/// <remarks>
/// Samples stream through: what stays of a picture is its facts and a sketch, about 1.4 KB. The order in which threads finish leaves no mark on the
/// result. Near duplicates cost well below a comparison a pair, see <see cref="DataCheckReport.Comparisons"/>.
/// </remarks>
public static class DataChecker
{
    // A picture of fewer pixels is so blurred when it is enlarged to a sketch that it resembles many.
    private const int LeastSide = 8;
    private const int TimedSamples = 200;

    /// <summary>Checks a data set.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="cancel">Stops between samples.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static DataCheckReport Run(DataSet data, DataCheckOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new();
        var workers = options.Workers > 0 ? options.Workers : Environment.ProcessorCount;
        var facts = new SampleFacts[data.Count];
        var sketched = new bool[data.Count];
        var sketches = new SketchTable(data.Count);
        Inspect(data, facts, sketches, sketched, workers, options.Progress, cancel);

        ILikeness likeness = options.Features is { } features
            ? new FeatureLikeness(features, data.Count, options.FeatureCosine)
            : new SketchLikeness(sketches, facts, sketched, options.NearDistance ?? SketchLikeness.DefaultThreshold);
        var finder = new DuplicateFinder(facts, likeness);
        var copies = finder.Find(workers, (done, total) => options.Progress?.Report(new("comparing", done, total)), cancel);
        var groups = new DuplicateGroups(data, facts, finder);
        var duplicates = copies.Clusters.Select(groups.Group).ToArray();
        var leaks = copies.Clusters.SelectMany(groups.Leaks).ToArray();
        var rate = DecodeRate(data, facts, cancel);

        var report = new CheckSummary(data, facts).Report() with
        {
            NearBy = options.Features is null ? "sketch" : "features",
            NearThreshold = likeness.Threshold,
            Duplicates = [.. duplicates.OrderByDescending(group => group.Members.Count).ThenBy(group => group.Members[0].Key, StringComparer.Ordinal)],
            ExactCopies = duplicates.Sum(group => group.Members.Count(member => member.Kind is DuplicateKinds.SameFile or DuplicateKinds.SameContent)),
            NearCopies = duplicates.Sum(group => group.Members.Count(member => member.Kind is DuplicateKinds.Near)),
            Leaks = leaks,
            Comparisons = copies.Comparisons,
            DecodedPerSecondPerCore = rate,
        };
        return report with { Advice = CheckAdvice.For(report) };
    }

    private static void Inspect(DataSet data, SampleFacts[] facts, SketchTable sketches, bool[] sketched, int workers, IProgress<CheckProgress>? progress, CancellationToken cancel)
    {
        var done = 0;
        Parallel.For(0, data.Count, new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancel }, i =>
        {
            sketched[i] = InspectOne(data, i, ref facts[i], sketches[i]) && Math.Min(facts[i].Width, facts[i].Height) >= LeastSide;
            progress?.Report(new("reading", Interlocked.Increment(ref done), data.Count));
        });
    }

    private static bool InspectOne(DataSet data, int sample, ref SampleFacts facts, Span<byte> sketch)
    {
        facts.Frames = 1;
        try
        {
            var file = data.ReadBytes(sample);
            (facts.Bytes, facts.ByteHash) = (file.Length, SampleFacts.Hash(file));
            return SampleInspectors.For(file).Inspect(file, ref facts, sketch);
        }
        catch (Exception e) when (e is MediaException or IOException or UnauthorizedAccessException)
        {
            facts.Problem = e.Message;
            return false;
        }
    }

    // As training reads them, on one thread; spread over the data, so that every kind of sample is among them.
    private static double DecodeRate(DataSet data, SampleFacts[] facts, CancellationToken cancel)
    {
        var (count, seconds) = (0, 0.0);
        var step = Math.Max(1, data.Count / TimedSamples);
        for (var i = 0; i < data.Count && seconds < 2; i += step)
        {
            cancel.ThrowIfCancellationRequested();
            if (!facts[i].Usable)
                continue;
            try
            {
                var start = Stopwatch.GetTimestamp();
                data.ReadImage(i).Dispose();
                seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
                count++;
            }
            catch (Exception e) when (e is MediaException or IOException or UnauthorizedAccessException)
            {
                // It could be read a moment ago: the file has changed. Another is as good for timing.
            }
        }
        return seconds > 0 ? count / seconds : 0;
    }
}
