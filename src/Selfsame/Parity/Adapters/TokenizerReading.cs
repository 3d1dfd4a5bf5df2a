using System.Text;

namespace Selfsame.Parity.Adapters;

/// <summary>Lists of texts and of numbers in parity files: all of them in one tensor, and where each begins in another.</summary>
internal static class TokenizerReading
{
    /// <summary>A recorded list of texts.</summary>
    internal static string[] Texts(this ParityCase c, string name)
    {
        var bytes = c.Bytes(name).ToArray();
        var offsets = c.Integers($"{name}_offsets");
        return [.. offsets.Skip(1).Select((end, i) => Encoding.UTF8.GetString(bytes, (int)offsets[i], (int)(end - offsets[i])))];
    }

    /// <summary>A recorded text.</summary>
    internal static string Text(this ParityCase c, string name) => Encoding.UTF8.GetString(c.Bytes(name));

    /// <summary>A recorded list of lists of numbers.</summary>
    internal static int[][] Lists(this ParityCase c, string name)
    {
        var values = c.Integers(name);
        var offsets = c.Integers($"{name}_offsets");
        return [.. offsets.Skip(1).Select((end, i) => Array.ConvertAll(values[(int)offsets[i]..(int)end], value => (int)value))];
    }

    /// <summary>Compares a list of texts.</summary>
    internal static void ExpectTexts(this ParityCase c, string name, IReadOnlyList<string> actual)
    {
        var bytes = actual.Select(Encoding.UTF8.GetBytes).ToArray();
        c.Expect(name, bytes.SelectMany(part => part).ToArray());
        c.Expect($"{name}_offsets", Offsets(bytes.Select(part => part.Length)));
    }

    /// <summary>Compares a list of lists of numbers.</summary>
    internal static void ExpectLists(this ParityCase c, string name, IReadOnlyList<int[]> actual)
    {
        c.Expect(name, actual.SelectMany(list => list).Select(value => (long)value).ToArray());
        c.Expect($"{name}_offsets", Offsets(actual.Select(list => list.Length)));
    }

    /// <summary>Compares numbers.</summary>
    internal static void ExpectNumbers(this ParityCase c, string name, IEnumerable<int> actual) => c.Expect(name, actual.Select(value => (long)value).ToArray());

    private static long[] Offsets(IEnumerable<int> lengths)
    {
        var offsets = new List<long> { 0 };
        foreach (var length in lengths)
            offsets.Add(offsets[^1] + length);
        return [.. offsets];
    }
}
