using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MathNet.Numerics;

namespace Selfsame.Modalities.Audio;

/// <summary>What the sinc of a resampler is multiplied by.</summary>
public enum SincWindow
{
    /// <summary>cos², as torchaudio's <c>sinc_interpolation</c>.</summary>
    Hann,

    /// <summary>Kaiser's window, as torchaudio's <c>kaiser_window</c>.</summary>
    Kaiser,
}

/// <summary>The filter of a resampler. The defaults are torchaudio's.</summary>
public sealed record ResamplerSettings
{
    /// <summary>Zero crossings of the sinc on each side, at least 1: more is sharper and slower. Default 6.</summary>
    public int Crossings { get; init; } = 6;

    /// <summary>Where the filter begins to cut, as a share of the lower rate's highest frequency, above 0 to 1. Default 0.99.</summary>
    public double Rolloff { get; init; } = 0.99;

    /// <summary>The window. Default Hann.</summary>
    public SincWindow Window { get; init; } = SincWindow.Hann;

    /// <summary>Shape of the Kaiser window. Default 14.769656459379492.</summary>
    public double Beta { get; init; } = 14.769656459379492;

    /// <summary>librosa's <c>kaiser_best</c> in torchaudio's terms.</summary>
    public static ResamplerSettings KaiserBest { get; } = new() { Crossings = 64, Rolloff = 0.9475937167399596, Window = SincWindow.Kaiser };
}

/// <summary>Changes the rate of a sound by a windowed sinc, as torchaudio's <c>Resample</c>. Immutable: any number of threads may share one.</summary>
/// <remarks>
/// Smith, Digital Audio Resampling, https://ccrma.stanford.edu/~jos/resample/. The rates are divided by their greatest common divisor to o and n; output sample m lies at m * o / n
/// input samples, and each of the n phases has a kernel of its own, made in double precision. Only taps inside the window are kept.
/// </remarks>
public sealed class Resampler
{
    private const int MostNumbers = 1 << 24, MostKept = 1 << 18;
    private static readonly ConcurrentDictionary<(int, int, ResamplerSettings), Resampler> s_made = new();

    private readonly float[] _kernels;   // (phase, tap); taps a multiple of 8, zeros at the end
    private readonly int[] _first;       // of each phase: its first tap, in input samples from the begin of the period
    private readonly int _taps;

