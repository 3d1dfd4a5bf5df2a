using Selfsame.Modalities.Media;

namespace Selfsame.Data.Packages;

/// <summary>How one public data set is made from registry packages.</summary>
internal abstract class CatalogueEntry
{
    /// <summary>Name in the catalogue.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, in a line.</summary>
    public abstract string Summary { get; }

    /// <summary>Column that is the natural label.</summary>
    public abstract string Label { get; }

    /// <summary>Raised whenever the same packages are prepared differently.</summary>
    public virtual int Revision => 1;

    /// <summary>Fetched side by side.</summary>
    public abstract IReadOnlyList<PackagePin> Packages { get; }

    /// <summary>How pictures are decoded before they are stored.</summary>
    public virtual ImageDecodeOptions Decode => ImageDecodeOptions.Default;

    /// <summary>Reads the archives (in the order of <see cref="Packages"/>) and writes samples.</summary>
    public abstract void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel);
}
