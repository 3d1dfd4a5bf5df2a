using Selfsame.Modalities.Text.CodePoints;
using Selfsame.Modalities.Text.Models;
using Selfsame.Modalities.Text.Normalizers;

namespace Selfsame.Modalities.Text;

/// <summary>Cuts added tokens out of a text: the first that starts, of those the longest. Safe from any thread.</summary>
internal sealed class AddedTokenFinder
{
    private readonly IReadOnlyList<AddedToken> _tokens;
    private readonly PointTrie _original = new(), _normalized = new();
    private readonly bool _anyNormalized;
    private readonly INormalizer? _normalizer;

    /// <summary>Prepares the search.</summary>
    public AddedTokenFinder(IReadOnlyList<AddedToken> tokens, INormalizer? normalizer)
    {
        (_tokens, _normalizer) = (tokens, normalizer);
        for (var i = 0; i < tokens.Count; i++)
        {
            var content = AlignedText.Of(tokens[i].Content);
            if (tokens[i].Normalized && normalizer is not null)
                content = normalizer.Apply(content);
            if (content.Length == 0)
                continue;
            (tokens[i].Normalized ? _normalized : _original).Add(content.Points, i);
            _anyNormalized |= tokens[i].Normalized;
        }
    }

    /// <summary>The stretches of a text in order, normalized: added tokens, and what lies between them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="findSpecial">Also look for special tokens.</param>
    public List<(AlignedText Text, AddedToken? Token)> Cut(AlignedText text, bool findSpecial)
    {
        var stretches = new List<(AlignedText, AddedToken?)>();
        Cut(text, _original, findSpecial, stretches);
        if (_normalizer is null && !_anyNormalized)
            return stretches;
        var result = new List<(AlignedText, AddedToken?)>(stretches.Count);
        foreach (var (stretch, token) in stretches)
        {
            if (token is not null)
                result.Add((stretch, token));
            else
                Cut(_normalizer?.Apply(stretch) ?? stretch, _normalized, findSpecial, result);
        }

        return result;
    }

    private void Cut(AlignedText text, PointTrie trie, bool findSpecial, List<(AlignedText, AddedToken?)> stretches)
    {
        var points = text.Points;
        var done = 0;
        for (var at = 0; at < points.Length;)
        {
            var (token, end) = Longest(trie, points, at);
            if (token is null)
            {
                at++;
                continue;
            }

            var start = at;
            at = end;
            if ((token.Special && !findSpecial) || (token.SingleWord && !IsWord(points, start, end)))
                continue;
            start = Math.Max(start, done);   // the token before may have taken the blanks it starts with
            while (token.LeftStrip && start > done && Points.IsWhitespace(points[start - 1]))
                start--;
            while (token.RightStrip && end < points.Length && Points.IsWhitespace(points[end]))
                end++;
            if (start > done)
                stretches.Add((text.Slice(done, start - done), null));
            stretches.Add((text.Slice(start, end - start), token));
            done = end;
        }

        if (done < points.Length)
            stretches.Add((text.Slice(done, points.Length - done), null));
    }

    private (AddedToken? Token, int End) Longest(PointTrie trie, ReadOnlySpan<int> points, int start)
    {
        var (found, last, node) = (-1, start, PointTrie.Root);
        for (var end = start; end < points.Length && (node = trie.Step(node, points[end])) >= 0; end++)
        {
            if (trie.Value(node) is >= 0 and var value)
                (found, last) = (value, end + 1);
        }

        return found < 0 ? (null, start) : (_tokens[found], last);
    }

    private static bool IsWord(ReadOnlySpan<int> points, int start, int end) =>
        (start == 0 || !Points.IsWord(points[start - 1])) && (end == points.Length || !Points.IsWord(points[end]));
}
