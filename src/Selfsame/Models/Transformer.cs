using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>A stack of blocks. ViT, DiT, BERT and GPT are this with different settings.</summary>
public sealed class Transformer : Module
{
    private readonly Block[] _blocks;
    private readonly RelativeBias? _relative;

    /// <summary>Makes the blocks, named 0, 1, 2 ….</summary>
    /// <param name="settings">Shape and options.</param>
    /// <param name="init">Start of the linear weights; timm's truncated normal when null.</param>
    public Transformer(TransformerSettings settings, Init? init = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        if (settings.RelativeBias is { Shared: true } grid)
            _relative = Child("rel_pos", new RelativeBias(grid, settings.Heads));
        _blocks = new Block[settings.Depth];
        for (var k = 0; k < _blocks.Length; k++)
            _blocks[k] = Child(k.ToString(System.Globalization.CultureInfo.InvariantCulture), new Block(settings, k, init));
    }

    /// <summary>Shape and options.</summary>
    public TransformerSettings Settings { get; }

    /// <summary>Runs the blocks.</summary>
    /// <param name="x">Tokens, (B, N, D).</param>
    /// <param name="context">Mask, positions, condition.</param>
    /// <param name="last">Run only blocks 1 … last; null runs all.</param>
    /// <param name="layers">When given, the tokens after each block are added to it.</param>
    /// <returns>Tokens after the last block run, (B, N, D).</returns>
    public Tensor Forward(Tensor x, BlockContext? context = null, int? last = null, IList<Tensor>? layers = null)
    {
        context = ForAll(x, context ?? BlockContext.None);
        var count = last ?? _blocks.Length;
        if (count < 0 || count > _blocks.Length)
            throw new ArgumentOutOfRangeException(nameof(last), last, $"the transformer has {_blocks.Length} blocks");
        for (var k = 0; k < count; k++)
        {
            x = Run(_blocks[k], x, context);
            layers?.Add(x);
        }

        return x;
    }

    // Without a backward pass nothing inside a block is needed after it, but what was asked for.
    private Tensor Run(Block block, Tensor x, BlockContext context)
    {
        if (context.Record is not null || (GradMode.IsEnabled && context.FeedForwards is not null))
            return block.Forward(x, context);
        if (GradMode.IsEnabled)
            return Settings.GradCheckpointing ? Checkpointed(block, x, context) : block.Forward(x, context);
        using var scope = Scope.Enter();
        var noted = context.FeedForwards?.Count ?? 0;
        var tokens = scope.MoveOut(block.Forward(x, context));
        for (; noted < context.FeedForwards?.Count; noted++)
            scope.MoveOut(context.FeedForwards[noted]);
        return tokens;
    }

    // Tensors of the context are inputs, so that the graph keeps them; draws lie in it as numbers and are the same again.
    private static Tensor Checkpointed(Block block, Tensor x, BlockContext context)
    {
        Tensor?[] beside = [context.Condition, context.Bias, context.Mask, context.Places, context.Group];
        return Recompute.Run(Again, block.Anchor, [x, .. beside.OfType<Tensor>()]);

        Tensor Again(Tensor[] inputs)
        {
            var next = 1;
            Tensor? Take(Tensor? before) => before is null ? null : inputs[next++];
            var own = context with { Condition = Take(context.Condition), Bias = Take(context.Bias), Mask = Take(context.Mask), Places = Take(context.Places), Group = Take(context.Group) };
            return block.Forward(inputs[0], own);
        }
    }

    // What is the same in all blocks is made once.
    private BlockContext ForAll(Tensor x, BlockContext context)
    {
        if (_relative is not null)
        {
            var bias = _relative.Forward();
            context = context with { Bias = context.Bias is null ? bias : context.Bias + bias };
        }

        if (Settings.Causal)
        {
            var earlier = Ops.Ones([1, 1, x.Size(1), x.Size(1)], DType.Bool, x.Device).Tril();
            context = context with { Mask = context.Mask is null ? earlier : context.Mask.LogicalAnd(earlier) };
        }

        return context;
    }
}
