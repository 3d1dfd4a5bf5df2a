using Selfsame.Modalities.Text.Decoders;
using Selfsame.Modalities.Text.Models;
using Selfsame.Modalities.Text.Normalizers;
using Selfsame.Modalities.Text.PostProcessors;
using Selfsame.Modalities.Text.PreTokenizers;

namespace Selfsame.Modalities.Text;

/// <summary>What a <see cref="TextTokenizer"/> is made of, in the order in which a text meets it.</summary>
internal sealed record TokenizerParts(ITokenModel Model)
{
    public IReadOnlyList<AddedToken> Added { get; init; } = [];

    public INormalizer? Normalizer { get; init; }

    public IPreTokenizer? PreTokenizer { get; init; }

    public IPostProcessor? PostProcessor { get; init; }

    public IDecoder? Decoder { get; init; }

    public Truncation? Truncation { get; init; }

    public Padding? Padding { get; init; }
}
