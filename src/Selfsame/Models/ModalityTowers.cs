using Selfsame.Modalities;
using Selfsame.Torch;

namespace Selfsame.Models;

// B samples, N tokens of a modality, D width of a token, S width of the shared space.

/// <summary>An encoder of its own for each modality, and a linear map of each into one shared space.</summary>
/// <remarks>The layout of CLIP, https://arxiv.org/abs/2103.00020, figure 1, for any number of modalities as in ImageBind, https://arxiv.org/abs/2305.05665.</remarks>
public sealed class ModalityTowers : Module
{
    private readonly List<(string Modality, MultiModalEncoder Tower, Linear Map)> _towers = [];

    /// <summary>Makes a tower for each input.</summary>
    /// <param name="settings">What every tower is made from; each gets one of the inputs.</param>
    /// <param name="shared">Width of the shared space S.</param>
    public ModalityTowers(MultiModalSettings settings, int shared)
    {
        ArgumentNullException.ThrowIfNull(settings);
        foreach (var input in settings.Inputs)
        {
            var tower = Child(input.Modality, new MultiModalEncoder(settings with { Inputs = [input] }));
            var width = settings.Blocks.Width;
            var map = Child($"{input.Modality}_projection", new Linear(width, shared, bias: false, Init.Normal(Math.Pow(width, -0.5))));
            _towers.Add((input.Modality, tower, map));
        }
    }

    /// <summary>The modalities, in the order of the recipe.</summary>
    public IReadOnlyList<string> Modalities => _towers.ConvertAll(tower => tower.Modality);

    /// <summary>Blocks of each tower.</summary>
    public int Depth => _towers[0].Tower.Settings.Blocks.Depth;

    /// <summary>Share of paths that a tower drops.</summary>
    public double DropPath => _towers[0].Tower.Settings.Blocks.DropPath;

    /// <summary>Where a sample of one modality lies in the shared space.</summary>
    /// <param name="modality">One of <see cref="Modalities"/>.</param>
    /// <param name="field">Its values.</param>
    /// <param name="dropDraws">Draws for drop path, see <see cref="BlockContext.DropDraws"/>.</param>
    /// <returns>(B, S): the class token, or the mean of the real tokens where there is none, mapped; not scaled to length one.</returns>
    public Tensor Embed(string modality, BatchField field, float[]? dropDraws = null)
    {
        ArgumentNullException.ThrowIfNull(field);
        var (_, tower, map) = _towers.Find(tower => tower.Modality == modality);
        var sequence = tower.Embed(new Dictionary<string, BatchField> { [modality] = field });
        if (tower.Settings.ClassToken)
            return map.Forward(tower.Encode(sequence, dropDraws: dropDraws, lastTokens: 1).Select(1, 0));
        var body = tower.WithoutPrefix(tower.Encode(sequence, dropDraws: dropDraws));
        if (sequence.Real is not { } real)
            return map.Forward(body.Mean(1, keepDim: false));
        var share = real.To(body.DType).Unsqueeze(-1);
        return map.Forward((body * share).Sum([1]) / share.Sum([1]).ClampMin(1));
    }

    /// <summary>Tokens of whatever modalities there are, each from its own tower, one modality after the other.</summary>
    /// <param name="fields">The batch by modality; at least one of <see cref="Modalities"/>.</param>
    /// <returns>After each block (the last after the final norm), (B, ΣN, D), class tokens left out; and which are real, (B, ΣN), null where all are.</returns>
    /// <exception cref="ArgumentException">The batch has none of the modalities.</exception>
    public (IReadOnlyList<Tensor> Layers, Tensor? Real) Tokens(IReadOnlyDictionary<string, BatchField> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var (parts, masks) = (new List<List<Tensor>>(), new List<Tensor?>());
        foreach (var (modality, tower, _) in _towers)
        {
            if (!fields.TryGetValue(modality, out var field))
                continue;
            var sequence = tower.Embed(new Dictionary<string, BatchField> { [modality] = field });
            var layers = new List<Tensor>();
            var last = tower.Encode(sequence, layers);
            layers[^1] = last;
            parts.Add(layers.ConvertAll(tower.WithoutPrefix));
            masks.Add(sequence.Real);
        }

        if (parts.Count == 0)
            throw new ArgumentException($"the batch has {string.Join(", ", fields.Keys)}; these towers read {string.Join(", ", Modalities)}", nameof(fields));
        if (parts is [var only])
            return (only, masks[0]);
        var all = Enumerable.Range(0, Depth).Select(layer => Ops.Cat([.. parts.Select(part => part[layer])], 1)).ToArray();
        return masks.TrueForAll(mask => mask is null)
            ? (all, null)
            : (all, Ops.Cat([.. masks.Select((mask, k) => mask ?? Ops.Ones([parts[k][0].Size(0), parts[k][0].Size(1)], DType.Bool, parts[k][0].Device))], 1));
    }
}
