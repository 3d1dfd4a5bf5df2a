namespace Selfsame.Modalities.Video;

/// <summary>What a file says about the moving pictures in it.</summary>
/// <param name="Duration">How long they last.</param>
/// <param name="Frames">How many there are.</param>
/// <param name="IsExact">False where their number is worked out from duration and rate.</param>
/// <param name="FramesPerSecond">Pictures a second, the mean where it varies; 0 where nothing says so.</param>
/// <param name="Height">Rows, upright.</param>
/// <param name="Width">Columns, upright.</param>
/// <param name="HasSound">The file has sound too; <see cref="Audio.AudioFile"/> reads it.</param>
/// <param name="Codec">FFmpeg's name of the coding: <c>h264</c>.</param>
/// <param name="Container">FFmpeg's name of the container: <c>avi</c>.</param>
public readonly record struct VideoInfo(
    TimeSpan Duration, long Frames, bool IsExact, double FramesPerSecond, int Height, int Width, bool HasSound, string Codec, string Container);
