using Selfsame.Evaluation.Report;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Checking;

/// <summary>Puts small pictures of samples into a page.</summary>
internal sealed class CheckPictures
{
    // 160 columns of a phone's double pixels are 80 of its own: enough to see whether two pictures are one.
    private static readonly ImageDecodeOptions s_small = new() { FitWithin = 160 };

    private readonly HtmlPage _page;
    private readonly DataSet _data;
    private readonly Dictionary<string, int> _samples;

    public CheckPictures(HtmlPage page, DataSet data)
    {
        (_page, _data, _samples) = (page, data, new(data.Count, StringComparer.Ordinal));
        for (var i = 0; i < data.Count; i++)
            _samples[data.Key(i)] = i;
    }

    /// <summary>Adds a picture with its name.</summary>
    /// <param name="key">Name of the sample.</param>
    /// <param name="tag">A word on it, or null.</param>
    /// <param name="tagKind">Colour of the word: stays, copy, leak.</param>
    /// <param name="note">A second line, or null.</param>
    public void Add(string key, string? tag, string? tagKind, string? note)
    {
        _page.AddTrusted("<figure><div class=\"frame\">");
        try
        {
            using var picture = _data.ReadImage(_samples[key], s_small);
            _page.Add($"<img alt=\"{key}\" loading=\"lazy\" src=\"data:image/png;base64,").AddTrusted(Convert.ToBase64String(PngWriter.Encode(picture, level: 9))).AddTrusted("\">");
        }
        catch (Exception e) when (e is MediaException or IOException or UnauthorizedAccessException)
        {
            _page.AddTrusted("<span class=\"gone\">cannot be read</span>");
        }
        _page.Add($"</div><figcaption>{key}");
        if (tag is not null)
            _page.Add($" <span class=\"tag {tagKind}\">{tag}</span>");
        if (note is not null)
            _page.Add($"<small>{note}</small>");
        _page.AddTrusted("</figcaption></figure>\n");
    }
}
