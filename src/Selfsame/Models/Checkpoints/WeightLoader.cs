using System.Text.RegularExpressions;
using Selfsame.Torch;

namespace Selfsame.Models.Checkpoints;

/// <summary>How weights are loaded where they do not fit as they are.</summary>
public sealed record WeightLoading
{
    /// <summary>Names that are passed over, of the file or of the model; <c>*</c> stands for anything. What the model then lacks keeps its random start.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>Brings a tensor of another shape to the parameter's, such as a position table; null where it cannot.</summary>
    public Func<string, Tensor, Tensor?>? Fit { get; init; }

    /// <summary>Every parameter of the model must be in the file. Default true.</summary>
    public bool RequireAll { get; init; } = true;
}

/// <summary>What was loaded.</summary>
/// <param name="Loaded">Parameters and buffers that got values.</param>
/// <param name="LeftOut">Names of the file that were passed over: heads, decoders, and what was asked to be skipped.</param>
/// <param name="Kept">Parameters of the model that kept their start.</param>
/// <param name="Fitted">Parameters whose values were brought to another shape.</param>
public sealed record WeightReport(int Loaded, IReadOnlyList<string> LeftOut, IReadOnlyList<string> Kept, IReadOnlyList<string> Fitted);

/// <summary>Moves weights between files of public formats and our modules.</summary>
public static class WeightLoader
{
    /// <summary>Fills a module from a file; nothing is changed when it does not fit.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="module">What to fill; full names are taken from it as the root.</param>
    /// <param name="map">The file's names.</param>
    /// <param name="loading">What to do where it does not fit; null refuses.</param>
    /// <param name="what">What the module is, for the message: <c>encoder vit/b16</c>.</param>
    /// <exception cref="WeightsException">A name is only on one side, or a shape differs: the message has the +, − and ~ lists.</exception>
    public static WeightReport Load(IWeightFile file, Module module, KeyMap map, WeightLoading? loading = null, string what = "the model")
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(map);
        loading ??= new();
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var skip = loading.Skip.Select(Glob).ToArray();
        var prefix = map.PrefixIn(file);
        var names = file.Entries.ToDictionary(entry => map.Modern(entry.Name), entry => entry.Name, StringComparer.Ordinal);
        var left = file.Entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        var (mismatch, filled, kept, fitted) = (new WeightMismatch(), new List<(Tensor Target, Tensor Value)>(), new List<string>(), new List<string>());
        foreach (var parameter in module.Parameters())
        {
            var name = parameter.FullName;
            if (Skipped(name) || map.TheirsOf(name, prefix) is not var (rule, theirs) || !theirs.Any(their => names.TryGetValue(their.Name, out var real) && !Skipped(real)))
            {
                if (Skipped(name) || !loading.RequireAll || (map.TheirsOf(name, prefix) is { } known && known.Theirs.Any(their => Skipped(their.Name))))
                    kept.Add(name);
                else
                    mismatch.OnlyInModel(name, parameter.Value.Shape);
                continue;
            }

            left.ExceptWith(theirs.Select(their => names.GetValueOrDefault(their.Name, "")));
            if (Assemble(file, rule, theirs, names, mismatch) is not { } value)
                continue;
            if (!SameButOnes(value.Shape, parameter.Value.Shape))
            {
                if (loading.Fit?.Invoke(name, value) is not { } fit)
                {
                    mismatch.OtherShape(name, value.Shape, parameter.Value.Shape);
                    continue;
                }

                value = fit;
                fitted.Add(name);
            }

            filled.Add((parameter.Value, value));
        }

        var leftOut = new List<string>();
        foreach (var name in left.Where(name => !map.IsUnused(name, prefix)).Order(StringComparer.Ordinal))
        {
            _ = file.TryGet(name, out var entry);
            if (Skipped(name) || map.IsHead(name, prefix) || (map.OursOf(name, prefix) is var (ours, _, _) && Skipped(ours)))
                leftOut.Add(name);
            else
                mismatch.OnlyInFile(name, entry!.Value.Shape);
        }

