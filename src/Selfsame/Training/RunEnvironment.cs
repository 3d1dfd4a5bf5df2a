using System.Globalization;
using System.Runtime.InteropServices;

namespace Selfsame.Training;

/// <summary>The hardware and software a run used: what explains its speed and its last digits.</summary>
public sealed record RunEnvironment
{
    /// <summary>Operating system with version.</summary>
    public required string Os { get; init; }

    /// <summary>Model of the processor; its architecture when the system doesn't tell the model.</summary>
    public required string Cpu { get; init; }

    /// <summary>What the processor offers to matrix kernels, such as <c>avx512</c>, <c>avx512_bf16</c>, <c>amx_bf16</c>; known on Linux only.</summary>
    public IReadOnlyList<string> CpuFeatures { get; init; } = [];

    /// <summary>Logical processors this process may use.</summary>
    public required int Cores { get; init; }

    /// <summary>Memory this process may use, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Version of .NET.</summary>
    public required string Dotnet { get; init; }

    /// <summary>Versions of native libraries, such as libtorch.</summary>
    public IReadOnlyDictionary<string, string> Libraries { get; init; } = new Dictionary<string, string>();

    /// <summary>Commit of the git work tree the run was started in; null when it is none.</summary>
    public string? Commit { get; init; }

    /// <summary>Looks at this machine.</summary>
    /// <param name="libraries">Versions of native libraries, by name.</param>
    /// <param name="folder">Folder the run was started in, for <see cref="Commit"/>; null: the current one.</param>
    public static RunEnvironment Capture(IReadOnlyDictionary<string, string>? libraries = null, string? folder = null)
    {
        var (cpu, features) = OperatingSystem.IsLinux() ? ParseCpuInfo(ReadOrEmpty("/proc/cpuinfo")) : (null, []);
        return new()
        {
            Os = OperatingSystemName(),
            Cpu = cpu ?? RuntimeInformation.ProcessArchitecture.ToString(),
            CpuFeatures = features,
            Cores = Environment.ProcessorCount,
            MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            Dotnet = Environment.Version.ToString(),
            Libraries = libraries ?? new Dictionary<string, string>(),
            Commit = GitCommit.Of(folder ?? Directory.GetCurrentDirectory()),
        };
    }

    /// <summary>Model and features out of the text of <c>/proc/cpuinfo</c>, x86 or Arm.</summary>
    internal static (string? Model, IReadOnlyList<string> Features) ParseCpuInfo(string text)
    {
        string? model = null;
        HashSet<string>? flags = null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var colon = line.IndexOf(':');
            if (colon < 0)
                continue;
            var key = line[..colon].Trim();
            var value = line[(colon + 1)..].Trim();
            if (key is "model name")
                model ??= value.ToString();
            else if (key is "flags" or "Features")
                flags ??= [.. value.ToString().Split(' ')];
        }

        List<string> features = [];
        foreach (var (name, flag) in Interesting)
        {
            if (flags?.Contains(flag) == true)
                features.Add(name);
        }
        return (model, features);
    }

    // Name shown, and the kernel's own name of it. Only what libtorch and oneDNN choose kernels by.
    private static readonly (string Name, string Flag)[] Interesting =
    [
        ("avx2", "avx2"), ("fma", "fma"), ("f16c", "f16c"), ("avx512", "avx512f"), ("avx512_vnni", "avx512_vnni"),
        ("avx512_bf16", "avx512_bf16"), ("avx512_fp16", "avx512_fp16"), ("amx_bf16", "amx_bf16"), ("amx_int8", "amx_int8"),
        ("neon", "asimd"), ("sve", "sve"), ("bf16", "bf16"), ("i8mm", "i8mm"),
    ];

    private static string OperatingSystemName()
    {
        foreach (var line in ReadOrEmpty("/etc/os-release").Split('\n'))
        {
            if (line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))
                return string.Create(CultureInfo.InvariantCulture, $"{line["PRETTY_NAME=".Length..].Trim('"')}, {RuntimeInformation.OSDescription}");
        }
        return RuntimeInformation.OSDescription;
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
