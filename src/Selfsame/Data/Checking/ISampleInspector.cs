namespace Selfsame.Data.Checking;

/// <summary>Looks into the samples of one modality. Safe from any thread.</summary>
internal interface ISampleInspector
{
    /// <summary>What it is called in a report: image, audio, video.</summary>
    string Modality { get; }

    /// <summary>Whether a file that begins so is for this inspector.</summary>
    bool Accepts(ReadOnlySpan<byte> file);

    /// <summary>Reads one sample. What cannot be read is not an exception here but <see cref="SampleFacts.Problem"/>.</summary>
    /// <param name="file">The encoded sample.</param>
    /// <param name="facts">Receives what was found; format, length and hash of the file are there already.</param>
    /// <param name="sketch">Receives a small picture of the content, (<see cref="PictureSketch.Length"/>); left as it is where there is none.</param>
    /// <returns>Whether <paramref name="sketch"/> was filled.</returns>
    bool Inspect(ReadOnlySpan<byte> file, ref SampleFacts facts, Span<byte> sketch);
}

/// <summary>The inspectors there are; a further modality is one more line.</summary>
internal static class SampleInspectors
{
    private static readonly ISampleInspector[] s_all = [new PictureInspector()];

    /// <summary>The inspector for a file; the first where none accepts it, so that its reason is reported.</summary>
    public static ISampleInspector For(ReadOnlySpan<byte> file)
    {
        foreach (var inspector in s_all)
            if (inspector.Accepts(file))
                return inspector;
        return s_all[0];
    }
}
