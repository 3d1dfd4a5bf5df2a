using System.Collections;
using FsCheck;
using FsCheck.Fluent;
using Selfsame.Modalities.Audio;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Text;
using Selfsame.Modalities.Text.Trainers;
using Selfsame.Modalities.Video;
using Selfsame.Recipes;
using static Selfsame.Tests.Recipes.TestSystems;

namespace Selfsame.Tests.Recipes;

public sealed class RecipeWriterTests
{
    [Fact]
    public void Writes_every_value_with_its_unit_and_who_gave_it()
    {
        var (recipe, origins) = Load(Good, Override.Set("batch=64"), Override.Set("name='a: b'"), Override.Set("evaluate=null"));

        Assert.Equal(
            """
            system: mae
            name: "a: b"  # --set name='a: b'
            seed: 7
            duration: { steps: 5000 }
            batch: 64  # samples, --set batch=64
            micro_batch: null  # samples
            data:
              source: emoji
              split: train
              cache: null
              exclude: null
              where: []
              add: []
              max_bad: 0.05
              workers: 0  # threads
              image_size: 64  # pixels
              views:
                - size: 64  # pixels
                  crop:
                    kind: random_resized
                    scale: [0.2, 1]
                    ratio: [0.75, 1.3333333333333333]
                    resize: null  # pixels
                  interpolation: bilinear
                  flip_probability: 0.5
                  flip_first: false
                  color_jitter: null
                  grayscale_probability: 0
                  blur: null
                  solarize: null
                  background: [255, 255, 255]
                  mean: [0.485, 0.456, 0.406]
                  std: [0.229, 0.224, 0.225]
                - size: 32  # pixels
                  crop:
                    kind: random_resized
                    scale: [0.08, 1]
                    ratio: [0.75, 1.3333333333333333]
                    resize: null  # pixels
                  interpolation: bilinear
                  flip_probability: 0.5
                  flip_first: false
                  color_jitter: null
                  grayscale_probability: 0
                  blur: null
                  solarize: null
                  background: [255, 255, 255]
                  mean: [0.485, 0.456, 0.406]
                  std: [0.229, 0.224, 0.225]
              image: null
              audio: null
              video: null
              text: null
              depth: null
              mix: null
              need: any
              buckets: 16  # batches
            encoder:
              kind: vit
              width: 384
              depth: 12  # blocks
              heads: 6
              patch: 8  # pixels
              mlp_ratio: 4
              positions: sincos
              registers: 0  # tokens
              qk_norm: false
              layer_scale: null
              drop_path: 0
              grad_checkpointing: false
              swiglu: false
              norm: layer_norm
              norm_eps: 1e-6
              class_token: true
              tubelet: 2  # frames
              spectrogram_patch: [16, 16]
              waveform_frame: 320  # samples
            objective:
              mask_ratio: 0.75
              normalize_target: true
              decoder:
                width: 192  # values
                depth: 8
                weights: {}
            optimizer:
              kind: adamw
              rate_per_256: 0.00015
              betas: [0.9, 0.95]
              eps: 1e-8
              amsgrad: false
            parameters:
              - rank: 1
                decay: 0
                rate_scale: 1
                freeze: false
              - match: ".*"
                decay: 0.05
                rate_scale: 1
                freeze: false
            from: null
            schedule:
              kind: cosine
              warmup: { steps: 250 }
              end: 0
            ema: null
            clip_norm: null
            precision: auto
            device: auto
            checkpoint:
              every: { time: 10m }
              keep: 2  # checkpoints
              best: null
              patience: null
            log:
              every: { steps: 10 }
            guard:
              max_skipped: 10  # steps
              spike_factor: null
              window: 100  # steps
            evaluate: null  # --set evaluate=null

            """, RecipeWriter.Write(recipe, origins));
    }

    [Fact]
    public void What_is_written_reads_back_equal() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var recipe = RandomRecipe.Make(seed);
            var written = RecipeWriter.Write(recipe);
            var back = Load(written).Recipe;
            Assert.Equal(recipe, back);
            Assert.Equal(written, RecipeWriter.Write(back));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0s", 0)]
    [InlineData("90s", 90)]
    [InlineData("1m30s", 90)]
    [InlineData("2h30m", 9000)]
    [InlineData("1.5h", 5400)]
    [InlineData("1d", 86400)]
    public void Times_are_sums_of_their_parts(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Times.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("m")]
    [InlineData("-1s")]
    [InlineData("1 h")]
    [InlineData("99999999999999999999999d")]
    public void Other_texts_are_no_times(string text) => Assert.Null(Times.Parse(text));

