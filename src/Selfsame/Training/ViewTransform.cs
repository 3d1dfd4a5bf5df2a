using Selfsame.Data.Loading;
using Selfsame.Modalities.Image;
using Selfsame.Randomness;

namespace Selfsame.Training;

/// <summary>Makes the views of a recipe from a decoded picture; every draw is a function of (seed, epoch, position, view).</summary>
public sealed class ViewTransform : ISampleTransform
{
    [ThreadStatic]
    private static SeededDraws? s_draws;  // restarted for every view, so nothing is carried over

    private readonly ViewPipeline[] _views;

    /// <summary>Makes the transform.</summary>
    /// <param name="views">Views of a sample, all of one size.</param>
    /// <exception cref="ArgumentException">There is no view, or sizes differ.</exception>
    public ViewTransform(IReadOnlyList<ViewSettings> views)
    {
        ArgumentNullException.ThrowIfNull(views);
        if (views.Count == 0 || views.Any(view => view.Size != views[0].Size))
            throw new ArgumentException("a sample needs at least one view, and all views of one size", nameof(views));
        _views = [.. views.Select(view => new ViewPipeline(view))];
        OutputShape = [_views.Length, _views[0].Channels, views[0].Size, views[0].Size];
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> OutputShape { get; }

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, in SampleContext context, Span<float> destination)
    {
        var draws = s_draws ??= new SeededDraws(0, 0, 0);
        var length = _views[0].Length;
        for (var v = 0; v < _views.Length; v++)
        {
            draws.Restart(context.Seed, (ulong)context.Epoch, ((ulong)v << 40) + (uint)context.Position);
            _views[v].Apply(image, draws, destination.Slice(v * length, length));
        }
    }
}
