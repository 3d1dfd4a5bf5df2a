using System.Globalization;
using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Data.Sources;
using Selfsame.Modalities.Image;

namespace Selfsame.Tests.Data;

public class BatchLoaderTests
{
    /// <summary>Writes red, and a number that only the place in the run decides.</summary>
    private sealed class Probe : ISampleTransform
    {
        public IReadOnlyList<int> OutputShape { get; } = [2];

        public void Apply(ImageBuffer image, in SampleContext context, Span<float> destination)
        {
            destination[0] = image.Pixels[0];
            destination[1] = (long)context.Seed * 1000 + context.Epoch * 100 + context.Position;
        }
    }

    private static DataSet Dots(TempFolder folder, int count, params int[] broken)
    {
        for (var i = 0; i < count; i++)
            folder.Write(string.Create(CultureInfo.InvariantCulture, $"{(i % 2 == 0 ? "even" : "odd")}/{i:D3}.png"), broken.Contains(i) ? "rubbish"u8.ToArray() : SourceTests.Dot((byte)i));
        return FolderSource.Open(folder.Path);
    }

    private static int[] All(DataSet data) => [.. Enumerable.Range(0, data.Count)];

    private static List<string> Run(DataSet data, BatchLoaderSettings settings, int batches)
    {
        using var quarantine = new Quarantine(maxBad: 0.5);
        using var loader = new BatchLoader(data, All(data), new Probe(), settings, quarantine);
        var seen = new List<string>();
        for (var i = 0; i < batches; i++)
        {
            using var batch = loader.Next();
            if (batch is null)
                break;
            seen.Add($"{batch.Position}-{batch.NextPosition}: {string.Join(",", batch.Indices.ToArray())}: {string.Join(",", batch.Values.ToArray())}");
        }
        return seen;
    }

    [Fact]
    public void Batches_do_not_depend_on_the_number_of_workers()
    {
        using var folder = new TempFolder();
        using var data = Dots(folder, 50, 3, 17, 30);
        var settings = new BatchLoaderSettings { BatchSize = 20, Seed = 5, Workers = 1 };

        var one = Run(data, settings, 12);

        Assert.Equal(one, Run(data, settings with { Workers = 7, Prefetch = 1 }, 12));
        Assert.Equal(one, Run(data, settings with { Workers = 3, Prefetch = 9, CacheBytes = 1 << 20 }, 12));
        Assert.NotEqual(one, Run(data, settings with { Seed = 6 }, 12));
        Assert.Equal(12, one.Distinct().Count());
    }

    [Fact]
    public void A_resumed_run_continues_with_exactly_the_next_sample()
    {
        using var folder = new TempFolder();
        using var data = Dots(folder, 50, 9);
        var settings = new BatchLoaderSettings { BatchSize = 20, Seed = 5, Workers = 2 };

        Assert.Equal(Run(data, settings, 10)[6..], Run(data, settings with { Start = 120 }, 4));
    }

    [Fact]
    public void An_epoch_visits_every_sample_and_a_broken_one_is_replaced_by_the_next()
    {
        using var folder = new TempFolder();
        using var data = Dots(folder, 50, 9);
        var order = new SampleOrder(5, 50);
        var broken = Enumerable.Range(0, data.Count).Single(i => data.Key(i) == "odd/009.png");
        var expected = Enumerable.Range(0, 50).Select(p => order.At(0, p) == broken ? order.At(0, (p + 1) % 50) : order.At(0, p)).ToArray();
        using var loader = new BatchLoader(data, All(data), new Probe(), new() { BatchSize = 50, Seed = 5, LabelColumns = ["folder"] });

        using var batch = loader.Next()!;

        Assert.Equal(expected, batch.Indices.ToArray());
        var labels = data.Labels("folder");
        Assert.Equal(expected.Select(i => labels[i]), batch.Labels().ToArray());
        Assert.Equal(expected.Select((_, p) => 5000f + p), Enumerable.Range(0, 50).Select(row => batch.Sample(row)[1]));
    }

    [Fact]
    public void Evaluation_is_one_pass_in_order_without_the_broken()
    {
        using var folder = new TempFolder();
        using var data = Dots(folder, 45, 9);
        var broken = Enumerable.Range(0, data.Count).Single(i => data.Key(i) == "odd/009.png");
        using var loader = new BatchLoader(data, All(data), new Probe(), new() { BatchSize = 20, Sequential = true });
        var (seen, sizes) = (new List<int>(), new List<int>());

        while (loader.Next() is { } batch)
        {
            using (batch)
            {
                seen.AddRange(batch.Indices);
                sizes.Add(batch.Count);
                for (var row = 0; row < batch.Count; row++)
                    Assert.Equal(data.Key(batch.Indices[row]), string.Create(CultureInfo.InvariantCulture, $"{(batch.Sample(row)[0] % 2 == 0 ? "even" : "odd")}/{(int)batch.Sample(row)[0]:D3}.png"));
            }
        }

        Assert.Equal(Enumerable.Range(0, 45).Where(i => i != broken), seen);
        Assert.Equal([20, 19, 5], sizes);
    }

    [Fact]
    public void Memory_of_disposed_batches_is_used_again()
    {
        using var folder = new TempFolder();
        using var data = Dots(folder, 10);
        using var loader = new BatchLoader(data, All(data), new Probe(), new() { BatchSize = 4, Prefetch = 2, Workers = 1 });
        var memory = new HashSet<nint>();
        for (var i = 0; i < 50; i++)
        {
            using var batch = loader.Next()!;
            using var pin = batch.Values.Pin();
            unsafe
            {
                memory.Add((nint)pin.Pointer);
            }
        }
        Assert.InRange(memory.Count, 2, 3);
    }

    [Fact]
    public void A_disposed_batch_is_not_to_be_read()
    {
        using var folder = new TempFolder();
        using var data = Dots(folder, 4);
        using var loader = new BatchLoader(data, All(data), new Probe(), new() { BatchSize = 4 });
        var batch = loader.Next()!;
        batch.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch.Values);
    }

    [Fact]
    public void A_failing_transform_is_told_where_the_batch_is_awaited()
    {
        using var folder = new TempFolder();
        using var data = Dots(folder, 4);
        using var loader = new BatchLoader(data, All(data), new Faulty(), new() { BatchSize = 4 });
        var failure = Assert.Throws<InvalidOperationException>(() => loader.Next());
        Assert.Equal($"loading from '{folder.Path}' failed: no such crop", failure.Message);
    }

    [Fact]
    public void Waiting_can_be_cancelled()
    {
        using var folder = new TempFolder();
        using var data = Dots(folder, 4);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        using var loader = new BatchLoader(data, All(data), new Slow(), new() { BatchSize = 4 });
        Assert.Throws<OperationCanceledException>(() => loader.Next(cancelled.Token));
    }

    private sealed class Faulty : ISampleTransform
    {
        public IReadOnlyList<int> OutputShape { get; } = [1];

        public void Apply(ImageBuffer image, in SampleContext context, Span<float> destination) => throw new ArithmeticException("no such crop");
    }

    private sealed class Slow : ISampleTransform
    {
        public IReadOnlyList<int> OutputShape { get; } = [1];

        public void Apply(ImageBuffer image, in SampleContext context, Span<float> destination) => Thread.Sleep(50);
    }
}
