using Selfsame.Cli.Bench;
using Selfsame.Cli.Bench.Models;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Bench;

/// <summary>That the networks which are timed are the networks that they claim to be.</summary>
public sealed class PlainModelTests
{
    [Fact]
    public void ResNet_18_has_torchvisions_parameters()
    {
        using var model = new ResNet18();

        var names = model.Parameters().Select(parameter => parameter.FullName).ToArray();
        Assert.Equal(11_689_512, model.TrainableCount());  // as torchvision counts them
        foreach (var name in (string[])["conv1.weight", "bn1.running_mean", "layer1.0.conv1.weight", "layer2.0.downsample.0.weight", "layer4.1.bn2.bias", "fc.bias"])
            Assert.Contains(name, names);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Language_models_start_without_knowledge(bool causal)
    {
        using PlainModel model = causal ? new CausalLanguageModel() : new MaskedLanguageModel();
        model.Initialize(0);
        const int Block = 12 * ((12 * 384 * 384) + (13 * 384));  // 12 blocks of qkv, projection, MLP and two norms
        const int Tables = (8192 + 128) * 384;
        Assert.Equal(Block + Tables + (causal ? 2 * 384 : (2 * 384) + (2 * 384) + (384 * 384) + (3 * 384) + 8192), model.TrainableCount());
    }

    [Fact]
    public void A_step_lowers_the_loss_of_its_batch()
    {
        using var step = new PlainStep(new ResNet18(), new ComputePrecision(Low: false, Device.Cpu));

        var first = step.Run();
        step.Run();
        Assert.InRange(first, Math.Log(1000) - 0.5, Math.Log(1000) + 0.8);
        Assert.True(step.Run() < first);
    }
}
