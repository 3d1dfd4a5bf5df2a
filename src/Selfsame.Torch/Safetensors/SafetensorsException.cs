namespace Selfsame.Torch.Safetensors;

/// <summary>A safetensors file is malformed, or is asked for something that it cannot give.</summary>
public sealed class SafetensorsException : Exception
{
    private const int LongestName = 200;

    /// <summary>Makes the message <c>path: tensor 'name': found …; expected …</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensor">The tensor concerned; null when the file as a whole is at fault.</param>
    /// <param name="found">What was found.</param>
    /// <param name="expected">What was expected instead.</param>
    /// <param name="inner">The cause, if another exception brought the fault to light.</param>
    public SafetensorsException(string path, string? tensor, string found, string expected, Exception? inner = null)
        : base($"{path}: {(tensor is null ? "" : $"tensor '{Printable(tensor)}': ")}found {found}; expected {expected}", inner) =>
        (Path, Tensor, Found, Expected) = (path, tensor, found, expected);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The tensor concerned; null when the file as a whole is at fault.</summary>
    public string? Tensor { get; }

    /// <summary>What was found.</summary>
    public string Found { get; }

    /// <summary>What was expected instead.</summary>
    public string Expected { get; }

    /// <summary>Text from a hostile file may be long or steer a terminal: shortened, without control characters.</summary>
    internal static string Printable(string text)
    {
        var part = text.Length <= LongestName ? text : string.Concat(text.AsSpan(0, LongestName), "…");
        return string.Create(part.Length, part, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) ? '?' : source[i];
        });
    }
}
