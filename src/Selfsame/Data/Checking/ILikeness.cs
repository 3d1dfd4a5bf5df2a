namespace Selfsame.Data.Checking;

/// <summary>
/// Says which samples are near each other. Coordinates are for finding candidates: two samples of which any coordinate differs
/// by more than 1 are never near. Safe from any thread.
/// </summary>
internal interface ILikeness
{
    /// <summary>Numbers that stand for a sample in the search.</summary>
    int Dimensions { get; }

    /// <summary>Distance up to which samples are near.</summary>
    double Threshold { get; }

    /// <summary>Whether the sample can be compared at all.</summary>
    bool Has(int sample);

    /// <summary>Writes the coordinates of a sample.</summary>
    void Coordinates(int sample, Span<float> coordinates);

    /// <summary>Compares two samples in full.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    /// <param name="distance">How far they are apart; meaningful where they are near.</param>
    /// <returns>Whether they are near each other.</returns>
    bool Near(int a, int b, out double distance);
}
