namespace Selfsame.Data.Packages;

/// <summary>Whose client fetches a package.</summary>
internal enum PackageRegistry
{
    Npm,
    Debian,
}

/// <summary>A package in the version, and with the content, that the catalogue was made from.</summary>
/// <param name="Registry">Whose client fetches it.</param>
/// <param name="Name">Name of the package.</param>
/// <param name="Version">Exact version.</param>
/// <param name="Sha256">Hash of the archive, lower-case hexadecimal.</param>
/// <param name="Megabytes">Size of the archive, for messages.</param>
internal sealed record PackagePin(PackageRegistry Registry, string Name, string Version, string Sha256, int Megabytes);
