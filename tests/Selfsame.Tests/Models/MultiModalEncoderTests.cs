using Selfsame.Modalities;
using Selfsame.Modalities.Text;
using Selfsame.Models;
using Selfsame.Models.FrontEnds;
using Selfsame.Torch;

namespace Selfsame.Tests.Models;

public sealed class MultiModalEncoderTests
{
    private const double Tolerance = 2e-5;

    private static readonly TextShape Letters = new(12, 260, ByteTokenizer.Instance.Special);

    private static MultiModalEncoder Make(PositionKind positions = PositionKind.Learned, params InputShape[] inputs)
    {
        var encoder = new MultiModalEncoder(new MultiModalSettings
        {
            Inputs = inputs.Length > 0 ? inputs : [new ImageShape(8, 8, 3), new VideoShape(4, 8, 8, 3), new AudioShape(16000, 20, 8), Letters],
            Blocks = new TransformerSettings { Width = 32, Depth = 2, Heads = 4 },
            Patch = 4,
            SpectrogramPatch = (4, 4),
            WaveformFrame = 5,
            Positions = positions,
            Registers = 1,
        });
        encoder.Initialize(7);
        return encoder;
    }

    private static Tensor Draw(ulong seed, params long[] shape)
    {
        using var generator = new Generator(seed);
        return Ops.Empty(shape).NormalInPlace(generator: generator);
    }

    private static BatchField Text(params int[][] rows)
    {
        var longest = rows.Max(row => row.Length);
        var ids = rows.SelectMany(row => row.Concat(Enumerable.Repeat(256, longest - row.Length)).Select(id => (long)id)).ToArray();
        return new(Tensor.From<long>(ids, [rows.Length, longest]), Tensor.From<long>([.. rows.Select(row => (long)row.Length)]),
            rows.Any(row => row.Length == 0) ? Tensor.From<bool>([.. rows.Select(row => row.Length > 0)]) : null);
    }

    private static Tensor Row(Tensor values, long row) => values.Narrow(0, row, 1);

    private static void Close(Tensor expected, Tensor found)
    {
        Assert.Equal(expected.Shape.ToArray(), found.Shape.ToArray());
        Assert.InRange((expected - found).Abs().Max().Item(), 0, Tolerance);
    }

    [Theory]
    [InlineData(PositionKind.Learned)]
    [InlineData(PositionKind.Sincos)]
    [InlineData(PositionKind.Rope)]
    public void What_a_sample_lacks_and_what_pads_it_changes_nothing(PositionKind positions)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var encoder = Make(positions);
        var (image, sound) = (Draw(1, 3, 3, 8, 8), Draw(2, 3, 9, 8));
        // Of the three samples the first has all, the second lacks text, the third lacks the picture; sounds have 9, 5 and 2 frames.
        var fields = new Dictionary<string, BatchField>
        {
            [Modality.Image] = new(image, null, Tensor.From<bool>([true, true, false])),
            [Modality.Audio] = new(sound, Tensor.From<long>([9, 5, 2])),
            [Modality.Text] = Text([1, 2, 3], [], [4, 5, 6, 7, 8]),
        };
        var sequence = encoder.Embed(fields);
        var tokens = encoder.Encode(sequence);
        var mask = encoder.Mask(sequence)!;
        Assert.Equal([2 + 4 + 6 + 3, 2 + 4 + 4, 2 + 2 + 5], mask.To(DType.Int64).Sum(1, keepDim: false).ToArray<long>());

        Alone(0, new() { [Modality.Image] = new(Row(image, 0)), [Modality.Audio] = new(Row(sound, 0)), [Modality.Text] = Text([1, 2, 3]) });
        Alone(1, new() { [Modality.Image] = new(Row(image, 1)), [Modality.Audio] = new(Row(sound, 1).Narrow(1, 0, 5)) });
        Alone(2, new() { [Modality.Audio] = new(Row(sound, 2).Narrow(1, 0, 2)), [Modality.Text] = Text([4, 5, 6, 7, 8]) });

