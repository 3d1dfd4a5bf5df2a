using FsCheck;
using FsCheck.Fluent;
using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Data.Loading.Packing;
using Selfsame.Data.Sources;
using Selfsame.Modalities.Text;

namespace Selfsame.Tests.Data;

/// <summary>Texts one after the other in full rows.</summary>
public sealed class PackingTests
{
    private sealed record Case(int Row, bool Mark, int Batch, int Workers, int Cut, ulong Seed, string[] Texts);

    // Some texts are far longer than a row, some far shorter, and an epoch may be shorter than a row.
    private static readonly Arbitrary<Case> s_cases = (
        from row in Gen.Choose(3, 40)
        from mark in Gen.Elements(true, false)
        from batch in Gen.Choose(1, 20)
        from workers in Gen.Choose(1, 4)
        from cut in Gen.Choose(1, 7)
        from seed in Gen.Choose(0, int.MaxValue)
        from count in Gen.Choose(1, 16)
        from lengths in Gen.Frequency((4, Gen.Choose(1, 12)), (1, Gen.Choose(30, 300))).ArrayOf(count)
        select new Case(row, mark, batch, workers, cut, (ulong)seed, [.. lengths.Select((length, n) => new string((char)('!' + (n % 90)), length))])).ToArbitrary();

    [Fact]
    public void Rows_are_the_tokens_of_all_texts_in_the_order_of_each_epoch_wherever_a_run_starts() => Prop.ForAll(s_cases, given =>
    {
        using var folder = new TempFolder();
        using var data = Write(folder, given.Texts);
        var field = Field(given.Row, given.Mark);
        var texts = Measure(data, field, given.Workers);
        var batches = Math.Max(8, (2 * texts.RowsPerEpoch / given.Batch) + 1);
        var settings = new BatchLoaderSettings { BatchSize = given.Batch, Seed = given.Seed, Workers = given.Workers, Packed = texts };

        var seen = Read(data, settings, batches);

        Assert.Equal(Stream(given).Take(batches * given.Batch * given.Row), seen.SelectMany(tokens => tokens));
        Assert.Equal(given.Texts.Sum(text => text.Length + (given.Mark ? 2 : 0)), texts.Tokens);
        Assert.Equal(seen[given.Cut..], Read(data, settings with { Start = (long)given.Cut * given.Batch, Workers = 3, Prefetch = 2 }, batches - given.Cut));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    // Written another way than the rows are: text by text, without counting.
    private static IEnumerable<long> Stream(Case given)
    {
        var order = new SampleOrder(given.Seed, given.Texts.Length);
        for (var epoch = 0L; ; epoch++)
        {
            for (var place = 0; place < order.Count; place++)
            {
                if (given.Mark)
                    yield return 257;
                foreach (var letter in given.Texts[order.At(epoch, place)])
                    yield return letter;
                if (given.Mark)
                    yield return 258;
            }
        }
    }

    [Fact]
    public void Texts_that_cannot_be_read_are_told_and_move_no_other()
    {
        using var folder = new TempFolder();
        using var whole = new TempFolder();
        string[] texts = [.. Enumerable.Range(0, 30).Select(n => new string((char)('A' + n), 1 + (7 * n % 23)))];
        using var sound = Write(whole, texts);
        folder.Write("005 broken.txt", [0x61, 0xff]);
        folder.Write("017 empty.txt", "");
        using var data = Write(folder, texts);

        var (packed, expected) = (Measure(data, Field(16), 2), Measure(sound, Field(16), 1));

        Assert.Equal((30, expected.Tokens), (packed.Count, packed.Tokens));
        Assert.Collection(packed.Problems,
            problem => Assert.Equal(("005 broken.txt", true), (Path.GetFileName(problem.Path), problem.Reason.Contains("byte 1 (ff) starts no character", StringComparison.Ordinal))),
            problem => Assert.Equal(("017 empty.txt", true), (Path.GetFileName(problem.Path), problem.Reason.Contains("the file is empty", StringComparison.Ordinal))));
        var settings = new BatchLoaderSettings { BatchSize = 4, Seed = 9, Packed = packed };
        Assert.Equal(Read(sound, settings with { Packed = expected }, 12), Read(data, settings, 12));
    }

    [Fact]
    public void A_text_that_changes_during_a_run_stops_it_and_is_named()
    {
        using var folder = new TempFolder();
        using var data = Write(folder, ["one", "two", "three"]);
        var settings = new BatchLoaderSettings { BatchSize = 4, Packed = Measure(data, Field(16), 1) };
        folder.Write("001.txt", "twenty");
        var changed = Assert.Throws<DataSourceException>(() => Read(data, settings, 1));
        Assert.EndsWith("001.txt had 5 tokens when the run began, and now has 8. Packed texts must stay as they are during a run; put it back and start the command again", changed.Message, StringComparison.Ordinal);
        File.Delete(folder["001.txt"]);
        var gone = Assert.Throws<DataSourceException>(() => Read(data, settings, 1));
        Assert.Contains("001.txt could be read when the run began, and now it can't", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Counting_can_be_cancelled_and_needs_a_text()
    {
        using var folder = new TempFolder();
        folder.Write("0.txt", [0xff]);
        using var data = FolderSource.Open(folder.Path);
        var none = Assert.Throws<DataSourceException>(() => Measure(data, Field(16), 1));
        Assert.Matches("^none of the 1 samples of '.+' has a text that can be read; the first: .+0.txt: .+", none.Message);
        Assert.ThrowsAny<OperationCanceledException>(() => PackedTexts.Measure(data, [0], Field(16), 1, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Nothing_is_packed_beside_the_texts()
    {
        using var folder = new TempFolder();
        using var data = Write(folder, ["one"]);
        var settings = new BatchLoaderSettings { BatchSize = 1, Packed = Measure(data, Field(16), 1) };
        Assert.Throws<ArgumentException>(() => new BatchLoader(data, [0], [Field(16)], settings));
        Assert.Throws<ArgumentException>(() => new BatchLoader(data, [0], [settings.Packed.Field], settings with { Sequential = true }));
        Assert.Throws<ArgumentException>(() => new BatchLoader(data, [0], [settings.Packed.Field], settings with { Mix = [(Modality.Text, 1)] }));
    }

    private static TextField Field(int row, bool mark = true) =>
        new(new TextInputSettings { MaxLength = row, Mark = mark, Packing = TextPacking.Across }, ByteTokenizer.Instance, evaluation: false);

    private static DataSet Write(TempFolder folder, string[] texts)
    {
        for (var n = 0; n < texts.Length; n++)
            folder.Write(FormattableString.Invariant($"{n:D3}.txt"), texts[n]);
        return FolderSource.Open(folder.Path);
    }

    private static PackedTexts Measure(DataSet data, TextField field, int workers) =>
        PackedTexts.Measure(data, [.. Enumerable.Range(0, data.Count)], field, workers, CancellationToken.None);

    private static List<long[]> Read(DataSet data, BatchLoaderSettings settings, int batches)
    {
        using var loader = new BatchLoader(data, [.. Enumerable.Range(0, data.Count)], [settings.Packed!.Field], settings);
        Assert.Equal(settings.Packed.RowsPerEpoch, loader.SamplesPerEpoch);
        var seen = new List<long[]>();
        for (var k = 0; k < batches; k++)
        {
            using var batch = loader.Next()!;
            Assert.Equal((settings.BatchSize, settings.Packed.RowLength), (batch.Count, batch.Fields[0].Length));
            Assert.All(batch.Fields[0].Lengths.ToArray(), length => Assert.Equal(settings.Packed.RowLength, length));
            Assert.DoesNotContain(false, batch.Fields[0].Present.ToArray());
            seen.Add(batch.Fields[0].Tokens.ToArray());
        }

        return seen;
    }
}
