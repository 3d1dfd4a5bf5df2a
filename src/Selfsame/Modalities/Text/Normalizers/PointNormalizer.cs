using System.Globalization;
using System.Text.Json.Nodes;
using Selfsame.Modalities.Text.CodePoints;

namespace Selfsame.Modalities.Text.Normalizers;

/// <summary>Rewrites each code point by itself: to another one, to two, or to nothing.</summary>
/// <param name="kind">Its name in <c>tokenizer.json</c>.</param>
/// <param name="map">What a code point becomes; the second is 0 for none, and a first of -1 drops it.</param>
internal sealed class PointNormalizer(string kind, Func<int, (int First, int Second)> map) : INormalizer
{
    /// <summary>Lower case without regard to context: a final capital sigma becomes the plain small one.</summary>
    public static PointNormalizer Lowercase { get; } = new("Lowercase", static point => (Points.ToLower(point, out var second), second));

    /// <summary>Drops marks (category M*); meant to follow a decomposition.</summary>
    public static PointNormalizer StripAccents { get; } = new("StripAccents", static point => (Points.IsMark(point) ? -1 : point, 0));

    /// <summary>Drops marks without width (category Mn).</summary>
    internal static PointNormalizer DropNonSpacing { get; } = new("Mn", static point => (Points.Category(point) == UnicodeCategory.NonSpacingMark ? -1 : point, 0));

    /// <summary>Drops control characters and makes line ends, zero-width characters and U+2581 blanks, as SentencePiece's <c>nmt</c> rules do.</summary>
    public static PointNormalizer Nmt { get; } = new("Nmt", static point => (point switch
    {
        (>= 1 and <= 8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or 0x8F or 0x9F => -1,
        0x9 or 0xA or 0xC or 0xD or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD => ' ',
        _ => point,
    }, 0));

    /// <summary>The one of a name; null for none.</summary>
    public static PointNormalizer? Find(string kind) => kind switch
    {
        "Lowercase" => Lowercase,
        "StripAccents" => StripAccents,
        "Nmt" => Nmt,
        _ => null,
    };

    public AlignedText Apply(AlignedText text)
    {
        var builder = new AlignedTextBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var (first, second) = map(text.Points[i]);
            if (first >= 0)
                builder.Add(first, text, i);
            if (second > 0)
                builder.Add(second, text, i);
        }

        return builder.Build();
    }

    public JsonObject Write() => new() { ["type"] = kind };
}
