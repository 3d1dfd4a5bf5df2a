using System.Globalization;
using Selfsame.Torch;

namespace Selfsame.Models;

/// <summary>Settings of a <see cref="GumbelQuantizer"/>.</summary>
public sealed record GumbelQuantizerSettings
{
    /// <summary>Width of what is quantised.</summary>
    public required int Inputs { get; init; }

    /// <summary>Entries of each codebook, V.</summary>
    public int Entries { get; init; } = 320;

    /// <summary>Codebooks, G; each gives a part of the result.</summary>
    public int Groups { get; init; } = 2;

    /// <summary>All groups choose from the same codebook.</summary>
    public bool SharedEntries { get; init; }

    /// <summary>Width of the result, a multiple of <see cref="Groups"/>.</summary>
    public required int Width { get; init; }

    /// <summary>Linear layers that make the scores, with GELU between them.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>Width between those layers in multiples of <see cref="Inputs"/>.</summary>
    public int Factor { get; init; } = 1;
}

/// <summary>What a quantiser found.</summary>
/// <param name="Values">Chosen entries, groups side by side, (…, width).</param>
/// <param name="Codes">Which entries, (…, G), int64.</param>
/// <param name="CodePerplexity">Entries in use, summed over groups, by the best scores: exp of the entropy of the mean choice. No gradient.</param>
/// <param name="ScorePerplexity">The same by the mean of the scores' softmax, without noise and temperature; carries the gradient of the diversity loss.</param>
public sealed record Quantized(Tensor Values, Tensor Codes, Tensor CodePerplexity, Tensor ScorePerplexity);

/// <summary>Product quantisation by the Gumbel softmax: the forward pass takes the best entry, the backward pass the soft choice.</summary>
/// <remarks>Baevski et al. 2020, https://arxiv.org/abs/2006.11477, section 2, equations 1 and 4; Jang et al. 2016, https://arxiv.org/abs/1611.01144.</remarks>
public sealed class GumbelQuantizer : Module
{
    private readonly Parameter _entries;
    private readonly Projector? _deepScores;
    private readonly Linear? _scores;

    /// <summary>Makes codebooks and scores under fairseq's names.</summary>
    /// <exception cref="ShapeException">The width is no multiple of the groups.</exception>
    public GumbelQuantizer(GumbelQuantizerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Width % settings.Groups != 0)
            throw new ShapeException($"A quantised vector of width {settings.Width} can't be made of {settings.Groups} equal parts.");
        Settings = settings;
        var (books, scores) = (settings.SharedEntries ? 1L : settings.Groups, (long)settings.Groups * settings.Entries);
        _entries = Trainable("vars", Init.Uniform(0, 1), 1, books * settings.Entries, settings.Width / settings.Groups);
        if (settings.Depth == 1)
        {
            _scores = Child("weight_proj", new Linear(settings.Inputs, scores, init: Init.Normal(1)));
            return;
        }

        _deepScores = Child("weight_proj", new Projector(
            settings.Inputs, (long)settings.Inputs * settings.Factor, scores, settings.Depth, Activation.Gelu,
            name: k => k == settings.Depth - 1 ? k.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{k}.0"), init: Init.FanIn));
    }

    /// <summary>What the quantiser was made from.</summary>
    public GumbelQuantizerSettings Settings { get; }

    /// <summary>Temperature after some updates: start · decay^updates, never below the end.</summary>
    public static double Temperature(double start, double end, double decay, double updates) => Math.Max(start * Math.Pow(decay, updates), end);

    /// <param name="input">(…, inputs).</param>
    /// <param name="noise">Gumbel noise, −log(−log u), as many numbers as scores: (… · G, V); null takes the best score and carries no gradient to the scores.</param>
    /// <param name="temperature">Of the soft choice, above 0.</param>
    public Quantized Forward(Tensor input, Tensor? noise = null, double temperature = 1)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (groups, entries) = (Settings.Groups, Settings.Entries);
        var scores = (_scores?.Forward(input) ?? _deepScores!.Forward(input)).To(DType.Float32).Reshape([-1, groups, entries]);
        var best = OneHot(scores.Argmax(-1));
        Tensor chosen, codes;
        if (noise is null)
        {
            (chosen, codes) = (best, scores.Argmax(-1));
        }
        else
        {
            var soft = ((scores + noise.Reshape([-1, groups, entries])) / temperature).Softmax(-1);
            codes = soft.Argmax(-1);
            chosen = OneHot(codes) - soft.Detach() + soft;
        }

        // (G, P, V) x (G, V, d): one product a group.
        var books = _entries.Value.View([Settings.SharedEntries ? 1 : groups, entries, -1]).Expand([groups, -1, -1]);
        var values = chosen.Transpose(0, 1).Matmul(books).Transpose(0, 1);
        var shape = input.Shape[..^1];
        return new Quantized(
            values.Reshape([.. shape, Settings.Width]), codes.Reshape([.. shape, groups]),
            Perplexity(best.Mean([0])), Perplexity(scores.Softmax(-1).Mean([0])));

        Tensor OneHot(Tensor index) => index.OneHot(entries).To(DType.Float32);
    }

    /// <summary>One number for the codes of all groups, the first group counting most.</summary>
    /// <param name="codes">(…, G), int64.</param>
    /// <returns>(…), int64.</returns>
    public Tensor Index(Tensor codes)
    {
        ArgumentNullException.ThrowIfNull(codes);
        var index = codes.Select(-1, 0);
        for (var g = 1; g < Settings.Groups; g++)
            index = index.Mul(Settings.Entries) + codes.Select(-1, g);
        return index;
    }

    /// <summary>Gumbel noise from uniform draws.</summary>
    /// <param name="uniform">In [0, 1).</param>
    public static Tensor Noise(Tensor uniform)
    {
        ArgumentNullException.ThrowIfNull(uniform);
        return -(-(uniform.Clamp(1e-10, 1 - 1e-7).Log())).Log();
    }

    private static Tensor Perplexity(Tensor shares) => (-(shares * (shares + 1e-7).Log()).Sum(-1, keepDim: false)).Exp().Sum();
}
