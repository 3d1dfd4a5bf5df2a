using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Selfsame.Evaluation.Report;

/// <summary>Builds a page: the fixed parts of an interpolated string are HTML, every value put into it is escaped.</summary>
internal sealed class HtmlPage
{
    private readonly StringBuilder _text = new();

    /// <summary>Appends HTML with values.</summary>
    internal HtmlPage Add([InterpolatedStringHandlerArgument("")] ref Markup markup)
    {
        _ = markup; // wrote itself while it was made
        return this;
    }

    /// <summary>Appends HTML that comes from this program alone, or is already escaped.</summary>
    internal HtmlPage AddTrusted(string html)
    {
        _text.Append(html);
        return this;
    }

    /// <summary>Appends a name in snake case, which may break across lines after its underscores.</summary>
    internal HtmlPage AddName(string name)
    {
        _text.Append(WebUtility.HtmlEncode(name).Replace("_", "_<wbr>", StringComparison.Ordinal));
        return this;
    }

    /// <summary>The page so far.</summary>
    public override string ToString() => _text.ToString();

    [InterpolatedStringHandler]
    internal readonly ref struct Markup
    {
        private readonly StringBuilder _text;

        public Markup(int literalLength, int formattedCount, HtmlPage page)
        {
            _text = page._text;
            _text.EnsureCapacity(_text.Length + literalLength + (formattedCount * 16));
        }

        public void AppendLiteral(string html) => _text.Append(html);

        public void AppendFormatted(string? value) => _text.Append(WebUtility.HtmlEncode(value));

        public void AppendFormatted(int value) => _text.Append(value);
    }
}
