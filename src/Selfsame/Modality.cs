namespace Selfsame;

/// <summary>Kinds of data: names of a data set's contents, of a recipe's input blocks, and of tensors in a batch.</summary>
public static class Modality
{
    /// <summary>Still pictures.</summary>
    public const string Image = "image";

    /// <summary>Sound.</summary>
    public const string Audio = "audio";

    /// <summary>Moving pictures.</summary>
    public const string Video = "video";

    /// <summary>Text: captions, documents, source code, sequences of letters of any alphabet.</summary>
    public const string Text = "text";

    /// <summary>Distances from the camera, a map for a picture.</summary>
    public const string Depth = "depth";

    /// <summary>All of them, in the order in which they are listed, read and put into a sequence. Prepared data counts on it: new ones come last.</summary>
    public static IReadOnlyList<string> All { get; } = [Image, Video, Audio, Text, Depth];

    internal static int IndexOf(string modality)
    {
        for (var k = 0; k < All.Count; k++)
            if (All[k] == modality)
                return k;
        throw new ArgumentOutOfRangeException(nameof(modality), modality, $"known: {string.Join(", ", All)}");
    }
}

/// <summary>Some of the modalities.</summary>
public readonly record struct ModalitySet
{
    internal ModalitySet(byte bits) => Bits = bits;

    /// <summary>Every modality.</summary>
    public static ModalitySet Everything { get; } = Of([.. Modality.All]);

    /// <summary>Pictures and nothing else.</summary>
    public static ModalitySet Images { get; } = Of(Modality.Image);

    /// <summary>None at all.</summary>
    public bool IsEmpty => Bits == 0;

    /// <summary>Their names, in the order of <see cref="Modality.All"/>.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var names = new List<string>();
            foreach (var name in Modality.All)
                if (Contains(name))
                    names.Add(name);
            return names;
        }
    }

    internal byte Bits { get; }

    /// <summary>A set of the named modalities.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A name is not known.</exception>
    public static ModalitySet Of(params ReadOnlySpan<string> names)
    {
        byte bits = 0;
        foreach (var name in names)
            bits |= (byte)(1 << Modality.IndexOf(name));
        return new(bits);
    }

    /// <summary>Whether a modality is among them.</summary>
    public bool Contains(string modality) => (Bits & (1 << Modality.IndexOf(modality))) != 0;

    /// <summary>Those of both.</summary>
    public static ModalitySet operator |(ModalitySet left, ModalitySet right) => new((byte)(left.Bits | right.Bits));

    /// <summary>Those that both have.</summary>
    public static ModalitySet operator &(ModalitySet left, ModalitySet right) => new((byte)(left.Bits & right.Bits));

    /// <inheritdoc/>
    public override string ToString() => IsEmpty ? "nothing" : string.Join(", ", Names);
}
