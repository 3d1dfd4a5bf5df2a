using Selfsame.Training;
using Selfsame.Training.Progress;

namespace Selfsame.Evaluation.Report;

/// <summary>The section with pictures made during training, each kind in a row over time.</summary>
internal static class ReportSamples
{
    private const int ShownOfEach = 6;

    // In base64 a third larger: with scripts and curves the report stays under 10 MB.
    private const long MostBytes = 6 << 20;
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    internal static void Write(HtmlPage page, ReportData data)
    {
        page.AddTrusted("<section id=\"samples\">\n<h2>Samples over time</h2>\n");
        long bytes = 0;
        var leftOut = 0;
        foreach (var kind in data.Samples.GroupBy(sample => sample.Name))
        {
            page.Add($"<h3>{kind.Key}</h3>\n<div class=\"samples\">\n");
            var pictures = kind.Where(IsPng).ToArray();
            leftOut += kind.Count() - pictures.Length;
            foreach (var sample in Spread(pictures))
            {
                // The length is asked first, so that a giant isn't even read.
                if (bytes + new FileInfo(sample.Path).Length > MostBytes)
                {
                    leftOut++;
                    continue;
                }
                var png = File.ReadAllBytes(sample.Path);
                bytes += png.Length;
                var step = HumanText.Count(sample.Step);
                page.Add($"<figure><img alt=\"{sample.Name} after {step} steps\" src=\"data:image/png;base64,").AddTrusted(Convert.ToBase64String(png))
                    .Add($"\"><figcaption>step {step}</figcaption></figure>\n");
            }
            page.AddTrusted("</div>\n");
        }
        if (data.Samples.Count == 0)
            page.AddTrusted("<p class=\"none\">No pictures were made during this run.</p>\n");
        if (leftOut > 0)
            page.Add($"<p class=\"note\">Pictures left out, since together too large for one page or not PNG files: {leftOut}. All are in {data.Folder.SamplesPath}.</p>\n");
        page.AddTrusted("</section>\n");
    }

    private static bool IsPng(RunSample sample)
    {
        Span<byte> start = stackalloc byte[8];
        using var file = File.OpenRead(sample.Path);
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(Signature);
    }

    /// <summary>The first, the last and some between.</summary>
    private static IEnumerable<RunSample> Spread(RunSample[] samples)
    {
        var shown = Math.Min(ShownOfEach, samples.Length);
        for (var i = 0; i < shown; i++)
            yield return samples[shown == 1 ? samples.Length - 1 : (int)((long)i * (samples.Length - 1) / (shown - 1))];
    }
}
