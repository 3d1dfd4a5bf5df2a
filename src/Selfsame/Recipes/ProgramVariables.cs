using System.Text.RegularExpressions;

namespace Selfsame.Recipes;

/// <summary>Environment variables with our prefix that are not settings of a recipe. Any other <c>SELFSAME_</c> variable is one, or a typing error.</summary>
public static partial class ProgramVariables
{
    /// <summary>What each of them does, by name.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new OrderedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["SELFSAME_CACHE"] = "folder where data sets are kept",
        ["SELFSAME_INSTRUCTIONS"] = "instruction set of our kernels: plain, avx2, avx512 or avx512_bf16",
        ["SELFSAME_MALLOC"] = "1: tensors take their memory from the system each time",
        ["SELFSAME_MEMORY_LIMIT"] = "the most bytes that all tensors may take together",
        ["SELFSAME_NATIVE"] = "the native library",
        ["SELFSAME_NO_SETUP"] = "1: install and build nothing",
        ["SELFSAME_TRACE"] = "1: print the stack trace of an error",
    };

    /// <summary>Whether a variable is none of a recipe's: one of ours, or one that a container platform makes for a service of our name.</summary>
    internal static bool Contains(string name) => All.ContainsKey(name) || Service().IsMatch(name);

    [GeneratedRegex(@"\ASELFSAME_(SERVICE_|PORT\z|PORT_)")]
    private static partial Regex Service();
}