    [Theory]
    [InlineData("mask_rate", "mask_ratio", 2)]
    [InlineData("bacth", "batch", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("same", "same", 0)]
    public void Distance_counts_edits_and_swaps(string a, string b, int distance)
    {
        Assert.Equal(distance, Names.Distance(a, b));
        Assert.Equal(distance, Names.Distance(b, a));
    }

    [Theory]
    [InlineData("MaskRatio", "mask_ratio")]
    [InlineData("QkNorm", "qk_norm")]
    [InlineData("Fp32", "fp32")]
    [InlineData("HTTPServer", "http_server")]
    [InlineData("K", "k")]
    public void Keys_are_snake_case(string name, string key) => Assert.Equal(key, Names.Snake(name));

    [Fact]
    public void Lists_compare_by_value()
    {
        EquatableList<int> a = [1, 2], b = [1, 2], c = [2, 1];
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.NotEqual(a, c);
    }
}

/// <summary>Recipes with every setting drawn at random within its limits, by way of the same shapes the binder uses.</summary>
internal static class RandomRecipe
{
    private static readonly string[] Texts =
        ["emoji", "a: b", "# no", "true", "null", "12", "1e3", "", " lead", "tab\there", "two\nlines", "\"q\" 'r' \\", "é漢🙂", "\u0001\u2028", "- x", "*a", "{b", "~"];

    public static Recipe Make(int seed)
    {
        var random = new Random(seed);
        var recipe = (Recipe)Record(typeof(Recipe), random);
        var heads = random.Next(1, 9);
        var parameters = recipe.Parameters.Select(p => p.Match is null ? p : p with { Match = "blocks\\.[0-9]+: \"x\"" }).ToArray();
        return recipe with
        {
            System = recipe.Objective is FlowSettings ? "self-flow" : "mae",
            MicroBatch = random.Next(2) == 0 ? null : recipe.Batch,
            Objective = recipe.Objective is MaskedSettings masked ? masked with { MaskRatio = 0.001 + 0.99 * random.NextDouble() } : recipe.Objective,
            Data = Picture(recipe.Data, recipe.Encoder.Patch * random.Next(1, 8), random.Next(3)) with { Views = [] } is var data && recipe.Data.Views.Count > 0 && data.Image is null
                ? data with { Views = [.. recipe.Data.Views.Select(view => view with { Size = recipe.Encoder.Patch * random.Next(1, 8) })] }
                : data,
            Encoder = recipe.Encoder.Size is null ? recipe.Encoder with { Heads = heads, Width = heads * random.Next(1, 100) } : recipe.Encoder,
            Parameters = EquatableList.Create<ParameterRule>(parameters),
        };
    }

    // Size and views of pictures are given in one of two places, and only what is read can be mixed.
    private static DataSettings Picture(DataSettings data, int size, int kind) => kind == 0
        ? data with { ImageSize = null, Views = [], Image = (data.Image ?? new()) with { Size = size }, Mix = new() { Image = 0.5, Text = data.Text is null ? null : 0.25 } }
        : data with { ImageSize = kind == 1 ? size : null, Image = null, Mix = null };

