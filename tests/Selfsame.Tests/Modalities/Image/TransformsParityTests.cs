using Selfsame.Parity;
using Selfsame.Tests.Parity;

namespace Selfsame.Tests.Modalities.Image;

public sealed class TransformsParityTests
{
    public static TheoryData<string> Cases => [.. Directory.GetFiles(Path.Combine(ParityFiles.Root, "transforms"), "*.safetensors").Select(path => Path.GetFileName(path))];

    [Theory, MemberData(nameof(Cases))]
    public void Agrees_with_torchvision_and_Pillow(string file)
    {
        var result = Assert.Single(Verifier.Run([Path.Combine(ParityFiles.Root, "transforms", file)]));
        Assert.Null(result.Reason);
        Assert.True(result.Passed);
    }

    [Fact]
    public void All_twelve_cases_are_there() => Assert.Equal(12, Cases.Count);
}
