namespace Selfsame.Data.Sources;

/// <summary>What counts as a picture by its name.</summary>
internal static class PictureFile
{
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> s_extensions =
        new HashSet<string>(["png", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "bmp", "tif", "tiff", "svg"], StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool IsPicture(ReadOnlySpan<char> name) =>
        Path.GetExtension(name) is { Length: > 1 } extension && s_extensions.Contains(extension[1..]);

    public static string WithoutExtension(string path) => path[..^Path.GetExtension(path.AsSpan()).Length];
}