    /// <summary>A resampler between two rates.</summary>
    /// <param name="from">Samples a second that come in, at least 1.</param>
    /// <param name="to">Samples a second that go out, at least 1.</param>
    /// <param name="settings">The filter; null for the default.</param>
    /// <exception cref="ArgumentException">A number is outside its range, or the two rates have next to nothing in common so that the kernels would take more than 64 MiB.</exception>
    public Resampler(int from, int to, ResamplerSettings? settings = null)
    {
        settings ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Crossings, 1, nameof(settings));
        if (settings.Rolloff is not (> 0 and <= 1))
            throw new ArgumentException($"rolloff is {settings.Rolloff}; it is a share of the highest frequency, above 0 to 1", nameof(settings));
        (From, To) = (from, to);
        var common = (int)Euclid.GreatestCommonDivisor(from, to);
        (Period, Phases) = (from / common, to / common);
        var cutoff = Math.Min(Period, Phases) * settings.Rolloff;
        var half = settings.Crossings * Period / cutoff;
        if (Refusal(from, to, settings) is { } reason)
            throw new ArgumentException(reason);
        Reach = (int)Math.Ceiling(half);
        _taps = (2 * Reach + 1 + 7) / 8 * 8;
        _kernels = new float[_taps * Phases];
        _first = new int[Phases];
        for (var phase = 0; phase < Phases; phase++)
            Fill(phase, cutoff, half, settings);
    }

    /// <summary>Samples a second that come in.</summary>
    public int From { get; }

    /// <summary>Samples a second that go out.</summary>
    public int To { get; }

    /// <summary>Input samples in one period, after which the phases repeat.</summary>
    internal int Period { get; }

    /// <summary>Output samples in one period.</summary>
    internal int Phases { get; }

    /// <summary>Input samples that a result may depend on, before and after its own place.</summary>
    internal int Reach { get; }

    /// <summary>A resampler that is made once for each pair of rates and each filter, where it takes little memory.</summary>
    /// <inheritdoc cref="Resampler(int, int, ResamplerSettings?)"/>
    public static Resampler Between(int from, int to, ResamplerSettings? settings = null)
    {
        var key = (from, to, settings ?? new());
        if (s_made.TryGetValue(key, out var made))
            return made;
        made = new(from, to, key.Item3);
        return made._kernels.Length <= MostKept ? s_made.GetOrAdd(key, made) : made;
    }

    /// <summary>Why there is no resampler between two rates; null where there is one.</summary>
    internal static string? Refusal(int from, int to, ResamplerSettings settings)
    {
        var common = (int)Euclid.GreatestCommonDivisor(from, to);
        var (period, phases) = ((double)from / common, (double)to / common);
        var taps = 2 * Math.Ceiling(settings.Crossings * period / (Math.Min(period, phases) * settings.Rolloff)) + 8;
        return taps * phases <= MostNumbers
            ? null
            : $"rates of {from} and {to} Hz have no useful common divisor: {phases} kernels of {taps} numbers would be needed; a rate that shares a larger one serves";
    }

    /// <summary>Samples that <paramref name="length"/> ones become: the next whole number from to / from times as many.</summary>
    public long OutputLength(long length) => (length * Phases + Period - 1) / Period;

    /// <summary>Changes the rate of one channel.</summary>
    /// <param name="input">Its samples.</param>
    /// <param name="output">Receives <see cref="OutputLength"/> samples.</param>
    /// <exception cref="ArgumentException"><paramref name="output"/> has another length.</exception>
    public void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        if (output.Length != OutputLength(input.Length))
            throw new ArgumentException($"{input.Length} samples at {From} Hz become {OutputLength(input.Length)} at {To} Hz; there is room for {output.Length}", nameof(output));
        if (From == To)
        {
            input.CopyTo(output);
            return;
        }
        var length = Reach + input.Length + Reach + Period + _taps;
        var window = ArrayPool<float>.Shared.Rent(length);
        window.AsSpan(0, Reach).Clear();
        input.CopyTo(window.AsSpan(Reach));
        window.AsSpan(Reach + input.Length, length - Reach - input.Length).Clear();
        Run(window.AsSpan(0, length), -Reach, 0, output);
        ArrayPool<float>.Shared.Return(window);
    }

    /// <summary>Input sample from which on output sample <paramref name="output"/> depends.</summary>
    internal long FirstInput(long output) => output / Phases * Period + _first[output % Phases];

    /// <summary>Input sample up to which (without it) memory is read for output sample <paramref name="output"/>; what lies behind the filter only has to be finite.</summary>
    internal long EndInput(long output) => FirstInput(output) + _taps;

    /// <summary>Makes consecutive output samples from a part of the input.</summary>
    /// <param name="window">Input samples from <paramref name="start"/> on, as many as <see cref="FirstInput"/> and <see cref="EndInput"/> ask for.</param>
    /// <param name="start">Number of the window's first sample.</param>
    /// <param name="first">Number of the first output sample.</param>
    /// <param name="output">Receives the samples.</param>
    internal void Run(ReadOnlySpan<float> window, long start, long first, Span<float> output)
    {
        if (output.Length == 0)
            return;
        var (period, phase) = ((int)(first / Phases * Period - start), (int)(first % Phases));
        for (var i = 0; i < output.Length; i++)
        {
            var taps = window.Slice(period + _first[phase], _taps);
            output[i] = Dot(ref MemoryMarshal.GetReference(taps), ref _kernels[phase * _taps], _taps);
            if (++phase == Phases)
                (phase, period) = (0, period + Period);
        }
    }

    // The same order of additions on every processor.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot(ref float a, ref float b, int count)
    {
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < count; i += 8)
            sum += Vector256.LoadUnsafe(ref a, (nuint)i) * Vector256.LoadUnsafe(ref b, (nuint)i);
        var four = sum.GetLower() + sum.GetUpper();
        return (four.GetElement(0) + four.GetElement(2)) + (four.GetElement(1) + four.GetElement(3));
    }

    private void Fill(int phase, double cutoff, double half, ResamplerSettings settings)
    {
        var center = (double)phase * Period / Phases;
        var first = (int)Math.Ceiling(center - half);
        _first[phase] = first;
        var limit = (double)settings.Crossings;
        // torchaudio has the phase in single precision, which moves a sample by up to 3e-8 periods: too little to hear, enough to see beside its results.
        double shift = (float)phase / Phases;
        for (var k = first; k <= center + half; k++)
        {
            var t = Math.Clamp(cutoff * ((double)k / Period - shift), -limit, limit);
            var share = t / limit;
            var window = settings.Window == SincWindow.Hann
                ? Math.Pow(Math.Cos(Math.PI * share / 2), 2)
                : SpecialFunctions.BesselI0(settings.Beta * Math.Sqrt(Math.Max(0, 1 - share * share))) / SpecialFunctions.BesselI0(settings.Beta);
            var sinc = t == 0 ? 1 : Math.Sin(Math.PI * t) / (Math.PI * t);
            _kernels[phase * _taps + k - first] = (float)(sinc * window * cutoff / Period);
        }
    }
}
