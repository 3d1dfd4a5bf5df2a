namespace Selfsame.Objectives;

/// <summary>A method whose loss says how far it is from guessing: ln K for a choice among K, the variance of the target for a regression.</summary>
/// <remarks>Optional: an objective that implements it is told apart from one that learnt nothing by its loss alone.</remarks>
public interface IChanceLevel
{
    /// <summary>Loss of the best answer that does not depend on the input.</summary>
    /// <param name="samples">Samples that pass through the model at once; the number of candidates where they are taken from the batch.</param>
    /// <returns>Null when these settings have none.</returns>
    double? ChanceLoss(int samples);
}
