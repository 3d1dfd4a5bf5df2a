namespace Selfsame.Modalities.Media;

/// <summary>A part of a sound or a film.</summary>
/// <param name="Start">Where it begins, from the first sample or picture.</param>
/// <param name="Duration">How long it lasts; above zero.</param>
public readonly record struct MediaPart(TimeSpan Start, TimeSpan Duration);