        void Alone(long row, Dictionary<string, BatchField> own)
        {
            // Padding within a patch is zero in both: sounds are silent behind their end.
            if (own.TryGetValue(Modality.Audio, out var heard))
                sound.Narrow(0, row, 1).Narrow(1, heard.Values.Size(1), 9 - heard.Values.Size(1)).ZeroInPlace();
            var together = encoder.Encode(encoder.Embed(fields));
            var real = mask.Narrow(0, row, 1).ToArray<bool>();
            var kept = Enumerable.Range(0, real.Length).Where(n => real[n]).Select(n => (long)n).ToArray();
            Close(encoder.Encode(encoder.Embed(own)), Row(together, row).IndexSelect(1, Tensor.From<long>(kept)));
        }
    }

    [Fact]
    public void Kept_tokens_stay_where_they_were()
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        using var encoder = Make(PositionKind.Rope);
        var sequence = encoder.Embed(new Dictionary<string, BatchField> { [Modality.Image] = new(Draw(1, 1, 3, 8, 8)), [Modality.Text] = Text([9, 8, 7]) });
        var order = Tensor.From<long>([6, 0, 3, 5, 1, 2, 4], [1, 7]);

        var whole = encoder.WithoutPrefix(encoder.Encode(sequence));
        var shuffled = encoder.WithoutPrefix(encoder.Encode(sequence.Keep(order)));

        Close(whole.IndexSelect(1, order.Reshape([7])), shuffled);
    }

    [Fact]
    public void Slices_say_whose_tokens_are_whose()
    {
        using var scope = Scope.Enter();
        using var encoder = Make();
        var sequence = encoder.Embed(new Dictionary<string, BatchField>
        {
            [Modality.Text] = Text([1, 2]), [Modality.Video] = new(Draw(3, 1, 3, 4, 8, 8)), [Modality.Audio] = new(Draw(4, 1, 6, 8)),
        });

        Assert.Equal(["video 0+8", "audio 8+4", "text 12+2"], sequence.Slices.Select(slice => FormattableString.Invariant($"{slice.Name} {slice.Start}+{slice.Count}")));
        Assert.Null(sequence.Find(Modality.Image));
        Assert.Equal([0, 1], sequence.Find(Modality.Text)!.Of(Ops.Arange(14, dtype: DType.Int64).Unsqueeze(0)).ToArray<long>().Select(n => n - 12));
        var unknown = Assert.Throws<ArgumentException>(() => encoder.Embed(new Dictionary<string, BatchField> { ["depth"] = new(Draw(1, 1, 1)) }));
        Assert.StartsWith("the batch has depth; this encoder reads image, video, audio, text", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_hold_what_they_say()
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        // A film of 2 frames of 2 x 2, one channel: value = 4 frame + 2 row + column.
        var film = Ops.Arange(8, dtype: DType.Float32).Reshape([1, 1, 2, 2, 2]);
        Assert.Equal([0f, 4, 1, 5, 2, 6, 3, 7], VideoFrontEnd.Split(film, 2, 1, PatchOrder.ChannelLast).ToArray<float>());
        Assert.Equal([0f, 1, 2, 3, 4, 5, 6, 7], VideoFrontEnd.Split(film, 1, 2, PatchOrder.ChannelFirst).ToArray<float>());

        // 3 frames of 4 bins, patches of 2 x 2: the third frame is filled up with zeros.
        using var sound = Make(PositionKind.Learned, new AudioShape(16000, 8, 4));
        using var small = new SpectrogramFrontEnd(new AudioShape(16000, 8, 4), 2, 2, 32, PositionKind.Sincos);
        var made = small.Forward(new(Ops.Arange(12, dtype: DType.Float32).Reshape([1, 3, 4]), Tensor.From<long>([3])));
        Assert.Equal([0f, 1, 4, 5, 2, 3, 6, 7, 8, 9, 0, 0, 10, 11, 0, 0], made.Targets.ToArray<float>());
        Assert.Equal([true, true, true, true], made.Real!.ToArray<bool>());

        using var wave = new WaveformFrontEnd(new AudioShape(16000, 12), 5, 32, PositionKind.None);
        var frames = wave.Forward(new(Ops.Ones([2, 7]), Tensor.From<long>([7, 3])));
        Assert.Equal([true, true, true, false], frames.Real!.Reshape([4]).ToArray<bool>());
        Assert.Equal([1f, 1, 1, 1, 1, 1, 1, 0, 0, 0], frames.Targets.Narrow(0, 0, 1).ToArray<float>());
    }

    [Fact]
    public void Errors_have_closed_forms()
    {
        using var scope = Scope.Enter();
        using var text = new TextFrontEnd(Letters, 32, PositionKind.None);
        using var image = new ImageFrontEnd(new ImageShape(8, 8, 3), 4, 32, PositionKind.None);

        var uniform = text.Error(Ops.Zeros([2, 3, 260]), Ops.Zeros([2, 3], DType.Int64));
        Assert.All(uniform.ToArray<float>(), nats => Assert.Equal(Math.Log(260), nats, 5));
        Assert.Equal([0.25f, 0.25f], image.Error(Ops.Full([1, 2, 48], 0.5, DType.Float32, Device.Cpu), Ops.Zeros([1, 2, 48])).ToArray<float>());
        Assert.Equal((48, 260), (image.Values, text.Vocabulary));
    }

    [Fact]
    public void What_does_not_fit_says_what_to_change()
    {
        var bins = Assert.Throws<ShapeException>(() => new SpectrogramFrontEnd(new AudioShape(16000, 8, 6), 2, 4, 32, PositionKind.None));
        Assert.Equal("A frame has 6 bins; patches of 4 need a multiple of 4. Change encoder.spectrogram_patch or data.audio.bins.", bins.Message);
        var frames = Assert.Throws<ShapeException>(() => new VideoFrontEnd(new VideoShape(5, 8, 8, 3), 2, 4, 32, PositionKind.None));
        Assert.Equal("A film has 5 frames; tubes of 2 need a multiple of 2. Change encoder.tubelet or data.video.frames.", frames.Message);
    }
}
