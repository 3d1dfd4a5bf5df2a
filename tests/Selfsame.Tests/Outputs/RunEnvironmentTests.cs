using Selfsame.Training;

namespace Selfsame.Tests.Outputs;

public class RunEnvironmentTests
{
    [Fact]
    public void Reads_an_x86_processor()
    {
        var (model, features) = RunEnvironment.ParseCpuInfo("""
            processor	: 0
            model name	: Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz
            flags		: fpu sse2 fma f16c avx2 avx512f avx512_bf16 avx512_vnni amx_bf16 amx_tile amx_int8

            processor	: 1
            model name	: Another
            flags		: fpu
            """);
        Assert.Equal("Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", model);
        Assert.Equal(["avx2", "fma", "f16c", "avx512", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8"], features);
    }

    [Fact]
    public void Reads_an_Arm_processor()
    {
        var (model, features) = RunEnvironment.ParseCpuInfo("processor\t: 0\nFeatures\t: fp asimd sve bf16 i8mm\nCPU part\t: 0xd40\n");
        Assert.Null(model);
        Assert.Equal(["neon", "sve", "bf16", "i8mm"], features);
    }

    [Fact]
    public void Looks_at_this_machine()
    {
        using var folder = new TemporaryFolder();
        var seen = RunEnvironment.Capture(new Dictionary<string, string> { ["libtorch"] = "1.13.1" }, folder.Path);
        Assert.NotEmpty(seen.Os);
        Assert.NotEmpty(seen.Cpu);
        Assert.Equal(Environment.ProcessorCount, seen.Cores);
        Assert.True(seen.MemoryBytes > 64 << 20);
        Assert.StartsWith("10.", seen.Dotnet, StringComparison.Ordinal);
        Assert.Equal("1.13.1", seen.Libraries["libtorch"]);
        Assert.Null(seen.Commit);
    }

    [Fact]
    public void Finds_the_commit_of_every_kind_of_work_tree()
    {
        const string a = "00112233445566778899aabbccddeeff00112233", b = "ffeeddccbbaa99887766554433221100ffeeddcc";
        using var folder = new TemporaryFolder();
        Write(".git/HEAD", "ref: refs/heads/main\n");
        Assert.Null(GitCommit.Of(folder.Path));                              // nothing committed yet
        Write(".git/packed-refs", $"# pack-refs with: peeled\n{b} refs/heads/other\n{a} refs/heads/main\n");
        Directory.CreateDirectory(folder["sub/deeper"]);
        Assert.Equal(a, GitCommit.Of(folder["sub/deeper"]));
        Write(".git/refs/heads/main", b + "\n");                             // newer than the packed one
        Assert.Equal(b, GitCommit.Of(folder.Path));
        Write(".git/HEAD", a + "\n");                                        // detached
        Assert.Equal(a, GitCommit.Of(folder.Path));
        Write(".git/worktrees/second/HEAD", "ref: refs/heads/main\n");       // an additional work tree
        Write(".git/worktrees/second/commondir", "../..\n");
        Write("second/.git", $"gitdir: {folder[".git/worktrees/second"]}\n");
        Assert.Equal(b, GitCommit.Of(folder["second"]));

        void Write(string name, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
            File.WriteAllText(folder[name], text);
        }
    }
}
