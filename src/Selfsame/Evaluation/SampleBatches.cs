using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Objectives;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Evaluation;

/// <summary>A few samples as one batch of all their modalities.</summary>
internal static class SampleBatches
{
    /// <summary>Samples of a part that have all of some modalities, spread evenly over it.</summary>
    internal static int[] Having(DataSet data, int[] part, IReadOnlyList<string> modalities, int most) =>
        EvaluationData.Spread(Array.FindAll(part, index => modalities.All(data.ModalitiesOf(index).Contains)), most);

    /// <summary>Reads samples and hands them on; the batch is freed when <paramref name="use"/> returns.</summary>
    /// <param name="data">Where samples come from.</param>
    /// <param name="inputs">What is done to each; nothing random.</param>
    /// <param name="samples">Which, at least one; those that can't be read are left out.</param>
    /// <param name="use">Takes the batch.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="DataSourceException">None could be read.</exception>
    internal static T Read<T>(DataSet data, SampleInputs inputs, int[] samples, Func<Batch, T> use, CancellationToken cancellation)
    {
        if (samples.Length > 0)
        {
            using var loader = new BatchLoader(data, samples, inputs.Fields, new BatchLoaderSettings { BatchSize = samples.Length, Sequential = true });
            if (loader.Next(cancellation) is { } host)
            {
                using (host)
                {
                    using var guard = GradMode.Off();
                    if (host.Count > 0)
                        return use(inputs.Batch(host));
                }
            }
        }

        throw new DataSourceException($"none of {samples.Length} samples of {data.Name} could be read with {string.Join(", ", inputs.Fields.Select(field => field.Name))}");
    }
}
