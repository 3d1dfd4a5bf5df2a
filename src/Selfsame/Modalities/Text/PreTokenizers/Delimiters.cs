using Selfsame.Modalities.Text.Patterns;

namespace Selfsame.Modalities.Text.PreTokenizers;

/// <summary>What becomes of the delimiters a text is cut at.</summary>
internal enum DelimiterBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

/// <summary>Cuts a text at delimiters.</summary>
internal static class Delimiters
{
    /// <summary>Cuts at every code point of a kind.</summary>
    public static void Cut(AlignedText text, Func<int, bool> isDelimiter, DelimiterBehavior behavior, List<AlignedText> pieces)
    {
        var stretches = new List<Stretch>();
        var next = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!isDelimiter(text.Points[i]))
                continue;
            if (i > next)
                stretches.Add(new(next, i, false));
            stretches.Add(new(i, i + 1, true));
            next = i + 1;
        }

        if (next < text.Length)
            stretches.Add(new(next, text.Length, false));
        Gather(text, stretches, behavior, pieces);
    }

    /// <summary>Cuts wherever a pattern fits.</summary>
    /// <param name="text">What is cut.</param>
    /// <param name="pattern">Fits the delimiters.</param>
    /// <param name="invert">It fits what is between the delimiters instead.</param>
    /// <param name="behavior">What becomes of the delimiters.</param>
    /// <param name="pieces">Takes the pieces.</param>
    public static void Cut(AlignedText text, Pattern pattern, bool invert, DelimiterBehavior behavior, List<AlignedText> pieces)
    {
        var stretches = new List<Stretch>();
        var next = 0;
        foreach (var (start, end) in pattern.FindAll(text.Points))
        {
            if (start > next)
                stretches.Add(new(next, start, invert));
            stretches.Add(new(start, end, !invert));
            next = end;
        }

        if (next < text.Length)
            stretches.Add(new(next, text.Length, invert));
        Gather(text, stretches, behavior, pieces);
    }

    private static void Gather(AlignedText text, List<Stretch> stretches, DelimiterBehavior behavior, List<AlignedText> pieces)
    {
        for (var i = 0; i < stretches.Count;)
        {
            var (start, end, delimiter) = stretches[i++];
            switch (behavior)
            {
                case DelimiterBehavior.Removed when delimiter:
                    continue;
                case DelimiterBehavior.Contiguous:
                    while (i < stretches.Count && stretches[i].Delimiter == delimiter)
                        end = stretches[i++].End;
                    break;
                case DelimiterBehavior.MergedWithPrevious when !delimiter && i < stretches.Count && stretches[i].Delimiter:
                    end = stretches[i++].End;
                    break;
                case DelimiterBehavior.MergedWithNext when delimiter && i < stretches.Count && !stretches[i].Delimiter:
                    end = stretches[i++].End;
                    break;
            }

            pieces.Add(text.Slice(start, end - start));
        }
    }

    private readonly record struct Stretch(int Start, int End, bool Delimiter);
}
