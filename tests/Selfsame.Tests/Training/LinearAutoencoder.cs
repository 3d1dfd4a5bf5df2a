using Selfsame.Models;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Tests.Training;

/// <summary>The smallest objective of all modalities: what each token was made of is to be told from the encoder's output.</summary>
internal sealed record LinearAutoencoderSettings : ObjectiveSettings
{
    public EquatableDictionary<double> Weights { get; init; } = new([]);

    public override Objective Build(ModelContext model) => new LinearAutoencoder(this, model.MultiModal());
}

internal sealed class LinearAutoencoder : Objective
{
    private readonly LinearAutoencoderSettings _settings;
    private readonly MultiModalEncoder _encoder;
    private readonly Dictionary<string, Linear> _heads = new(StringComparer.Ordinal);

    public LinearAutoencoder(LinearAutoencoderSettings settings, MultiModalSettings encoder)
    {
        _settings = settings;
        _encoder = Child("encoder", new MultiModalEncoder(encoder));
        foreach (var frontEnd in _encoder.FrontEnds)
            _heads.Add(frontEnd.Name, Child($"head_{frontEnd.Name}", frontEnd.MakeHead(encoder.Blocks.Width)));
    }

    public override ObjectiveResult Compute(Batch batch, StepContext step)
    {
        var sequence = _encoder.Embed(batch.Fields);
        var tokens = _encoder.WithoutPrefix(_encoder.Encode(sequence));
        var losses = new ModalityLosses(_settings.Weights);
        foreach (var slice in sequence.Slices)
            losses.Add(slice.Name, slice.FrontEnd.Error(_heads[slice.Name].Forward(slice.Of(tokens)), slice.Source.Targets), slice.Source.Real);
        return losses.Result();
    }

    public override IFeatureExtractor Features(bool averaged) => new MultiModalFeatures(_encoder);
}
