namespace Selfsame.Modalities;

/// <summary>What a model is told of one modality's samples before it has seen any.</summary>
/// <param name="Modality">One of <see cref="Selfsame.Modality.All"/>.</param>
public abstract record InputShape(string Modality);

/// <summary>Pictures, (B, channels, height, width), float.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">1 or 3.</param>
public sealed record ImageShape(int Height, int Width, int Channels) : InputShape(Selfsame.Modality.Image);

/// <summary>Depth maps, (B, 1, height, width), float; 0 where nothing was measured.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public sealed record DepthShape(int Height, int Width) : InputShape(Selfsame.Modality.Depth);

/// <summary>Waveforms, (B, samples), or spectrograms, (B, frames, bins), float; of varying length.</summary>
/// <param name="SampleRate">Samples in a second.</param>
/// <param name="MaxLength">Samples, or frames, of the longest.</param>
/// <param name="Bins">Frequencies of a frame; 0 for waveforms.</param>
public sealed record AudioShape(int SampleRate, int MaxLength, int Bins = 0) : InputShape(Selfsame.Modality.Audio);

/// <summary>Films, (B, channels, frames, height, width), float.</summary>
/// <param name="Frames">Frames of a clip.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">1 or 3.</param>
public sealed record VideoShape(int Frames, int Height, int Width, int Channels) : InputShape(Selfsame.Modality.Video);

/// <summary>Tokens, (B, L), int64; of varying length.</summary>
/// <param name="MaxLength">Tokens of the longest.</param>
/// <param name="Vocabulary">Distinct tokens, special ones included.</param>
/// <param name="Special">The tokens that stand for no text.</param>
public sealed record TextShape(int MaxLength, int Vocabulary, Text.SpecialTokens Special) : InputShape(Selfsame.Modality.Text);
