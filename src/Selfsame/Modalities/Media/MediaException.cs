namespace Selfsame.Modalities.Media;

/// <summary>Why a picture, a sound or a video could not be read or written.</summary>
public enum MediaError
{
    /// <summary>The content belongs to no format that is read here.</summary>
    UnknownFormat = 2,

    /// <summary>The header claims more pixels than allowed (<see cref="ImageDecodeOptions.MaxPixels"/>), or a sound has more samples than one buffer holds.</summary>
    TooLarge = 3,

    /// <summary>Truncated, or refused by its decoder.</summary>
    Corrupt = 4,

    /// <summary>A known format that this build of FFmpeg, or any, does not read.</summary>
    Unsupported = 5,

    /// <summary>The memory given for the result is smaller than the result.</summary>
    BufferTooSmall = 6,

    /// <summary>There was not enough memory for something within the limit.</summary>
    OutOfMemory = 7,

    /// <summary>An unexpected failure of the native library.</summary>
    Internal = 8,

    /// <summary>A readable file that has no sound, or no moving pictures.</summary>
    NoSuchStream = 9,

    /// <summary>The system refused to open, read or write the file.</summary>
    Unreadable = 10,
}

/// <summary>A picture, a sound or a video could not be read or written; the message says why.</summary>
/// <param name="error">The kind of reason.</param>
/// <param name="message">The reason, for a person.</param>
public sealed class MediaException(MediaError error, string message) : Exception(message)
{
    /// <summary>The kind of reason.</summary>
    public MediaError Error { get; } = error;
}