        if (!mismatch.IsEmpty)
            throw new WeightsException($"Checkpoint {Path.GetFileName(file.Path)} ({map.Name} names) does not fit {what}: + only in the file, - only in the model, ~ shapes{mismatch}{Advice(mismatch, module)}");
        foreach (var (target, value) in filled)
            target.CopyFrom(value.View(target.Shape));
        return new WeightReport(filled.Count, leftOut, kept, fitted);

        bool Skipped(string name) => Array.Exists(skip, pattern => pattern.IsMatch(name));
    }

    /// <summary>A module's parameters and buffers under the names of a public format.</summary>
    /// <param name="module">The module.</param>
    /// <param name="map">The names.</param>
    /// <param name="prefix">Put before the encoder's names, see <see cref="KeyMap.Prefixes"/>.</param>
    /// <returns>Names and values; the values are the module's own or in the current scope.</returns>
    /// <exception cref="WeightsException">The format has no name for a parameter.</exception>
    public static IReadOnlyList<(string Name, Tensor Value)> Export(Module module, KeyMap map, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(map);
        using var guard = GradMode.Off();
        var all = new List<(string Name, Tensor Value)>();
        var strange = new List<string>();
        foreach (var parameter in module.Parameters())
        {
            if (map.TheirsOf(parameter.FullName, prefix) is not var (rule, theirs))
            {
                strange.Add(parameter.FullName);
                continue;
            }

            var value = parameter.Value.Detach();
            if (rule.Form == KeyForm.Transposed)
                value = value.T();
            var parts = theirs.Count == 1 ? [value] : value.Chunk(theirs.Count, 0);
            for (var k = 0; k < theirs.Count; k++)
            {
                if (!theirs[k].Optional)
                    all.Add((theirs[k].Name, parts[k].Contiguous()));
            }
        }

        return strange.Count == 0 ? all : throw new WeightsException($"the format {map.Name} has no name for {string.Join(", ", strange)}; choose another format, or switch the option off that these belong to");
    }

    // One parameter from its parts; a part that may be missing is zero.
    private static Tensor? Assemble(IWeightFile file, KeyRule rule, IReadOnlyList<(string Name, bool Optional)> theirs, Dictionary<string, string> names, WeightMismatch mismatch)
    {
        var parts = new Tensor?[theirs.Count];
        for (var k = 0; k < parts.Length; k++)
        {
            if (names.TryGetValue(theirs[k].Name, out var real))
                parts[k] = file.View(real).To(DType.Float32); // copied once, into the parameter
        }

        if (parts.FirstOrDefault(part => part is not null) is not { } pattern)
            return null;
        for (var k = 0; k < parts.Length; k++)
        {
            if (parts[k] is null && !theirs[k].Optional)
            {
                mismatch.OnlyInModel(theirs[k].Name, pattern.Shape);
                return null;
            }

            parts[k] ??= pattern.ZerosLike();
        }

        return rule.Form switch
        {
            KeyForm.Stacked => Ops.Cat(Array.ConvertAll(parts, part => part!), 0),
            KeyForm.Transposed => parts[0]!.T().Contiguous(),
            _ => parts[0],
        };
    }

    private static bool SameButOnes(ReadOnlySpan<long> a, ReadOnlySpan<long> b)
    {
        var (x, y) = (0, 0);
        while (true)
        {
            while (x < a.Length && a[x] == 1)
                x++;
            while (y < b.Length && b[y] == 1)
                y++;
            if (x == a.Length || y == b.Length)
                return x == a.Length && y == b.Length;
            if (a[x++] != b[y++])
                return false;
        }
    }

    private static string Advice(WeightMismatch mismatch, Module module)
    {
        var advice = "\nSkip names with from.skip";
        if (mismatch.Extra.Count > 0)
            advice += $": [\"{mismatch.Extra[0].Split('.')[0]}*\"]";
        if (module.Parameters().Any(parameter => parameter.Name == "pos_embed"))
            advice += "; fit positions to the new size with from.resample: true";
        return advice + ".";
    }

    private static Regex Glob(string pattern) =>
        new(@"\A" + Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal) + @"\z", RegexOptions.CultureInvariant);
}
