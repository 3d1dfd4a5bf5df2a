using Selfsame.Parity;
using Selfsame.Tests.Parity;

namespace Selfsame.Tests.Modalities.Audio;

public sealed class AudioParityTests
{
    private static readonly string[] s_cases = ["audio-transforms", "mel-front-ends", "griffin-lim", "audiomae/fbank.a.safetensors", "kmeans-units/mfcc.a.safetensors"];

    public static TheoryData<string> Cases => [.. s_cases.Select(name => Path.Combine(ParityFiles.Root, name))
        .SelectMany(path => Directory.Exists(path) ? Directory.GetFiles(path, "*.safetensors") : [path])
        .Select(path => Path.GetRelativePath(ParityFiles.Root, path))];

    [Theory, MemberData(nameof(Cases))]
    public void Agrees_with_torchaudio(string file)
    {
        var result = Assert.Single(Verifier.Run([Path.Combine(ParityFiles.Root, file)]));
        Assert.Null(result.Reason);
        Assert.True(result.Passed);
    }

    [Fact]
    public void All_twelve_cases_are_there() => Assert.Equal(12, Cases.Count);
}
