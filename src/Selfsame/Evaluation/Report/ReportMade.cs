using System.Text;
using Selfsame.Training;

namespace Selfsame.Evaluation.Report;

/// <summary>The section with films, sounds and texts that the trained model made, ready to be played and read.</summary>
internal static class ReportMade
{
    private const int Shown = 16;

    internal static void Write(HtmlPage page, RunFolder folder, FileBudget budget)
    {
        var files = Directory.Exists(folder.MadePath) ? Directory.EnumerateFiles(folder.MadePath, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray() : [];
        var (films, sounds, texts) = (Of(".webp"), Of(".wav"), Of(".txt"));
        if (films.Length + sounds.Length + texts.Length == 0)
            return;
        page.AddTrusted("<section id=\"made\">\n<h2>Made by the trained model</h2>\n<p class=\"lead\">From noise alone, each modality by itself. Not chosen: the first ones.</p>\n");
        page.AddTrusted("<div class=\"samples\">\n");
        foreach (var film in films)
            Embed(page, budget, film, "<figure><img alt=\"film\" src=\"data:image/webp;base64,", "\"></figure>\n");
        page.AddTrusted("</div>\n");
        foreach (var sound in sounds)
        {
            Embed(page, budget, Path.ChangeExtension(sound, ".spectrum.png"), "<p><img alt=\"log mel spectrum\" src=\"data:image/png;base64,", "\"> ");
            Embed(page, budget, sound, "<audio controls preload=\"none\" src=\"data:audio/wav;base64,", "\"></audio></p>\n");
        }

        if (texts.Length > 0)
        {
            page.AddTrusted("<ol>\n");
            foreach (var text in texts)
            {
                if (budget.Read(text) is { } content)
                    page.Add($"<li>{Encoding.UTF8.GetString(content).TrimEnd('\n')}</li>\n");
            }

            page.AddTrusted("</ol>\n");
        }

        page.AddTrusted("</section>\n");

        string[] Of(string ending) => [.. files.Where(file => file.EndsWith(ending, StringComparison.Ordinal)).Take(Shown)];
    }

    private static void Embed(HtmlPage page, FileBudget budget, string path, string before, string after)
    {
        if (budget.Read(path) is { } content)
            page.AddTrusted(before).AddTrusted(Convert.ToBase64String(content)).AddTrusted(after);
    }
}
