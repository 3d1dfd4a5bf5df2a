using System.Text;

namespace Selfsame.Recipes;

/// <summary>Turns the bytes of a recipe into text, or says what is wrong with them.</summary>
internal static class RecipeText
{
    /// <summary>Largest recipe in bytes; the longest of ours has a few thousand.</summary>
    public const int MaxBytes = 1 << 20;

    public static string? Read(string path, List<RecipeFault> faults)
    {
        var file = new ValueOrigin(OriginKind.Recipe, path);
        try
        {
            if (Directory.Exists(path))
            {
                faults.Add(new(file, "", "This is a folder; expected a recipe file"));
                return null;
            }
            // Read up to the limit rather than ask for the length, which a pipe does not have.
            using var stream = File.OpenRead(path);
            var bytes = new byte[MaxBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length <= MaxBytes)
                return Decode(bytes.AsSpan(0, length), path, faults);
            faults.Add(new(file, "", $"This file has more than {MaxBytes} bytes, which no recipe needs. Is it one?"));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            faults.Add(new(file, "", "There is no such file" + Hint(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new(file, "", $"This file can't be read: {e.Message}"));
        }
        return null;
    }

    public static string? Decode(ReadOnlySpan<byte> bytes, string path, List<RecipeFault> faults)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        var line = 1;
        for (var rest = bytes; rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf8(rest, out var rune, out var used) != System.Buffers.OperationStatus.Done)
            {
                faults.Add(new(new(OriginKind.Recipe, path, line), "", $"Byte 0x{rest[0]:X2} is not UTF-8. Save the file as UTF-8"));
                return null;
            }
            if (rune.Value == 0)
            {
                faults.Add(new(new(OriginKind.Recipe, path, line), "", "Byte 0x00 is in no text. Is this file a recipe?"));
                return null;
            }
            line += rune.Value == '\n' ? 1 : 0;
            rest = rest[used..];
        }
        return Encoding.UTF8.GetString(bytes);
    }

    private static string Hint(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
            return "";
        var names = Directory.EnumerateFiles(folder, "*.yaml").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);
        return Names.Nearest(Path.GetFileName(path), names) is { } near ? $". Did you mean {near}?" : "";
    }
}
