using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>A small supervised network whose features judge generated pictures (<c>frechet/small-convnet-1</c>). Pictures of any size become 32 x 32 first.</summary>
/// <remarks>
/// Four 3 x 3 convolutions (32, 64, 128, 128 channels; strides 2, 2, 1, 2), each with batch normalisation and ReLU, mean over places, linear classifier.
/// Features are the 128 means. Architecture and training are part of the protocol: a change of either is a new version.
/// </remarks>
internal sealed class JudgeNetwork : Module
{
    internal const int Width = 128;
    internal const int Side = 32;

    private static readonly (int Channels, int Stride)[] Layers = [(32, 2), (64, 2), (128, 1), (Width, 2)];

    private readonly Conv2d[] _convolutions = new Conv2d[Layers.Length];
    private readonly BatchNorm[] _norms = new BatchNorm[Layers.Length];
    private readonly Linear _head;

    /// <param name="channels">Channels of a picture.</param>
    /// <param name="classes">Classes it tells apart.</param>
    internal JudgeNetwork(int channels, int classes)
    {
        for (var k = 0; k < Layers.Length; k++)
        {
            var (width, stride) = Layers[k];
            _convolutions[k] = Child(FormattableString.Invariant($"conv{k}"), new Conv2d(channels, width, 3, stride, 1, bias: false));
            _norms[k] = Child(FormattableString.Invariant($"norm{k}"), new BatchNorm(width));
            channels = width;
        }

        _head = Child("head", new Linear(Width, classes));
    }

    /// <summary>Features of pictures.</summary>
    /// <param name="pictures">(B, C, H, W), 0..255.</param>
    /// <returns>(B, 128).</returns>
    internal Tensor Features(Tensor pictures)
    {
        var x = (pictures / 127.5) - 1.0;
        if (pictures.Size(2) != Side || pictures.Size(3) != Side)
            x = pictures.Size(2) > Side && pictures.Size(3) > Side ? x.AdaptiveAvgPool2d([Side, Side]) : x.UpsampleBilinear2d([Side, Side], false);
        for (var k = 0; k < Layers.Length; k++)
            x = _norms[k].Forward(_convolutions[k].Forward(x)).Relu();
        return x.Mean([2, 3]);
    }

    /// <summary>Class scores.</summary>
    /// <param name="pictures">(B, C, H, W), 0..255.</param>
    internal Tensor Classify(Tensor pictures) => _head.Forward(Features(pictures));
}