    private static object Record(Type type, Random random)
    {
        var shape = SettingsShape.For(type);
        var record = Activator.CreateInstance(type)!;
        var chosen = shape.ExactlyOneOf is { } rule ? rule.Choices[random.Next(rule.Choices.Count)] : [];
        foreach (var setting in shape.Settings)
        {
            var absent = shape.IsChoice(setting.Key) ? !chosen.Contains(setting.Key) : setting.Nullable && random.Next(3) == 0;
            setting.Property.SetValue(record, absent ? null : Value(setting.Shape, setting, random));
        }
        return record switch
        {
            SgdSettings sgd => sgd with { Nesterov = false },
            StepScheduleSettings step => step with { At = [.. step.At.Distinct().Order()] },
            CropSettings crop => crop with { Scale = [.. crop.Scale.Order()], Ratio = [.. crop.Ratio.Order()] },
            BlurSettings blur => blur with { Sigma = [.. blur.Sigma.Order()] },
            TextInputSettings text => text with { Packing = TextPacking.None, BpeDropout = text.Tokenizer.Train is TokenizerKind.Bpe ? text.BpeDropout : 0 },
            VideoViewSettings film => film with { FramesPerSecond = null, KeepWithin = 0 },
            WaveEncoderSettings wave => wave with { Kernels = [10, .. wave.Kernels], Strides = [5, .. wave.Kernels], WavePositions = wave.WavePositions with { Groups = 1 } },
            GainSettings gain => gain with { Range = [.. gain.Range.Order()] },
            NoiseSettings noise => noise with { Ratio = [.. noise.Ratio.Order()] },
            MixUpSettings mix => mix with { Share = [.. mix.Share.Order()] },
            AudioInputSettings { Features: AudioFeatures.Waveform } audio => audio with { Masks = null },
            MixSettings => new MixSettings { Image = 1 },
            KnnSettings knn => knn with { Protocol = new KnnSettings().Protocol },
            ProbeSettings probe => probe with { Protocol = new ProbeSettings().Protocol },
            EvaluateSettings evaluate => evaluate with { Sets = [.. evaluate.Sets.Select((set, k) => set with { Name = FormattableString.Invariant($"set-{k}") })] },
            CheckpointSettings checkpoint => checkpoint with { Patience = null },
            TokenizerSettings { From: not null } tokenizer => tokenizer with { Vocabulary = null },
            ViewSettings view => view with { Mean = [view.Mean[0]], Std = [view.Std[0]] },
            _ => record,
        };
    }

    private static object Value(ValueShape shape, Setting setting, Random random)
    {
        switch (shape.Form)
        {
            case Form.Scalar:
                return Scalar(shape.Type, setting.Limits, random);
            case Form.Record:
                return Record(shape.Type, random);
            case Form.Kinds:
                var table = RecipeKinds.All.Append(Table).Single(t => t.Base == shape.Type);
                return Record(table.TypeOf(table.Keys[random.Next(table.Keys.Count)])!, random);
            case Form.List:
                var count = random.Next(setting.Count?.Min ?? 0, Math.Min(setting.Count?.Max ?? 4, 4) + 1);
                var items = Array.CreateInstance(shape.Element!.Type, count);
                for (var i = 0; i < count; i++)
                    items.SetValue(Value(shape.Element, setting, random), i);
                return typeof(RandomRecipe).GetMethod(nameof(List))!.MakeGenericMethod(shape.Element.Type).Invoke(null, [items])!;
            default:
                return new EquatableDictionary<double>(Enumerable.Range(0, random.Next(4))
                    .Select(i => KeyValuePair.Create(Texts[random.Next(4)] + i, random.NextDouble())));
        }
    }

    public static EquatableList<T> List<T>(IEnumerable items) => [.. items.Cast<T>()];

    private static object Scalar(Type type, LimitsAttribute? limits, Random random)
    {
        if (type.IsEnum)
            return Names.OfEnum(type)[random.Next(Names.OfEnum(type).Count)].Value;
        if (type == typeof(string))
            return Texts[random.Next(Texts.Length)];
        if (type == typeof(bool))
            return random.Next(2) == 0;
        if (type == typeof(TimeSpan))
            return TimeSpan.FromTicks(1 + random.NextInt64(1L << random.Next(1, 62)));
        if (type == typeof(ulong))
            return ulong.MaxValue - (ulong)random.NextInt64();
        var (min, max) = (limits?.Min ?? -1000, Math.Min(limits?.Max ?? 1000, 1e15));
        return type == typeof(double) ? (object)Between(min, max, random)
            : type == typeof(int) ? (object)random.Next((int)min, (int)Math.Min(max, int.MaxValue))
            : random.NextInt64((long)min, (long)max);
    }

    /// <summary>Never an end itself; half of the draws are near the lower one, for the sake of exponents.</summary>
    private static double Between(double min, double max, Random random)
    {
        var share = Math.Max(random.NextDouble(), 1e-3);
        return min + (max - min) * share * (random.Next(2) == 0 ? 1 : 1e-5);
    }
}
