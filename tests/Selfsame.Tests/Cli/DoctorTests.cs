using System.Text.Json;
using Selfsame.Cli;
using Selfsame.Cli.Doctor;
using Selfsame.Cli.Verbs;
using Spectre.Console;

namespace Selfsame.Tests.Cli;

public sealed class DoctorTests
{
    [Fact]
    public async Task Json_names_state_and_fix_of_each_check()
    {
        var run = await CliRun.OfAsync("doctor", "--json");

        using var json = JsonDocument.Parse(run.Output);
        var ok = json.RootElement.GetProperty("ok").GetBoolean();
        var checks = json.RootElement.GetProperty("checks").EnumerateArray().ToList();
        Assert.Equal(ok ? ExitCodes.Done : ExitCodes.Failed, run.ExitCode);
        Assert.Equal(
            ["dotnet", "libtorch", "BLAS", "FFmpeg", "native library", "processor", "cores", "threads", "memory", "disk for data", "disk for runs", "GPU", "npm", "apt", "browser"],
            checks.Select(check => check.GetProperty("name").GetString()));
        Assert.Equal(ok, checks.TrueForAll(check => check.GetProperty("state").GetString() != "missing"));
        Assert.All(checks, check =>
        {
            Assert.Contains(check.GetProperty("state").GetString(), (string?[])["ok", "warn", "missing"]);
            Assert.NotEmpty(check.GetProperty("found").GetString()!);
            Assert.Equal(check.GetProperty("state").GetString() == "ok", check.GetProperty("fix").ValueKind == JsonValueKind.Null);
        });
    }

    [Fact]
    public void The_text_ends_in_what_to_do()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No });
        console.Profile.Width = 80;

        DoctorVerb.Write(DoctorReport.From([Check.Ok("cores", "8"), new("FFmpeg", CheckState.Missing, "no [header]", "install it")]), console);

        Assert.Equal(
            ["ok      cores  8", "missing FFmpeg no [header]", "FFmpeg: install it", ""],
            output.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()));
    }

    [Fact]
    public void Only_what_is_missing_fails()
    {
        Assert.True(DoctorReport.From([Check.Ok("a", "1"), new("b", CheckState.Warn, "2", "fix")]).Ok);
        Assert.False(DoctorReport.From([Check.Ok("a", "1"), new("b", CheckState.Missing, "2", "fix")]).Ok);
    }

    [Theory]
    [InlineData("#define TORCH_VERSION_MAJOR 1\n\n#define TORCH_VERSION_MINOR 13\n#define TORCH_VERSION_PATCH 0\n", "1.13.0")]
    [InlineData("#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 10\n", "2.10.0")]
    [InlineData("nothing", null)]
    public void The_version_of_libtorch_is_read(string header, string? version) => Assert.Equal(version, SoftwareChecks.TorchVersion(header));

    [Fact]
    public void A_wrong_torch_home_says_what_it_must_be()
    {
        var check = SoftwareChecks.LibTorch("/no/such/folder");

        Assert.Equal(new Check(
            "libtorch", CheckState.Missing, "no /no/such/folder/include/torch/csrc/api/include/torch/version.h",
            "TORCH_HOME must name the folder that holds libtorch's include/ and lib/"), check);
    }

    [Theory]
    [InlineData("/usr/lib/x86_64-linux-gnu/openblas-pthread/libblas.so.3", CheckState.Ok)]
    [InlineData("/usr/lib/x86_64-linux-gnu/blas/libblas.so.3.11.0", CheckState.Warn)]
    [InlineData(null, CheckState.Warn)]
    public void The_slow_blas_is_noticed(string? target, object state) => Assert.Equal(state, SoftwareChecks.BlasFrom(target).State);

    [Fact]
    public void A_library_that_does_not_load_is_missing()
    {
        var check = SoftwareChecks.NativeLibrary("/no/such/libselfsame.so");

        Assert.Equal(CheckState.Missing, check.State);
        Assert.StartsWith("/no/such/libselfsame.so does not load: ", check.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flags : fpu avx avx2 fma", "AVX2; fp32 by default, as bf16 is slow here")]
    [InlineData("flags : avx2 avx512f avx512_bf16 amx_bf16", "AVX2, AVX-512, AVX512-BF16, AMX; bf16 by default")]
    [InlineData("flags : fpu avx", "no AVX2: training will be slow")]
    public void The_processor_decides_the_precision(string flags, string found) => Assert.Equal(found, HardwareChecks.ProcessorFrom(flags).Found);

    [Fact]
    public void Little_memory_and_little_disk_warn()
    {
        Assert.Equal(Check.Ok("memory", "4.0 GiB"), HardwareChecks.MemoryFrom(4L << 30));
        Assert.Equal(CheckState.Warn, HardwareChecks.MemoryFrom((4L << 30) - 1).State);
        Assert.Equal(Check.Ok("disk", "5.0 GiB free for /c"), HardwareChecks.DiskFrom("disk", 5L << 30, "/c"));
        Assert.Equal(CheckState.Warn, HardwareChecks.DiskFrom("disk", (5L << 30) - 1, "/c").State);
    }

    [Fact]
    public void Few_threads_and_missing_package_managers_warn()
    {
        Assert.Equal(CheckState.Ok, HardwareChecks.Threads(null, 4).State);
        Assert.Equal(CheckState.Ok, HardwareChecks.Threads("4", 4).State);
        Assert.StartsWith("OMP_NUM_THREADS is 1, and there are 4 cores", HardwareChecks.Threads("1", 4).Found, StringComparison.Ordinal);
        Assert.Equal([CheckState.Warn, CheckState.Warn, CheckState.Ok], ToolChecks.From(_ => null).Select(check => check.State));
        Assert.Equal([Check.Ok("npm", "/b/npm"), Check.Ok("apt", "/b/apt-get"), Check.Ok("browser", "/b/chromium")], ToolChecks.From(name => $"/b/{name}"));
    }

    [Fact]
    public void A_gpu_needs_a_libtorch_that_can_use_it()
    {
        Assert.Equal(CheckState.Ok, HardwareChecks.GpuFrom(null, cudaLibTorch: false).State);
        Assert.Equal(Check.Ok("GPU", "H100, 81559 MiB"), HardwareChecks.GpuFrom("H100, 81559 MiB", cudaLibTorch: true));
        Assert.Equal(
            new Check("GPU", CheckState.Warn, "H100, unused: this libtorch is built without CUDA", "TORCH_HOME=/path of a CUDA build of libtorch"),
            HardwareChecks.GpuFrom("H100", cudaLibTorch: false));
    }
}
