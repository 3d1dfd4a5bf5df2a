using Spectre.Console;
using Spectre.Console.Rendering;

namespace Selfsame.Cli.Display;

/// <summary>A bar as wide as there is room, at most 100 cells.</summary>
/// <param name="share">Filled part, 0 to 1.</param>
internal sealed class StepBar(double share) : Renderable
{
    private const int Widest = 100;

    /// <inheritdoc/>
    protected override Measurement Measure(RenderOptions options, int maxWidth) => new(Math.Min(4, maxWidth), Math.Min(Widest, maxWidth));

    /// <inheritdoc/>
    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var width = Math.Min(Widest, maxWidth);
        var filled = (int)Math.Floor(Math.Clamp(share, 0, 1) * width);

        // Without colours the two parts must differ by shape.
        var plain = !options.Unicode || options.ColorSystem == ColorSystem.NoColors;
        var (full, empty) = (options.Unicode ? '━' : '#', plain ? (options.Unicode ? '┄' : '-') : '━');
        yield return new Segment(new string(full, filled), new Style(Color.Teal));
        yield return new Segment(new string(empty, width - filled), new Style(Color.Grey35));
    }
}
