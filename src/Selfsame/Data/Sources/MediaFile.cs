namespace Selfsame.Data.Sources;

/// <summary>What a file is by its name.</summary>
internal static class MediaFile
{
    /// <summary>What is read, for messages.</summary>
    public const string Known = "picture (png, jpg, webp, gif, bmp, tif, svg), sound (wav, ogg, mp3, flac, opus, m4a), film (avi, mp4, mkv, webm, mov) or text (txt, md, source code)";

    private static readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> s_extensions = Table().GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The modality of a file; null for any other file.</summary>
    public static string? ModalityOf(ReadOnlySpan<char> name) =>
        Path.GetExtension(name) is { Length: > 1 } extension && s_extensions.TryGetValue(extension[1..], out var modality) ? modality : null;

    public static bool IsPicture(ReadOnlySpan<char> name) => ModalityOf(name) == Modality.Image;

    public static string WithoutExtension(string path) => path[..^Path.GetExtension(path.AsSpan()).Length];

    private static Dictionary<string, string> Table()
    {
        var table = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        Add(Modality.Image, "png", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "bmp", "tif", "tiff", "svg");
        Add(Modality.Audio, "wav", "ogg", "oga", "mp3", "flac", "opus", "m4a", "aac", "aif", "aiff", "wma");
        Add(Modality.Video, "avi", "mp4", "m4v", "mkv", "webm", "mov", "mpg", "mpeg", "ogv", "wmv");
        Add(Modality.Text, "txt", "text", "md", "rst", "tex", "py", "pyi", "cs", "c", "h", "cc", "cpp", "cxx", "hpp", "java", "kt", "js", "mjs", "jsx", "tsx",
            "go", "rs", "rb", "php", "pl", "sh", "swift", "scala", "hs", "lua", "r", "jl", "sql", "html", "htm", "css", "xml", "fs", "vb", "ml", "el", "lisp");
        return table;

        void Add(string modality, params ReadOnlySpan<string> extensions)
        {
            foreach (var extension in extensions)
                table.Add(extension, modality);
        }
    }
}
