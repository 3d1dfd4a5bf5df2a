namespace Selfsame.Data;

/// <summary>A data set cannot be opened, fetched or used any further; the message says why and what to do.</summary>
public sealed class DataSourceException : Exception
{
    /// <summary>A failure of its own.</summary>
    public DataSourceException(string message) : base(message)
    {
    }

    /// <summary>A failure caused by another.</summary>
    public DataSourceException(string message, Exception cause) : base(message, cause)
    {
    }
}

/// <summary>Something that should have been a sample, and why it is not.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Reason">Why it cannot be used.</param>
public readonly record struct SampleProblem(string Path, string Reason);
