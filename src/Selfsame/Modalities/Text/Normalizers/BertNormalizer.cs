using System.Globalization;
using System.Text.Json.Nodes;
using Selfsame.Modalities.Text.CodePoints;

namespace Selfsame.Modalities.Text.Normalizers;

/// <summary>BERT's cleaning. Devlin et al. 2018, https://arxiv.org/abs/1810.04805 (<c>tokenization.py</c> of the official code).</summary>
/// <param name="cleanText">Drop control characters and U+FFFD; every whitespace becomes a blank.</param>
/// <param name="handleChineseChars">Put blanks around ideographs.</param>
/// <param name="stripAccents">Take letters and marks apart and drop the marks; null follows <paramref name="lowercase"/>.</param>
/// <param name="lowercase">Lower case.</param>
internal sealed class BertNormalizer(bool cleanText, bool handleChineseChars, bool? stripAccents, bool lowercase) : INormalizer
{
    public AlignedText Apply(AlignedText text)
    {
        if (cleanText || handleChineseChars)
            text = Clean(text);
        if (stripAccents ?? lowercase)
            text = PointNormalizer.DropNonSpacing.Apply(NormalForm.Nfd.Apply(text));
        return lowercase ? PointNormalizer.Lowercase.Apply(text) : text;
    }

    public JsonObject Write() => new()
    {
        ["type"] = "BertNormalizer",
        ["clean_text"] = cleanText,
        ["handle_chinese_chars"] = handleChineseChars,
        ["strip_accents"] = stripAccents,
        ["lowercase"] = lowercase,
    };

    private AlignedText Clean(AlignedText text)
    {
        var builder = new AlignedTextBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var point = text.Points[i];
            if (cleanText)
            {
                if (point is 0 or Points.Replacement || (IsOther(point) && point is not ('\t' or '\n' or '\r')))
                    continue;
                if (Points.IsWhitespace(point))
                    point = ' ';
            }

            if (handleChineseChars && IsIdeograph(point))
            {
                builder.Add(' ', text, i);
                builder.Add(point, text, i);
                builder.Add(' ', text, i);
            }
            else
                builder.Add(point, text, i);
        }

        return builder.Build();
    }

    private static bool IsOther(int point) => Points.Category(point) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    // The block from U+2B820 on is left out as in Hugging Face's tokenizers, where one digit differs from Google's code.
    private static bool IsIdeograph(int point) => point is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
