using Selfsame.Data;
using Selfsame.Data.Packages;
using Selfsame.Models;
using Selfsame.Training;

namespace Selfsame.Cli.Bench;

/// <summary>What <c>bench embed</c> and <c>bench start</c> read: weights of a small Vision Transformer, and a folder of pictures.</summary>
internal static class EmbedFiles
{
    /// <summary>Attention heads of the weights.</summary>
    public const int Heads = 6;

    private const int Side = 64, Patch = 16, Width = 384, Depth = 12;
    private const string Done = "complete";

    /// <summary>Writes weights under timm's names.</summary>
    /// <param name="path">The file.</param>
    public static void WriteWeights(string path)
    {
        using var model = new VisionTransformer(new()
        {
            ImageSize = (Side, Side),
            Patch = Patch,
            Blocks = new() { Width = Width, Depth = Depth, Heads = Heads },
        });
        model.Initialize(0);
        TensorFile.Save(path, [.. model.Parameters().Select(parameter => (parameter.FullName, parameter.Value))]);
    }

    /// <summary>A folder of PNG pictures out of the catalogue's emoji, in the cache; written on first use.</summary>
    /// <param name="count">Pictures; where there are fewer emoji they come again.</param>
    /// <param name="cancellation">Stops writing; the next call writes all of it anew.</param>
    /// <exception cref="DataSourceException">The emoji can't be had.</exception>
    public static async Task<string> PicturesAsync(int count, CancellationToken cancellation)
    {
        var root = Path.Combine(new DataOptions().CacheFolder, "bench", FormattableString.Invariant($"pictures-{count}"));
        var (folder, mark) = (Path.Combine(root, "pictures"), Path.Combine(root, Done));
        if (File.Exists(mark))
            return folder;
        Directory.CreateDirectory(folder);
        using var data = await Catalogue.OpenAsync("emoji", cancel: cancellation).ConfigureAwait(false);
        for (var k = 0; k < count; k++)
            await File.WriteAllBytesAsync(Path.Combine(folder, FormattableString.Invariant($"{k:000000}.png")), data.ReadBytes(k % data.Count, Modality.Image), cancellation).ConfigureAwait(false);
        await File.WriteAllTextAsync(mark, "", cancellation).ConfigureAwait(false);
        return folder;
    }

    /// <summary>How this program turns a folder into vectors.</summary>
    /// <param name="folder">Pictures.</param>
    /// <param name="weights">From <see cref="WriteWeights"/>.</param>
    /// <param name="output">File of the vectors; its ending picks the format.</param>
    public static (string File, string[] Arguments) OwnCommand(string folder, string weights, string output) => WholeProcess.Own(
        "embed", "--from", weights, "--data", folder, "--out", output, "--pooling", "class_token", "--heads", FormattableString.Invariant($"{Heads}"), "--batch", "128", "--overwrite"); // as many as the peer
}
