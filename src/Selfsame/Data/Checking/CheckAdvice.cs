using System.Globalization;
using Selfsame.Training.Progress;

namespace Selfsame.Data.Checking;

/// <summary>Turns what a check found into sentences: what it means, and what to do.</summary>
internal static class CheckAdvice
{
    private const int SmallSide = 32;
    private const double MuchMajority = 0.5, LittleEvenness = 0.8;

    /// <summary>The sentences, the most pressing first; one that all is well where nothing is amiss.</summary>
    public static IReadOnlyList<string> For(DataCheckReport report)
    {
        var advice = new List<string>();
        if (report.Leaks.Count > 0)
            advice.Add($"{Samples(report.Leaks.Count)} {(report.Leaks.Count == 1 ? "has a copy" : "have copies")} in a part held out from {(report.Leaks.Count == 1 ? "its" : "their")} own: scores on that part would be too good. Leave them out with: selfsame data dedup {report.Source}");
        if (report.GroupsAcrossParts > 0)
            advice.Add($"{HumanText.Count(report.GroupsAcrossParts)} groups have samples in more than one part; what shows the same thing should stay on one side. Correct the split column, or the folders.");
        if (report.Broken.Count > 0)
            advice.Add($"{Samples(report.Broken.Count)} of {HumanText.Count(report.Samples)} cannot be read; training skips and lists them. Repair or remove them, or raise data.max_bad if they are more than it allows.");
        if (report.ExactCopies + report.NearCopies is > 0 and var copies)
            advice.Add($"{Samples(copies)} ({Share(copies, report.Samples)}) {(copies == 1 ? "is a copy" : "are copies")} of another: {HumanText.Count(report.ExactCopies)} to the pixel, {HumanText.Count(report.NearCopies)} nearly. Look at them, then leave them out with: selfsame data dedup {report.Source}");
        if (report.Empty.Count > 0)
            advice.Add($"{Samples(report.Empty.Count)} {(report.Empty.Count == 1 ? "shows" : "show")} nothing but one colour.");
        if (report.Empty.Count(note => note.Reason.Contains("transparency", StringComparison.Ordinal)) is > 0 and var white)
            advice.Add($"{Samples(white)} {(white == 1 ? "vanishes" : "vanish")} on white; give the views another background.");
        Sizes(report, advice);
        foreach (var balance in report.Labels)
            Balance(balance, advice);
        if (report.Animated > 0)
            advice.Add($"{Samples(report.Animated)} {(report.Animated == 1 ? "has" : "have")} more than one picture or page; training sees the first.");
        if (report.Excluded > 0)
            advice.Add($"{Samples(report.Excluded)} {(report.Excluded == 1 ? "is" : "are")} left out by a list of exclusions and {(report.Excluded == 1 ? "was" : "were")} not looked at; data dedup --revert takes it away.");
        if (report.Parts.Train == 0 || report.Parts.Test == 0)
            advice.Add("Train or test has no sample; sort the samples into folders named train, val and test, or give a split column.");
        if (advice.Count == 0)
            advice.Add("Nothing is amiss.");
        return advice;
    }

    private static void Sizes(DataCheckReport report, List<string> advice)
    {
        if (report.Sizes is not { } sizes)
            return;
        var small = sizes.LongestSide.Where(octave => long.Parse(octave.Name.AsSpan(0, octave.Name.IndexOf('–')), CultureInfo.InvariantCulture) < SmallSide).Sum(octave => octave.Count);
        if (small > 0)
            advice.Add($"{Share(small, report.Samples)} of the pictures are smaller than {SmallSide} pixels; enlarged to the encoder's size they are blurred. Choose a smaller image_size, or leave them out.");
        if (sizes.Width.Most > 8 * sizes.Width.Median || sizes.Height.Most > 8 * sizes.Height.Median)
            advice.Add($"Sizes differ widely: the median is {sizes.Width.Median:0} x {sizes.Height.Median:0}, the largest picture is {sizes.Largest}. Large pictures cost time in decoding; a copy of the data at twice the encoder's size is enough.");
    }

    private static void Balance(ClassBalance balance, List<string> advice)
    {
        if (balance.MajorityShare >= MuchMajority)
            advice.Add($"{HumanText.Percent(balance.MajorityShare)} of the samples share the {balance.Column} '{balance.Largest[0].Name}': read balanced accuracy, and compare accuracy with {balance.MajorityShare.ToString("0.00", CultureInfo.InvariantCulture)}.");
        else if (balance.Evenness < LittleEvenness)
            advice.Add($"The classes of {balance.Column} are uneven, from {HumanText.Count(balance.Smallest.Count)} to {HumanText.Count(balance.Largest[0].Count)} samples: read balanced accuracy beside accuracy.");
        if (balance.AbsentFromTrain > 0)
            advice.Add($"{HumanText.Count(balance.AbsentFromTrain)} classes of {balance.Column} are held out but not in train; no probe can name them.");
        if (balance.Unlabelled > 0)
            advice.Add($"{Samples(balance.Unlabelled)} {(balance.Unlabelled == 1 ? "has" : "have")} no {balance.Column}; {(balance.Unlabelled == 1 ? "it trains" : "they train")} all the same, probes leave {(balance.Unlabelled == 1 ? "it" : "them")} out.");
    }

    private static string Samples(int count) => count == 1 ? "1 sample" : HumanText.Count(count) + " samples";

    private static string Share(int part, int whole) => (100.0 * part / Math.Max(1, whole)) switch
    {
        < 0.1 => "less than 0.1 %",
        < 10 and var percent => percent.ToString("0.#", CultureInfo.InvariantCulture) + " %",
        var percent => percent.ToString("0", CultureInfo.InvariantCulture) + " %",
    };
}
