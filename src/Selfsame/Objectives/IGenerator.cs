using Selfsame.Generation;
using Selfsame.Torch;

namespace Selfsame.Objectives;

/// <summary>A method that can make new samples.</summary>
public interface IGenerator
{
    /// <summary>Classes that samples can be asked for; 0 when the method is not conditioned.</summary>
    int Classes { get; }

    /// <summary>Modalities that can be made.</summary>
    IReadOnlyList<string> Generates => [Modality.Image];

    /// <summary>Time shift of the grid of noise levels that suits a modality; 1 by default.</summary>
    /// <param name="modality">One of <see cref="Generates"/>.</param>
    double SamplingShift(string modality) => 1;

    /// <summary>Samples as they would be made if nothing could be made better: through the method's own way to tokens and back. Itself by default.</summary>
    /// <param name="batch">Samples.</param>
    Batch Rebuilt(Batch batch) => batch;

    /// <summary>Makes pictures.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="labels">Classes asked for, (count), int64; null without.</param>
    /// <param name="settings">How to go from noise to data.</param>
    /// <param name="draws">Draws <c>start</c> and, for the stochastic sampler, <c>noise.K</c>.</param>
    /// <param name="averaged">Take the average of the weights.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>Samples in the value range of the training data, (count, channels, height, width).</returns>
    Tensor Generate(int count, Tensor? labels, SamplerSettings settings, StepContext draws, bool averaged = true, CancellationToken cancellation = default);

    /// <summary>Makes samples of any modalities, given others.</summary>
    /// <param name="request">What is wanted, and what is given.</param>
    /// <param name="settings">How to go from noise to data. Guidance is towards labels and what is given.</param>
    /// <param name="draws">Draws <c>start</c> and, for the stochastic sampler, <c>noise.K</c>.</param>
    /// <param name="averaged">Take the average of the weights.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>The modalities that were wanted, as a batch of training data holds them.</returns>
    /// <exception cref="ArgumentException">None of those wanted can be made.</exception>
    Batch Generate(GenerationRequest request, SamplerSettings settings, StepContext draws, bool averaged = true, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Batch(Generate(request.Count, request.Labels, settings, draws, averaged, cancellation));
    }
}

/// <summary>What a generative method is asked for.</summary>
/// <param name="Count">Samples, at least 1.</param>
/// <param name="Wanted">Modalities to make.</param>
public sealed record GenerationRequest(int Count, IReadOnlyList<string> Wanted)
{
    /// <summary>Samples whose other modalities are the condition, <see cref="Count"/> of them; null for none.</summary>
    public Batch? Given { get; init; }

    /// <summary>Classes asked for, (count), int64; null without.</summary>
    public Tensor? Labels { get; init; }
}
