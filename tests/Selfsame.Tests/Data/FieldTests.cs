using FsCheck;
using FsCheck.Fluent;
using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Data.Sources;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Text;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Data;

/// <summary>Batches of several modalities, of varying length, with some missing.</summary>
public class FieldTests
{
    private sealed class Red : ISampleTransform
    {
        public IReadOnlyList<int> OutputShape { get; } = [1, 1, 1, 1];

        public void Apply(ImageBuffer image, in SampleContext context, Span<float> destination) => destination[0] = image.Pixels[0];
    }

    private static TextField Text(int longest = 12, bool mark = false, bool evaluation = true) =>
        new(new TextInputSettings { MaxLength = longest, Mark = mark }, ByteTokenizer.Instance, evaluation);

    private static DataSet Texts(TempFolder folder, params ReadOnlySpan<string> texts)
    {
        for (var i = 0; i < texts.Length; i++)
            folder.Write(FormattableString.Invariant($"{i:D3}.txt"), texts[i]);
        return FolderSource.Open(folder.Path);
    }

    private static int[] All(DataSet data) => [.. Enumerable.Range(0, data.Count)];

    [Fact]
    public void Missing_modalities_are_zero_and_told_and_broken_ones_are_listed_while_the_sample_stays()
    {
        using var folder = new TempFolder();
        folder.Write("0.png", SourceTests.Dot(7));
        folder.Write("0.txt", "ab");
        folder.Write("1.txt", "only");
        folder.Write("2.png", SourceTests.Dot(9));
        folder.Write("3.png", "rubbish");
        folder.Write("3.txt", [0x61, 0xfe]);
        folder.Write("4.png", "rubbish");
        folder.Write("4.txt", "x");
        using var data = FolderSource.Open(folder.Path, ModalitySet.Images | ModalitySet.Of(Modality.Text));
        using var quarantine = new Quarantine(folder["q.jsonl"], maxBad: 1);
        var inputs = new SampleInputs([new ImageField(new Red()), Text()]);
        using var loader = new BatchLoader(data, All(data), inputs.Fields, new() { BatchSize = 5, Sequential = true }, quarantine);

        using var host = loader.Next()!;
        using var scope = Scope.Enter();
        var batch = inputs.Batch(host);

        Assert.Equal([0, 1, 2, 4], host.Indices.ToArray());  // of 3 nothing was left
        Assert.Equal([7f, 0, 9, 0], batch[Modality.Image].Reshape([4]).ToArray<float>());
        Assert.Equal([true, false, true, false], batch.Present(Modality.Image).ToArray<bool>());
        Assert.Equal([97, 98, 256, 256, .. "only".Select(c => (long)c), 256, 256, 256, 256, 120, 256, 256, 256], batch[Modality.Text].Reshape([16]).ToArray<long>());
        Assert.Equal([2, 4, 0, 1], batch.Lengths(Modality.Text).ToArray<long>());
        Assert.Equal([true, true, false, false, true, true, true, true, false, false, false, false, true, false, false, false], batch.Mask(Modality.Text).Reshape([16]).ToArray<bool>());
        Assert.Equal([true, true, false, true], batch.Present(Modality.Text).ToArray<bool>());
        quarantine.Dispose();
        var listed = File.ReadAllLines(folder["q.jsonl"]);
        Assert.Equal(3, listed.Length);
        Assert.Contains("3.png", listed[0], StringComparison.Ordinal);
        Assert.Contains("byte 1 (fe) starts no character", listed[1], StringComparison.Ordinal);
        Assert.Contains("4.png", listed[2], StringComparison.Ordinal);
        Assert.Equal((7, 3), (quarantine.Tried, quarantine.Bad));
    }

