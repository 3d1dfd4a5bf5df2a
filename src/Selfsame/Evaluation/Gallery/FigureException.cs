namespace Selfsame.Evaluation.Gallery;

/// <summary>A figure can't be drawn from this model or data; the report says so in its place.</summary>
/// <param name="message">Why.</param>
public sealed class FigureException(string message) : Exception(message);
