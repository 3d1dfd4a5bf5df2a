namespace Selfsame.Modalities.Audio;

/// <summary>What a file says about the sound in it.</summary>
/// <param name="Duration">How long it lasts.</param>
/// <param name="IsExact">False where the duration is guessed from the bit rate, as an <see cref="AudioReader"/> does for an MP3 without a table.</param>
/// <param name="SampleRate">Samples a second, as stored.</param>
/// <param name="Channels">Channels, as stored.</param>
/// <param name="Codec">FFmpeg's name of the coding: <c>vorbis</c>, <c>pcm_s16le</c>.</param>
/// <param name="Container">FFmpeg's name of the container: <c>ogg</c>, <c>wav</c>.</param>
public readonly record struct AudioInfo(TimeSpan Duration, bool IsExact, int SampleRate, int Channels, string Codec, string Container);
