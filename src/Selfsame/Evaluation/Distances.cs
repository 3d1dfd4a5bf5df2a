namespace Selfsame.Evaluation;

/// <summary>How distances between rows are computed.</summary>
internal static class Distances
{
    /// <summary>Mode of <c>cdist</c> without a matrix product: differences first, so nothing cancels.</summary>
    internal const long Direct = 2;
}
