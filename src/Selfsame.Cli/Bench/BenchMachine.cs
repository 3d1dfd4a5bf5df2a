using System.Globalization;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Cli.Bench;

/// <summary>What explains figures: the machine, the versions, and how busy the machine was.</summary>
/// <param name="Version">Version of this program.</param>
/// <param name="LoadAverage">Mean number of runnable tasks over the last minute before and after; null where the system does not tell.</param>
/// <param name="Environment">Machine, libraries, and the commit that this program was built from.</param>
internal sealed record BenchMachine(string Version, IReadOnlyList<double>? LoadAverage, RunEnvironment Environment)
{
    /// <summary>Looks at the machine after a benchmark.</summary>
    /// <param name="before">Load before it, see <see cref="Load"/>.</param>
    /// <param name="peers">What peers ran on, by name; null for those that did not run.</param>
    public static BenchMachine Capture(double? before, IEnumerable<(string Name, string? Version)> peers)
    {
        var libraries = new Dictionary<string, string> { ["libtorch"] = TorchRuntime.Version };
        foreach (var (name, version) in peers)
        {
            if (version is not null)
                libraries[name] = version;
        }

        var environment = RunEnvironment.Capture(libraries);
        double[]? load = before is { } first && Load() is { } last ? [first, last] : null;
        return new(RootVerb.Version, load, environment with { Commit = BuildVersion.Commit ?? environment.Commit });
    }

    /// <summary>Mean number of runnable tasks over the last minute; null where the system does not tell.</summary>
    public static double? Load()
    {
        const string Source = "/proc/loadavg";
        return File.Exists(Source) ? double.Parse(File.ReadAllText(Source).Split(' ')[0], CultureInfo.InvariantCulture) : null;
    }
}
