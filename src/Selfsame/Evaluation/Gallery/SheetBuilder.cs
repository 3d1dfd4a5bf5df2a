using Selfsame.Torch;

namespace Selfsame.Evaluation.Gallery;

/// <summary>Files of figures while they are made: sheets of pictures by name.</summary>
public sealed class SheetBuilder
{
    private readonly Dictionary<string, byte[]> _files = [];

    /// <summary>PNG files by name.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => _files;

    /// <summary>Adds a sheet.</summary>
    /// <param name="name">Name of the sheet; <c>.png</c> is added.</param>
    /// <param name="pictures">(n, 1 or 3, height, width), 0..255.</param>
    /// <param name="columns">Pictures in a row.</param>
    public PictureSheet Add(string name, Tensor pictures, int columns)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var file = name + ".png";
        _files[file] = SampleGrid.Png(pictures, columns, gap: 0);
        var count = (int)pictures.Size(0);
        return new PictureSheet(file, columns, (count + columns - 1) / columns, (int)pictures.Size(3), (int)pictures.Size(2));
    }

    /// <summary>Adds a table.</summary>
    /// <param name="name">Key of the table.</param>
    /// <param name="columns">For each column its heading and its pictures, (n, 1 or 3, height, width), all of one size, 0..255.</param>
    public (PictureSheet Sheet, IReadOnlyList<string> Columns) AddTable(string name, IReadOnlyList<(string Heading, Tensor Pictures)> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        using var scope = Scope.Enter();
        var colours = columns.Select(column => column.Pictures.Expand([-1, 3, -1, -1])).ToArray();
        var all = Ops.Stack(colours, 1).Flatten(0, 1);
        return (Add(name, all, columns.Count), [.. columns.Select(column => column.Heading)]);
    }
}
