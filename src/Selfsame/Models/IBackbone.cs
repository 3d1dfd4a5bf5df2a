namespace Selfsame.Models;

/// <summary>The part of a method that is kept and handed on: what weights are loaded into, and what is fine-tuned.</summary>
public interface IBackbone
{
    /// <summary>Values in a token.</summary>
    int Width { get; }
}
