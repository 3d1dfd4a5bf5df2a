using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>What diffusion transformers of several modalities share: time and label embedding, blocks, and the modulation of the last layer.</summary>
public sealed class DiffusionTrunk : Module
{
    private const int Frequencies = 256;

    /// <summary>Makes the parts.</summary>
    /// <param name="blocks">Shape of the blocks.</param>
    /// <param name="classes">Rows of the label table; 0 for no labels.</param>
    public DiffusionTrunk(TransformerSettings blocks, int classes)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        Time = Child("t_embedder", new TimeEmbedding(Frequencies, blocks.Width));
        if (classes > 0)
            Labels = Child("y_embedder", new LabelEmbedding(classes, blocks.Width));
        var conditioned = blocks with { Conditioned = true, Norm = NormKind.LayerPlain, Mlp = blocks.Mlp == MlpKind.Gelu ? MlpKind.GeluTanh : blocks.Mlp };
        Blocks = Child("blocks", new Transformer(conditioned, Init.XavierUniform));
        FinalModulation = new Modulation(blocks.Width, 2);
    }

    /// <summary>The blocks.</summary>
    public Transformer Blocks { get; }

    internal TimeEmbedding Time { get; }

    internal LabelEmbedding? Labels { get; }

    internal Modulation FinalModulation { get; }
}

/// <summary>Models of several modalities on one trunk: <c>shared.*</c>, then <c>image.*</c>, <c>audio.*</c> …, each with its own input layer, positions and output layer.</summary>
public sealed class DiffusionFamily : Module, IVelocityModel
{
    private readonly Dictionary<string, DiffusionTransformer> _members = [];

    /// <summary>Makes the family.</summary>
    /// <param name="members">Settings by modality; the blocks and classes of all must be the same.</param>
    public DiffusionFamily(IReadOnlyList<(string Modality, DiffusionTransformerSettings Settings)> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        if (members.Count == 0)
            throw new ArgumentException("a family needs at least one modality", nameof(members));
        var trunk = new DiffusionTrunk(members[0].Settings.Blocks, members[0].Settings.Classes);
        Child("shared", new Shared(trunk));
        (Blocks, Modalities) = (trunk.Blocks, [.. members.Select(member => member.Modality)]);
        foreach (var (modality, settings) in members)
        {
            if (settings.Blocks != members[0].Settings.Blocks || settings.Classes != members[0].Settings.Classes)
                throw new ArgumentException($"{modality} has other blocks or classes than {members[0].Modality}; a trunk is shared only by equals", nameof(members));
            _members.Add(modality, Child(modality, new DiffusionTransformer(settings with { Modality = modality }, trunk)));
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Modalities { get; }

    /// <inheritdoc/>
    public int Width => Blocks.Settings.Width;

    /// <inheritdoc/>
    public Transformer Blocks { get; }

    /// <summary>The model of one modality.</summary>
    /// <exception cref="KeyNotFoundException">The family has no such modality.</exception>
    public DiffusionTransformer this[string modality] =>
        _members.TryGetValue(modality, out var member)
            ? member
            : throw new KeyNotFoundException($"no model for {modality}; the family has {string.Join(", ", _members.Keys)}");

    private sealed class Shared : Module
    {
        internal Shared(DiffusionTrunk trunk)
        {
            foreach (var (name, child) in trunk.Children)
                Child(name, child);
            Child("final_layer", new Final(trunk.FinalModulation));
        }
    }

    private sealed class Final : Module
    {
        internal Final(Modulation modulation) => Child("adaLN_modulation", modulation);
    }
}
