using Selfsame.Modalities;
using Selfsame.Objectives;
using Selfsame.Objectives.Contrast;
using Selfsame.Objectives.Generation;
using Selfsame.Objectives.Latents;
using Selfsame.Objectives.Reconstruction;
using Selfsame.Recipes;

namespace Selfsame.Cli.Bench;

/// <summary>Which of a linear layer's three matrix products: x Wᵀ, dy W, or dyᵀ x.</summary>
internal enum ProductKind
{
    /// <summary>y = x Wᵀ.</summary>
    Forward,

    /// <summary>dx = dy W.</summary>
    InputGradient,

    /// <summary>dW = dyᵀ x.</summary>
    WeightGradient,
}

/// <summary>One matrix product of a linear layer, and how often a step computes it.</summary>
/// <param name="Kind">Which of the three.</param>
/// <param name="Rows">Rows of x.</param>
/// <param name="Inputs">Columns of x.</param>
/// <param name="Outputs">Rows of W.</param>
/// <param name="Times">How often in one step.</param>
internal readonly record struct Product(ProductKind Kind, long Rows, long Inputs, long Outputs, int Times)
{
    /// <summary>Floating-point operations of all of them; a multiplication and its addition count as two.</summary>
    public double Flops => 2.0 * Rows * Inputs * Outputs * Times;
}

/// <summary>The matrix products that one training step cannot do without; everything else (norms, activations, optimizer) counts as nothing.</summary>
/// <remarks>
/// With T tokens in a batch, N in a sample, width D and MLP ratio 4, a block costs 24 T D² + 4 T N D forward: qkv, projection and MLP take
/// 2 T D (3 D + D + 4 D + 4 D), the scores and the mixing of attention 2 T N D each. The backward pass costs twice that, since each product has
/// two gradients; layers that read the data itself need only the one of their weight. Modulations count once for each distinct noise level.
/// </remarks>
/// <param name="Blocks">Products of the linear layers on tokens, or of the convolutions, at whose shapes the machine's limit is measured.</param>
/// <param name="Other">FLOPs of everything else: attention, embeddings, modulation.</param>
internal sealed record StepWork(IReadOnlyList<Product> Blocks, double Other)
{
    /// <summary>Floating-point operations of one step.</summary>
    public double Flops => Blocks.Sum(product => product.Flops) + Other;

    /// <summary>Counts a recipe's step.</summary>
    /// <param name="recipe">Of a system that the benchmark knows.</param>
    /// <param name="model">Sizes that the data decides.</param>
    /// <exception cref="NotSupportedException">The benchmark does not know the system.</exception>
    public static StepWork Of(Recipe recipe, ModelContext model) => recipe.Objective switch
    {
        SelfFlowSettings settings => SelfFlow(settings, model, recipe.Batch),
        MaskedAutoencoderSettings settings => MaskedAutoencoder(settings, model, recipe.Batch),
        Data2VecSettings => Data2Vec(model, recipe.Batch),
        ClipSettings settings => Clip(settings, model, recipe.Batch),
        _ => throw new NotSupportedException($"the work of a step of {recipe.System} is not counted yet; bench train knows self-flow, mae, data2vec and clip"),
    };

    private static StepWork SelfFlow(SelfFlowSettings settings, ModelContext model, long batch)
    {
        var network = model.DiffusionTransformer();
        var (width, depth) = (network.Blocks.Width, network.Blocks.Depth);
        var tokens = (long)network.Grid.Rows * network.Grid.Columns;
        var (rows, levels, loss) = (batch * tokens, batch * (settings.DualNoise ? 2 : 1), settings.Loss(depth));
        var teacher = settings.Gamma > 0 ? loss.TeacherLayer : 0;
        var sum = new WorkSum();
        sum.Blocks(rows, tokens, width, depth, teacher);
        sum.Linear(rows, network.TokenWidth, width, 1, inputGradient: false);
        sum.Linear(rows, width, network.TokenWidth, 1);
        sum.Linear(levels, 256, width, 1, inputGradient: false);
        sum.Linear(levels, width, width, 1);
        sum.Linear(levels, width, 6L * width, depth);
        sum.Linear(levels, width, 2L * width, 1);
        if (teacher > 0)
        {
            sum.Linear(rows, width, 2L * width, 1);
            sum.Linear(rows, 2L * width, width, 1);
            sum.Forward(rows, network.TokenWidth, width, 1);
            sum.Forward(batch, 256, width, 1);
            sum.Forward(batch, width, width, 1);
            sum.Forward(batch, width, 6L * width, teacher);
        }

        return sum.Work();
    }

    private static StepWork MaskedAutoencoder(MaskedAutoencoderSettings settings, ModelContext model, long batch)
    {
        var network = model.VisionTransformer();
        var patches = (long)network.Grid.Rows * network.Grid.Columns;
        var seen = (long)(patches * (1 - settings.MaskRatio));
        var values = (long)network.Patch * network.Patch * network.Channels;
        var (width, narrow) = (network.Blocks.Width, settings.Decoder.Width);
        var sum = new WorkSum();
        sum.Blocks(batch * (network.Prefix + seen), network.Prefix + seen, width, network.Blocks.Depth, 0);
        sum.Blocks(batch * (network.Prefix + patches), network.Prefix + patches, narrow, settings.Decoder.Depth, 0);
        sum.Linear(batch * seen, values, width, 1, inputGradient: false);
        sum.Linear(batch * (network.Prefix + seen), width, narrow, 1);
        sum.Linear(batch * patches, narrow, values, 1);
        return sum.Work();
    }

    // Without a head.
    private static StepWork Data2Vec(ModelContext model, long batch)
    {
        var network = model.VisionTransformer();
        var patches = (long)network.Grid.Rows * network.Grid.Columns;
        var sum = new WorkSum();
        sum.Blocks(batch * (network.Prefix + patches), network.Prefix + patches, network.Blocks.Width, network.Blocks.Depth, network.Blocks.Depth);
        sum.Linear(batch * patches, (long)network.Patch * network.Patch * network.Channels, network.Blocks.Width, 1, inputGradient: false);
        return sum.Work();
    }

    // The last block counts whole, though behind its attention only the class token is wanted.
    private static StepWork Clip(ClipSettings settings, ModelContext model, long batch)
    {
        var network = model.MultiModal();
        var (width, prefix) = (network.Blocks.Width, network.ClassToken ? 1 : 0);
        var patches = (long)model.Grid.Rows * model.Grid.Columns;
        var sum = new WorkSum();
        sum.Linear(batch * patches, (long)network.Patch * network.Patch * model.Channels, width, 1, inputGradient: false);
        foreach (var tokens in new[] { patches, model.Input<TextShape>().MaxLength })
        {
            sum.Blocks(batch * (prefix + tokens), prefix + tokens, width, network.Blocks.Depth, 0);
            sum.Linear(batch, width, settings.EmbedDim, 1);
        }

        sum.Linear(batch, settings.EmbedDim, batch, 1);
        return sum.Work();
    }
}
