using Spectre.Console.Rendering;

namespace Selfsame.Cli.Display;

/// <summary>Short facts side by side; on a narrow terminal a fact moves to the next line as a whole.</summary>
/// <param name="facts">The facts; one longer than a line is cut.</param>
internal sealed class FactLine(IReadOnlyList<string> facts) : Renderable
{
    private const string Gap = "   ";

    /// <inheritdoc/>
    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var used = 0;
        foreach (var fact in facts)
        {
            var shown = fact.Length <= maxWidth ? fact : fact[..maxWidth];
            if (used > 0 && used + Gap.Length + shown.Length > maxWidth)
            {
                yield return Segment.LineBreak;
                used = 0;
            }
            if (used > 0)
                yield return new Segment(Gap);
            used += (used > 0 ? Gap.Length : 0) + shown.Length;
            yield return new Segment(shown);
        }
        yield return Segment.LineBreak;
    }
}