    [Fact]
    public void Where_all_are_required_a_sample_without_one_is_replaced()
    {
        using var folder = new TempFolder();
        for (var i = 0; i < 6; i++)
        {
            folder.Write($"{i}.png", SourceTests.Dot((byte)i));
            if (i % 2 == 0)
                folder.Write($"{i}.txt", i == 4 ? [0xff] : "text"u8.ToArray());
        }

        using var data = FolderSource.Open(folder.Path);
        using var quarantine = new Quarantine(maxBad: 1);
        using var loader = new BatchLoader(data, All(data), [new ImageField(new Red()), Text()], new() { BatchSize = 6, RequireAll = true, BucketBatches = 1 }, quarantine);
        using var batch = loader.Next()!;

        Assert.All(batch.Indices.ToArray(), index => Assert.Contains(index, (int[])[0, 2]));
        Assert.DoesNotContain(false, batch.Fields[1].Present.ToArray());
        Assert.Equal(1, quarantine.Bad);
    }

    [Fact]
    public void A_long_text_gives_another_stretch_each_epoch_and_its_start_in_evaluation()
    {
        using var folder = new TempFolder();
        var text = "the quick brown fox jumps over the lazy dog";
        using var data = Texts(folder, text);
        string[] Taken(bool evaluation) => Read(data, Text(10, mark: true, evaluation), new() { BatchSize = 1, Seed = 4 }, 20);

        Assert.All(Taken(evaluation: true), taken => Assert.Equal("the quic", taken));
        var windows = Taken(evaluation: false);
        Assert.All(windows, window => Assert.Contains(window, text, StringComparison.Ordinal));
        Assert.InRange(windows.Distinct().Count(), 8, 20);
        Assert.Equal(windows, Taken(evaluation: false));
    }

    private static string[] Read(DataSet data, TextField field, BatchLoaderSettings settings, int batches)
    {
        using var loader = new BatchLoader(data, All(data), [field], settings);
        var seen = new string[batches];
        for (var k = 0; k < batches; k++)
        {
            using var batch = loader.Next()!;
            seen[k] = ByteTokenizer.Instance.Decode(Array.ConvertAll(batch.Fields[0].Tokens.ToArray(), token => (int)token));
        }

        return seen;
    }

    /// <summary>Every batch of a run as text: places, samples, lengths and contents.</summary>
    private static List<string> Run(DataSet data, IReadOnlyList<SampleField> fields, BatchLoaderSettings settings, int batches)
    {
        using var loader = new BatchLoader(data, All(data), fields, settings);
        var seen = new List<string>();
        for (var k = 0; k < batches; k++)
        {
            using var batch = loader.Next()!;
            var text = batch.Fields[^1];
            seen.Add($"{batch.Position} {batch.Drawn}: {string.Join(",", batch.Indices.ToArray())} | {text.Length} {string.Join(",", text.Lengths.ToArray())} | {string.Join(",", text.Tokens.ToArray())}");
        }

        return seen;
    }

    [Fact]
    public void Buckets_keep_each_epoch_whole_resume_anywhere_and_save_padding() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var (count, size, window) = (random.Next(5, 60), random.Next(1, 9), random.Next(2, 7));
            using var folder = new TempFolder();
            using var data = Texts(folder, [.. Enumerable.Range(0, count).Select(_ => new string('x', random.Next(1, 60)))]);
            var settings = new BatchLoaderSettings { BatchSize = size, Seed = (ulong)seed, BucketBatches = window, Workers = 1 + random.Next(3) };
            var batches = window * 6;
            var whole = Run(data, [Text(40)], settings, batches);

            // Whole windows visit exactly the places that they cover.
            using (var loader = new BatchLoader(data, All(data), [Text(40)], settings))
            {
                var order = new SampleOrder((ulong)seed, count);
                for (var w = 0; w < 6; w++)
                {
                    var visited = new List<int>();
                    for (var b = 0; b < window; b++)
                    {
                        using var batch = loader.Next()!;
                        visited.AddRange(batch.Indices);
                    }

                    var expected = Enumerable.Range(w * window * size, window * size).Select(place => order.At(place / count, place % count));
                    Assert.Equal(expected.Order(), visited.Order());
                }
            }

