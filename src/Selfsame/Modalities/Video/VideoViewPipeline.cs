using System.Buffers;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;
using Selfsame.Randomness;

namespace Selfsame.Modalities.Video;

/// <summary>Makes views of videos as <see cref="VideoViewSettings"/> say. What is drawn for a clip is done to each of its pictures alike. Immutable: any number of threads may share one.</summary>
/// <remarks>Alike is what was drawn, not its result: contrast, for instance, is changed around each picture's own mean.</remarks>
public sealed class VideoViewPipeline
{
    private readonly VideoViewSettings _settings;
    private readonly ViewPipeline _view;

    /// <summary>A pipeline for one kind of view.</summary>
    /// <exception cref="ArgumentException">The settings contradict themselves; the message names every one.</exception>
    public VideoViewPipeline(VideoViewSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Check().FirstOrDefault() is { } problem)
            throw new ArgumentException($"{problem.Key} {problem.Text}", nameof(settings));
        (_settings, _view) = (settings, new(settings.View));
        Shape = [_view.Channels, settings.Frames, settings.View.Size, settings.View.Size];
        Length = _view.Length * settings.Frames;
    }

    /// <summary>What the pipeline was built from.</summary>
    public VideoViewSettings Settings => _settings;

    /// <summary>Shape of a view: (channels, frames, size, size).</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Numbers of a view.</summary>
    public int Length { get; }

    /// <summary>Which pictures to decode for a view.</summary>
    /// <param name="video">What the file says.</param>
    /// <param name="draws">Draws <c>start</c> where the start is random and the video longer than the clip.</param>
    /// <param name="within">The part of the video to stay in; null for all of it.</param>
    public VideoClipSettings Part(VideoInfo video, IDraws draws, MediaPart? within = null)
    {
        ArgumentNullException.ThrowIfNull(draws);
        var rate = _settings.FramesPerSecond ?? (video.FramesPerSecond > 0 ? video.FramesPerSecond : 25) / _settings.Stride;
        var whole = within ?? new(TimeSpan.Zero, video.Duration);
        var spare = Math.Max(0, whole.Duration.TotalSeconds - _settings.Frames / rate);
        var start = spare == 0 ? 0 : _settings.Start switch
        {
            ClipStart.Random => draws.Uniform("start") * spare,
            ClipStart.Center => spare / 2,
            _ => 0,
        };
        return new() { Start = whole.Start + TimeSpan.FromSeconds(start), End = within is { } part ? part.Start + part.Duration : null, Frames = _settings.Frames, FramesPerSecond = _settings.FramesPerSecond, Stride = _settings.Stride };
    }

    /// <summary>Decodes a clip and makes a view of it: the same numbers as of whole pictures, of which only the part that is shown is made.</summary>
    /// <param name="source">A path, or a file's content.</param>
    /// <param name="choose">Which pictures, as <see cref="Part"/> says; as many as the view has.</param>
    /// <param name="draws">Where chance comes from; see <see cref="ViewPipeline.Sample"/>.</param>
    /// <param name="destination">Receives <see cref="Shape"/>, normalized.</param>
    /// <exception cref="MediaException">No moving pictures, damaged, or not to be opened.</exception>
    public void Decode(MediaSource source, Func<VideoInfo, VideoClipSettings> choose, IDraws draws, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(choose);
        ViewParameters parameters = default;
        using var clip = VideoFile.DecodeCut(source, choose, (height, width) =>
        {
            parameters = _view.Sample(height, width, draws);
            return _view.Cut(parameters, height, width);
        })!;
        Apply(clip, _view.OfCut(parameters), destination);
    }

    /// <summary>Makes a view.</summary>
    /// <param name="clip">As many pictures as the view has; left as they are.</param>
    /// <param name="draws">Where chance comes from; see <see cref="ViewPipeline.Sample"/>.</param>
    /// <param name="destination">Receives <see cref="Shape"/>, normalized.</param>
    public void Apply(VideoBuffer clip, IDraws draws, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(clip);
        Apply(clip, _view.Sample(clip.Height, clip.Width, draws), destination);
    }

    /// <summary>Makes a view of which everything has been drawn.</summary>
    /// <param name="clip">As many pictures as the view has; left as they are.</param>
    /// <param name="parameters">What was drawn.</param>
    /// <param name="destination">Receives <see cref="Shape"/>, normalized.</param>
    /// <exception cref="ArgumentException">Another number of pictures, or no room for <see cref="Length"/> numbers.</exception>
    public void Apply(VideoBuffer clip, in ViewParameters parameters, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(clip);
        if (clip.Frames.Count != _settings.Frames || destination.Length != Length)
            throw new ArgumentException($"A view of {string.Join(" x ", Shape)} is made of {_settings.Frames} pictures and has {Length} numbers; the clip has {clip.Frames.Count}, the destination {destination.Length}.", nameof(destination));
        var area = _settings.View.Size * _settings.View.Size;
        var memory = ArrayPool<float>.Shared.Rent(_view.Length);
        try
        {
            var planes = memory.AsSpan(0, _view.Length);
            for (var t = 0; t < _settings.Frames; t++)
            {
                _view.Apply(clip.Frames[t], parameters, planes);
                for (var c = 0; c < _view.Channels; c++)
                    planes.Slice(c * area, area).CopyTo(destination[((c * _settings.Frames + t) * area)..]);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(memory);
        }
    }
}
