using System.Globalization;
using Selfsame.Modalities;
using Selfsame.Modalities.Audio;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Text;
using Selfsame.Modalities.Video;
using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>Samples of a run as things that people can look at, listen to and read.</summary>
/// <param name="data">How the run reads its data.</param>
/// <param name="range">Mean and deviation that pictures and films are normalised with, on values in 0..1.</param>
/// <param name="tokenizer">Turns tokens back into text; null where the run reads none.</param>
public sealed class SampleExhibit(DataSettings data, (double Mean, double Deviation) range, ITokenizer? tokenizer)
{
    private const double UsualRate = 8;

    private readonly KaldiInversion? _sound = data.Audio is { Features: AudioFeatures.FilterBank } audio ? new(new() { SampleRate = audio.SampleRate, Bins = audio.Bins }) : null;

    /// <summary>Writes samples into a folder: <c>000000.png</c>, <c>.webp</c>, <c>.wav</c> with a picture of its spectrum, <c>.txt</c>.</summary>
    /// <param name="made">Samples.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="first">Number of the first.</param>
    /// <param name="most">At most so many.</param>
    /// <returns>How many samples were written.</returns>
    public int Write(Batch made, string folder, int first = 0, int most = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(made);
        Directory.CreateDirectory(folder);
        var count = (int)Math.Min(most, made.Count);
        for (var k = 0; k < count; k++)
        {
            var path = Path.Combine(folder, (first + k).ToString("D6", CultureInfo.InvariantCulture));
            foreach (var (modality, field) in made.Fields)
            {
                using var scope = Scope.Enter();
                foreach (var (ending, content) in Files(modality, field, k))
                    AtomicFile.Write(path + ending, content);
            }
        }

        return count;
    }

    /// <summary>Samples of one modality as one picture: pictures in a grid, films as rows of frames, sounds as spectra; null for text.</summary>
    /// <param name="modality">The modality.</param>
    /// <param name="field">Samples.</param>
    public byte[]? Sheet(string modality, BatchField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        using var scope = Scope.Enter();
        switch (modality)
        {
            case Modality.Image:
                return SampleGrid.Png(Pixels(field.Values));
            case Modality.Video:
                var (count, frames) = (Math.Min(8, field.Values.Size(0)), field.Values.Size(2));
                var stills = field.Values.Narrow(0, 0, count).Transpose(1, 2).Reshape([count * frames, field.Values.Size(1), field.Values.Size(3), field.Values.Size(4)]);
                return SampleGrid.Png(Pixels(stills), (int)frames);
            case Modality.Audio when field.Values.Dimensions == 3:
                var planes = field.Values.Narrow(0, 0, Math.Min(16, field.Values.Size(0))).Transpose(1, 2).Flip([1]).Unsqueeze(1);
                return SampleGrid.Png((((planes + 1.0) / 2) * 255.0).Clamp(0.0, 255.0), 4);
            default:
                return null;
        }
    }

    /// <summary>A text of a batch.</summary>
    /// <param name="field">Ids.</param>
    /// <param name="k">Which sample.</param>
    public string Text(BatchField field, int k)
    {
        ArgumentNullException.ThrowIfNull(field);
        using var scope = Scope.Enter();
        var length = field.Lengths is { } lengths ? (int)lengths.ToArray<long>()[k] : (int)field.Values.Size(1);
        return tokenizer!.Decode(Array.ConvertAll(field.Values.Select(0, k).Contiguous().ToArray<long>(), id => (int)id).AsSpan(0, length));
    }

    /// <summary>A film of a batch as an animated WebP.</summary>
    /// <param name="field">Films, (B, C, frames, H, W).</param>
    /// <param name="k">Which sample.</param>
    public byte[] Film(BatchField field, int k)
    {
        ArgumentNullException.ThrowIfNull(field);
        using var scope = Scope.Enter();
        var pixels = Pixels(field.Values.Select(0, k).Transpose(0, 1)).Permute([0, 2, 3, 1]).Contiguous();
        var (frames, height, width, channels) = ((int)pixels.Size(0), (int)pixels.Size(1), (int)pixels.Size(2), (int)pixels.Size(3));
        var values = pixels.ToArray<float>();
        var pictures = new ImageBuffer[frames];
        for (var t = 0; t < frames; t++)
        {
            pictures[t] = new ImageBuffer(height, width);
            var target = pictures[t].Pixels;
            for (var n = 0; n < height * width * 3; n++)
                target[n] = (byte)MathF.Round(values[(((t * height * width) + (n / 3)) * channels) + Math.Min(n % 3, channels - 1)]);
        }

        try
        {
            return VideoWriter.Encode(pictures, data.Video?.FramesPerSecond ?? UsualRate);
        }
        finally
        {
            Array.ForEach(pictures, picture => picture.Dispose());
        }
    }

    private IEnumerable<(string Ending, byte[] Content)> Files(string modality, BatchField field, int k)
    {
        switch (modality)
        {
            case Modality.Image:
                yield return (".png", SampleGrid.Png(Pixels(field.Values.Narrow(0, k, 1))));
                break;
            case Modality.Video:
                yield return (".webp", Film(field, k));
                break;
            case Modality.Audio when _sound is not null:
                yield return (".wav", Sound(field, k));
                yield return (".spectrum.png", Sheet(modality, new(field.Values.Narrow(0, k, 1)))!);
                break;
            case Modality.Text:
                yield return (".txt", System.Text.Encoding.UTF8.GetBytes(Text(field, k) + "\n"));
                break;
        }
    }

    private byte[] Sound(BatchField field, int k)
    {
        var audio = data.Audio!;
        var energies = ((field.Values.Select(0, k) * (2 * audio.Std)) + audio.Mean).Contiguous().ToArray<float>();
        return WavFile.Encode(_sound!.Apply(energies), 1, audio.SampleRate);
    }

    private Tensor Pixels(Tensor values) => SampleGrid.ToPixels(values, range);
}
