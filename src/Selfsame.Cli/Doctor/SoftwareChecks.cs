using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Selfsame.Cli.Doctor;

/// <summary>What is installed: .NET, libtorch and its BLAS, FFmpeg, the native library.</summary>
internal static partial class SoftwareChecks
{
    private const string SetUpFix = "./selfsame doctor, with SELFSAME_NO_SETUP unset, installs and builds it";

    private static readonly string[] s_includeFolders =
        ["/usr/include", $"/usr/include/{MultiArch}", "/usr/local/include", "/opt/homebrew/include"];

    private static string MultiArch => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";

    /// <summary>The runtime this process runs on.</summary>
    public static Check DotNet() => Check.Ok("dotnet", RuntimeInformation.FrameworkDescription);

    /// <summary>Loads <c>libselfsame</c>, and with it everything that it needs.</summary>
    /// <param name="path">Where it is expected; null where it was not found.</param>
    public static Check NativeLibrary(string? path)
    {
        const string Name = "native library";
        if (path is null)
            return new(Name, CheckState.Missing, "libselfsame.so was not found", SetUpFix);
        try
        {
            System.Runtime.InteropServices.NativeLibrary.Load(path);
            return Check.Ok(Name, path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            return new(Name, CheckState.Missing, $"{path} does not load: {FirstLine(exception.Message)}", $"rm -rf native/build && {SetUpFix}");
        }
    }

    /// <summary>Where the native library is: <c>SELFSAME_NATIVE</c>, beside this program, or <c>native/build</c> above it.</summary>
    public static string? FindNativeLibrary()
    {
        if (Environment.GetEnvironmentVariable("SELFSAME_NATIVE") is { Length: > 0 } chosen)
            return File.Exists(chosen) ? chosen : null;

        var file = OperatingSystem.IsMacOS() ? "libselfsame.dylib" : "libselfsame.so";
        if (File.Exists(Path.Combine(AppContext.BaseDirectory, file)))
            return Path.Combine(AppContext.BaseDirectory, file);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, "native", "build", file);
            if (File.Exists(built))
                return built;
        }

        return null;
    }

    /// <summary>Version of libtorch, from its headers.</summary>
    /// <param name="torchHome">Value of <c>TORCH_HOME</c>, or null for the one of the system.</param>
    public static Check LibTorch(string? torchHome)
    {
        var home = torchHome ?? "/usr";
        var header = Path.Combine(home, "include/torch/csrc/api/include/torch/version.h");
        if (File.Exists(header) && TorchVersion(File.ReadAllText(header)) is { } version)
            return Check.Ok("libtorch", $"{version} in {home}");
        return new("libtorch", CheckState.Missing, $"no {header}",
            torchHome is null ? "sudo apt-get install -y --no-install-recommends libtorch-dev libgloo-dev, or TORCH_HOME=/path" : "TORCH_HOME must name the folder that holds libtorch's include/ and lib/");
    }

    /// <summary>Reads major, minor and patch number out of <c>torch/version.h</c>.</summary>
    /// <returns>Such as <c>1.13.0</c>; null where the text has none.</returns>
    public static string? TorchVersion(string header)
    {
        var numbers = TorchVersionLine().Matches(header).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        return numbers.TryGetValue("MAJOR", out var major) && numbers.TryGetValue("MINOR", out var minor)
            ? $"{major}.{minor}.{numbers.GetValueOrDefault("PATCH", "0")}"
            : null;
    }

    /// <summary>Version of FFmpeg, from its headers.</summary>
    public static Check Ffmpeg()
    {
        foreach (var folder in s_includeFolders)
        {
            var header = Path.Combine(folder, "libavutil/ffversion.h");
            if (File.Exists(header) && FfmpegVersionLine().Match(File.ReadAllText(header)) is { Success: true } match)
                return Check.Ok("FFmpeg", match.Groups[1].Value);
        }

        return new("FFmpeg", CheckState.Missing, "no libavutil/ffversion.h",
            "sudo apt-get install -y --no-install-recommends libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libswresample-dev");
    }

    /// <summary>Which BLAS libtorch multiplies matrices with.</summary>
    /// <param name="torchHome">Value of <c>TORCH_HOME</c>, or null for the one of the system.</param>
    public static Check Blas(string? torchHome)
    {
        if (torchHome is not null)
            return Check.Ok("BLAS", "comes with the libtorch in TORCH_HOME");
        var link = new FileInfo($"/usr/lib/{MultiArch}/libblas.so.3");
        return BlasFrom(link.Exists ? link.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? link.FullName : null);
    }

    /// <summary>Judges a BLAS by the file that <c>libblas.so.3</c> leads to.</summary>
    /// <param name="target">Full path; null where there is none.</param>
    public static Check BlasFrom(string? target)
    {
        const string Fix = "sudo apt-get install -y --no-install-recommends libopenblas0-pthread";
        if (target is null)
            return new("BLAS", CheckState.Warn, "no libblas.so.3", Fix);
        if (target.Contains("openblas", StringComparison.Ordinal) || target.Contains("mkl", StringComparison.Ordinal) || target.Contains("blis", StringComparison.Ordinal))
            return Check.Ok("BLAS", target);

        var choose = string.Create(CultureInfo.InvariantCulture, $"sudo update-alternatives --auto libblas.so.3-{MultiArch}");
        return new("BLAS", CheckState.Warn, $"{target} is the reference BLAS, tens of times slower than OpenBLAS", $"{Fix} && {choose}");
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();

    [GeneratedRegex(@"#define\s+TORCH_VERSION_(MAJOR|MINOR|PATCH)\s+(\d+)")]
    private static partial Regex TorchVersionLine();

    [GeneratedRegex("#define\\s+FFMPEG_VERSION\\s+\"([^\"]+)\"")]
    private static partial Regex FfmpegVersionLine();
}
