using Selfsame.Training;
using Selfsame.Training.Progress;

namespace Selfsame.Evaluation.Report;

/// <summary>The section with pictures made during training, each kind in a row over time and one of them large.</summary>
internal static class ReportSamples
{
    private const int ShownOfEach = 12;
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    internal static void Write(HtmlPage page, ReportData data, FileBudget budget)
    {
        page.AddTrusted("<section id=\"samples\">\n<h2>Samples over time</h2>\n");
        var leftOut = 0;
        foreach (var kind in data.Samples.GroupBy(sample => sample.Name))
        {
            page.Add($"<h3>{Title(kind.Key)}</h3>\n<div class=\"timeline\"><div class=\"samples\">\n");
            var pictures = kind.Where(IsPng).ToArray();
            leftOut += kind.Count() - pictures.Length;
            foreach (var sample in Spread(pictures, ShownOfEach))
                leftOut += Picture(page, sample, budget) ? 0 : 1;
            page.AddTrusted("</div></div>\n");
        }
        if (data.Samples.Count == 0)
            page.AddTrusted("<p class=\"none\">No pictures were made during this run.</p>\n");
        if (leftOut > 0)
            page.Add($"<p class=\"note\">Pictures left out, since together too large for one page or not PNG files: {leftOut}. All are in {data.Folder.SamplesPath}.</p>\n");
        page.AddTrusted("</section>\n");
    }

    /// <summary>One picture with its step; false when it doesn't fit the page.</summary>
    internal static bool Picture(HtmlPage page, RunSample sample, FileBudget budget)
    {
        if (budget.Read(sample.Path) is not { } png)
            return false;
        var step = HumanText.Count(sample.Step);
        page.Add($"<figure><img alt=\"{sample.Name} after {step} steps\" src=\"data:image/png;base64,").AddTrusted(Convert.ToBase64String(png))
            .Add($"\"><figcaption>step {step}</figcaption></figure>\n");
        return true;
    }

    internal static bool IsPng(RunSample sample)
    {
        Span<byte> start = stackalloc byte[8];
        using var file = File.OpenRead(sample.Path);
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(Signature);
    }

    internal static string Title(string name) => name switch
    {
        "samples" => "Generated samples",
        "samples-image" => "Generated pictures",
        "samples-video" => "Generated films, a row each",
        "samples-audio" => "Generated sounds: log mel energies, low frequencies at the bottom",
        "reconstruction-image" => "Reconstructions: input, seen, rebuilt, prediction, baseline",
        _ => name,
    };

    /// <summary>The first, the last and some between.</summary>
    private static IEnumerable<RunSample> Spread(RunSample[] samples, int most)
    {
        var shown = Math.Min(most, samples.Length);
        for (var i = 0; i < shown; i++)
            yield return samples[shown == 1 ? samples.Length - 1 : (int)((long)i * (samples.Length - 1) / (shown - 1))];
    }
}