            var cut = random.Next(1, batches);
            Assert.Equal(whole[cut..], Run(data, [Text(40)], settings with { Start = (long)cut * size, Workers = 3, Prefetch = 2 }, batches - cut));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Buckets_put_samples_of_like_length_together()
    {
        using var folder = new TempFolder();
        var random = new Random(3);
        using var data = Texts(folder, [.. Enumerable.Range(0, 320).Select(_ => new string('x', random.Next(1, 100)))]);
        double Padding(int buckets)
        {
            using var loader = new BatchLoader(data, All(data), [Text(100)], new() { BatchSize = 8, Seed = 1, BucketBatches = buckets });
            var (places, filled) = (0.0, 0.0);
            for (var b = 0; b < 40; b++)
            {
                using var batch = loader.Next()!;
                places += batch.Fields[0].Length * 8;
                filled += batch.Fields[0].Lengths.ToArray().Sum();
            }

            return 1 - (filled / places);
        }

        Assert.InRange(Padding(1), 0.3, 0.6);
        Assert.InRange(Padding(20), 0.0, 0.1);
    }

    [Fact]
    public void A_mix_draws_one_modality_a_batch_by_its_share_and_resumes_anywhere()
    {
        using var folder = new TempFolder();
        for (var i = 0; i < 10; i++)
        {
            if (i < 7)
                folder.Write($"{i}.png", SourceTests.Dot((byte)i));
            if (i > 4)
                folder.Write($"{i}.txt", $"text {i}");
        }

        using var data = FolderSource.Open(folder.Path, ModalitySet.Images | ModalitySet.Of(Modality.Text));
        IReadOnlyList<SampleField> fields = [new ImageField(new Red()), Text(mark: true)];
        var settings = new BatchLoaderSettings { BatchSize = 2, Seed = 9, Mix = [(Modality.Image, 3), (Modality.Text, 1)], DrawEvery = 4, BucketBatches = 3 };
        var whole = Run(data, fields, settings, 400);

        Assert.Equal(whole[37..], Run(data, fields, settings with { Start = 74, Workers = 3 }, 363));
        var drawn = whole.ConvertAll(line => line.Split(' ')[1].TrimEnd(':'));
        Assert.InRange(drawn.Count(d => d == Modality.Image), 270, 330);
        for (var k = 0; k < drawn.Count; k += 2)
            Assert.Equal(drawn[k], drawn[k + 1]);  // the parts of one optimizer step see the same modality

        // Each modality goes through its own samples: the first 7 pictures are all there are.
        using var loader = new BatchLoader(data, All(data), fields, settings);
        var (pictures, sentences) = (new List<int>(), new List<int>());
        while (pictures.Count < 14 || sentences.Count < 10)
        {
            using var batch = loader.Next()!;
            (batch.Drawn == Modality.Image ? pictures : sentences).AddRange(batch.Indices);
            Assert.Equal(batch.Drawn == Modality.Image, batch.Fields[0].Any);
            Assert.Equal(batch.Drawn == Modality.Text, batch.Fields[1].Any);
        }

        Assert.Equal(Enumerable.Range(0, 7).SelectMany(i => (int[])[i, i]), pictures.Take(14).Order());
        Assert.All(sentences, i => Assert.InRange(i, 5, 9));
    }

    [Fact]
    public void What_is_mixed_must_be_there()
    {
        using var folder = new TempFolder();
        using var data = Texts(folder, "a", "b");
        var missing = Assert.Throws<DataSourceException>(() => new BatchLoader(data, All(data), [Text()], new() { BatchSize = 2, Mix = [(Modality.Audio, 1)] }));
        Assert.Equal($"'{folder.Path}' has no sample with audio to mix in; it has text", missing.Message);
    }
}
