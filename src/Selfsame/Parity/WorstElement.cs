using System.Text.Json.Serialization;

namespace Selfsame.Parity;

/// <summary>The element of a case that used most of its tolerance.</summary>
/// <param name="Tensor">Full name, such as <c>grad/head.weight</c>.</param>
/// <param name="Index">Position, one number a dimension; empty for a scalar.</param>
/// <param name="Expected">Value in the file.</param>
/// <param name="Actual">Value computed.</param>
/// <param name="ToleranceUsed">|actual - expected| / (atol + rtol * |expected|): up to 1 passes, infinite where nothing but equality would.</param>
public sealed record WorstElement(
    string Tensor,
    IReadOnlyList<long> Index,
    double Expected,
    double Actual,
    [property: JsonIgnore] double ToleranceUsed);
