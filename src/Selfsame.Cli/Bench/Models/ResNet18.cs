using Selfsame.Torch;

namespace Selfsame.Cli.Bench.Models;

/// <summary>ResNet-18 with torchvision's names on 64 x 64 pictures of a thousand classes. He et al. 2015, https://arxiv.org/abs/1512.03385, table 1.</summary>
internal sealed class ResNet18 : PlainModel
{
    private const int Side = 64, Classes = 1000, Pictures = 32, Stem = 64;
    private static readonly (int Width, int Stride)[] s_blocks = [(64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)];

    private readonly Conv2d _conv1;
    private readonly BatchNorm _bn1;
    private readonly BasicBlock[] _blocks;
    private readonly Linear _fc;
    private readonly Tensor _pictures, _classes;

    /// <summary>Makes the network and its batch.</summary>
    public ResNet18()
    {
        _conv1 = Child("conv1", new Conv2d(3, Stem, 7, stride: 2, padding: 3, bias: false, channelsLast: true));
        _bn1 = Child("bn1", new BatchNorm(Stem));
        _blocks = new BasicBlock[s_blocks.Length];
        var inputs = Stem;
        for (var k = 0; k < s_blocks.Length; k++)
        {
            var (width, stride) = s_blocks[k];
            _blocks[k] = Child(FormattableString.Invariant($"layer{k / 2 + 1}.{k % 2}"), new BasicBlock(inputs, width, stride));
            inputs = width;
        }

        _fc = Child("fc", new Linear(inputs, Classes));
        using var generator = new Generator(0);
        _pictures = Constant(Ops.Empty([Pictures, 3, Side, Side]).UniformInPlace(-1, 1, generator));
        _classes = Constant(Tensor.From<long>([.. Enumerable.Range(0, Pictures).Select(k => k * 31L % Classes)]));
    }

    /// <inheritdoc/>
    public override int Batch => Pictures;

    /// <inheritdoc/>
    public override double Rate => 1e-3;

    /// <inheritdoc/>
    public override StepWork Work
    {
        get
        {
            var sum = new WorkSum();
            var (side, inputs) = (Side / 2, Stem);
            sum.Convolution(Pictures, side, 3, Stem, 7, inputGradient: false);
            side /= 2;
            foreach (var (width, stride) in s_blocks)
            {
                side /= stride;
                sum.Convolution(Pictures, side, inputs, width, 3);
                sum.Convolution(Pictures, side, width, width, 3);
                if (stride > 1)
                    sum.Convolution(Pictures, side, inputs, width, 1);
                inputs = width;
            }

            sum.Linear(Pictures, inputs, Classes, 1);
            return sum.Work();
        }
    }

    /// <inheritdoc/>
    public override Tensor Loss()
    {
        if (!LowPrecision.IsOn)
            return Logits().FusedCrossEntropy(_classes);
        Tensor logits;
        using (Autocast.Enter(Device))  // convolutions have no bfloat16 copy of their weights in the arena
            logits = Logits();
        return logits.FusedCrossEntropy(_classes);
    }

    private Tensor Logits()
    {
        // Channels last, as oneDNN's convolutions compute: libtorch keeps the layout from layer to layer, and nothing is turned on the way.
        var pictures = _pictures.Permute([0, 2, 3, 1]).Contiguous().Permute([0, 3, 1, 2]);
        var x = _bn1.Forward(_conv1.Forward(pictures)).ReluInPlace().MaxPool2d([3, 3], [2, 2], [1, 1]);
        foreach (var block in _blocks)
            x = block.Forward(x);
        return _fc.Forward(x.Mean([2, 3], keepdim: false));
    }

    // Two 3 x 3 convolutions, and a 1 x 1 one around them where the shape changes.
    private sealed class BasicBlock : Module
    {
        private readonly Conv2d _conv1, _conv2;
        private readonly BatchNorm _bn1, _bn2;
        private readonly Conv2d? _around;
        private readonly BatchNorm? _aroundNorm;

        public BasicBlock(int inputs, int width, int stride)
        {
            _conv1 = Child("conv1", new Conv2d(inputs, width, 3, stride, padding: 1, bias: false, channelsLast: true));
            _bn1 = Child("bn1", new BatchNorm(width));
            _conv2 = Child("conv2", new Conv2d(width, width, 3, padding: 1, bias: false, channelsLast: true));
            _bn2 = Child("bn2", new BatchNorm(width));
            if (stride == 1 && inputs == width)
                return;
            _around = Child("downsample.0", new Conv2d(inputs, width, 1, stride, bias: false, channelsLast: true));
            _aroundNorm = Child("downsample.1", new BatchNorm(width));
        }

        public Tensor Forward(Tensor x)
        {
            var branch = _bn2.Forward(_conv2.Forward(_bn1.Forward(_conv1.Forward(x)).ReluInPlace()));
            return branch.AddInPlace(_around is null ? x : _aroundNorm!.Forward(_around.Forward(x))).ReluInPlace();
        }
    }
}
