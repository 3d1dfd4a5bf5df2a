using System.Text;

namespace Selfsame.Models.Checkpoints;

/// <summary>What differs between a file and a model, as the three lists a person reads: + only in the file, − only in the model, ~ other shapes.</summary>
public sealed class WeightMismatch
{
    private const int Shown = 20;

    private readonly List<string> _extra = [], _missing = [], _shapes = [];
    private readonly List<string> _skips = [];

    /// <summary>Nothing differs.</summary>
    public bool IsEmpty => _extra.Count + _missing.Count + _shapes.Count == 0;

    /// <summary>Names that are only in the file, for advice.</summary>
    public IReadOnlyList<string> Extra => _skips;

    /// <summary>A tensor that the model has no place for.</summary>
    public void OnlyInFile(string name, IReadOnlyList<long> shape)
    {
        _extra.Add($"  + {name} ({string.Join(", ", shape)}) only in the file");
        _skips.Add(name);
    }

    /// <summary>A parameter that the file has no values for.</summary>
    public void OnlyInModel(string name, IReadOnlyList<long> shape) => _missing.Add($"  - {name} ({string.Join(", ", shape)}) only in the model");

    /// <summary>A tensor of another shape than the parameter's.</summary>
    public void OtherShape(string name, IReadOnlyList<long> file, IReadOnlyList<long> model) =>
        _shapes.Add($"  ~ {name} ({string.Join(", ", file)}) -> ({string.Join(", ", model)})");

    /// <summary>The lists, each line after a line end; long lists are cut and counted.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var list in (List<string>[])[_extra, _missing, _shapes])
        {
            foreach (var line in list.Take(Shown))
                text.Append('\n').Append(line);
            if (list.Count > Shown)
                text.Append($"\n  {list[0][2]} and {list.Count - Shown} more");
        }

        return text.ToString();
    }
}
