using Selfsame.Modalities;
using Selfsame.Torch;

namespace Selfsame.Models.FrontEnds;

// B samples, N tokens of the longest sample, D width, P values in a token.

/// <summary>Tokens of one modality.</summary>
/// <param name="Values">(B, N, D), positions added.</param>
/// <param name="Real">Which tokens are real, (B, N), bool; null where all are. The rest is padding, or belongs to samples that lack the modality.</param>
/// <param name="Targets">What the tokens were made of: (B, N, P) numbers, or (B, N) ids of a vocabulary, int64.</param>
public sealed record FrontEndTokens(Tensor Values, Tensor? Real, Tensor Targets);

/// <summary>Turns one modality of a batch into tokens. Another representation of a modality is another front end.</summary>
/// <remarks>Its head, <see cref="MakeHead"/>, is the way back from tokens to what they were made of.</remarks>
public abstract class FrontEnd : Module
{
    private readonly Parameter? _positions;
    private readonly TokenPlace[] _places;

    /// <summary>Makes the positions.</summary>
    /// <param name="name">The field of the batch that is read.</param>
    /// <param name="width">Width of a token.</param>
    /// <param name="positions">Learned, sine-cosine, or none: rotary positions are added in the attention.</param>
    /// <param name="places">Every place there can be, in the order of the tokens.</param>
    private protected FrontEnd(string name, int width, PositionKind positions, TokenPlace[] places)
    {
        (Name, Width, _places) = (name, width, places);
        _positions = positions switch
        {
            PositionKind.Learned => Trainable("pos_embed", Init.TruncatedNormal(0.02), 1, places.Length, width),
            PositionKind.Sincos => Buffer("pos_embed", Models.Positions.SinCos(width, TokenPlaces.Coordinates(places), places.Length)),
            _ => null,
        };
    }

    /// <summary>The field of the batch that is read; usually a modality.</summary>
    public string Name { get; }

    /// <summary>Width of a token.</summary>
    public int Width { get; }

    /// <summary>Every place there can be, in the order of the tokens; the longest sample fills them all.</summary>
    public IReadOnlyList<TokenPlace> Places => _places;

    /// <summary>Numbers P that a token is made of; 0 where tokens are ids of a vocabulary.</summary>
    public abstract int Values { get; }

    /// <summary>Size of the vocabulary; 0 where tokens are made of numbers.</summary>
    public virtual int Vocabulary => 0;

    /// <summary>Rows and columns of the grid that the tokens always form; 0 and 0 where they form none.</summary>
    public virtual (int Rows, int Columns) Grid => (0, 0);

    /// <summary>Tokens of a batch that has this modality.</summary>
    public FrontEndTokens Forward(BatchField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var tokens = Embed(field);
        return _positions is null ? tokens : tokens with { Values = tokens.Values + _positions.Value.Narrow(1, 0, tokens.Values.Size(1)) };
    }

    /// <summary>A layer from tokens of some width to what tokens of this front end are made of: P numbers, or scores over the vocabulary.</summary>
    public Linear MakeHead(long width) => new(width, Vocabulary > 0 ? Vocabulary : Values);

    /// <summary>How far a head's output is from what the tokens were made of, for each token.</summary>
    /// <param name="predicted">(B, N, P) or (B, N, vocabulary).</param>
    /// <param name="targets">See <see cref="FrontEndTokens.Targets"/>.</param>
    /// <returns>Mean squared error of the P numbers, or the cross-entropy in nats, (B, N), float32.</returns>
    public Tensor Error(Tensor predicted, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(targets);
        var (batch, count) = (predicted.Size(0), predicted.Size(1));
        return Vocabulary > 0
            ? -predicted.To(DType.Float32).LogSoftmax(-1).Gather(2, targets.Unsqueeze(-1)).Reshape([batch, count])
            : (predicted.To(DType.Float32) - targets).Square().Mean(-1, keepDim: false);
    }

    /// <summary>Tokens without positions.</summary>
    private protected abstract FrontEndTokens Embed(BatchField field);
}
