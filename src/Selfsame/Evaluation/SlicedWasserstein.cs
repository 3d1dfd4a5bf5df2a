using Selfsame.Torch;

namespace Selfsame.Evaluation;

/// <summary>The random choices of one comparison: where patches are taken and along which directions they are compared.</summary>
/// <remarks>Lists have an entry for each pyramid level, the finest first. Position p belongs to picture p / patches-per-picture.</remarks>
public sealed class SlicedWassersteinDraws : IDisposable
{
    /// <summary>Columns of patch centres in the real pictures, from 3 to width - 4.</summary>
    public required IReadOnlyList<long[]> RealX { get; init; }

    /// <summary>Rows of patch centres in the real pictures.</summary>
    public required IReadOnlyList<long[]> RealY { get; init; }

    /// <summary>Columns of patch centres in the fake pictures.</summary>
    public required IReadOnlyList<long[]> FakeX { get; init; }

    /// <summary>Rows of patch centres in the fake pictures.</summary>
    public required IReadOnlyList<long[]> FakeY { get; init; }

    /// <summary>(repeats, 147, directions) each, any length; columns are normalised when used. Freed with this object.</summary>
    public required IReadOnlyList<Tensor> Directions { get; init; }

    /// <summary>Draws from a seed.</summary>
    /// <param name="pictures">Pictures in each set.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="settings">Counts and seed.</param>
    public static SlicedWassersteinDraws From(long pictures, long height, long width, SlicedWassersteinSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        using var generator = new Generator(settings.Seed);
        var levels = LaplacianPyramid.LevelCount(Math.Min(height, width));
        var count = pictures * settings.PatchesPerPicture;
        var places = new List<long[]>[] { [], [], [], [] };
        var directions = new List<Tensor>();
        for (var level = 0; level < levels; level++)
        {
            for (var kind = 0; kind < places.Length; kind++)
                places[kind].Add(Places(count, (kind % 2 == 0 ? width : height) >> level, generator));
            directions.Add(Scope.Release(Ops.Empty([settings.Repeats, SlicedWasserstein.DescriptorLength, settings.Directions]).NormalInPlace(generator: generator)));
        }

        return new() { RealX = places[0], RealY = places[1], FakeX = places[2], FakeY = places[3], Directions = directions };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Directions)
            tensor.Dispose();
    }

    private static long[] Places(long count, long side, Generator generator)
    {
        using var scope = Scope.Enter();
        var uniform = Ops.Empty([count], DType.Float64).UniformInPlace(generator: generator).ToArray<double>();
        var margin = SlicedWasserstein.PatchSide / 2;
        return Array.ConvertAll(uniform, draw => margin + (long)(draw * (side - (2 * margin))));
    }
}

/// <summary>How much is drawn for <see cref="SlicedWasserstein"/>.</summary>
public sealed record SlicedWassersteinSettings
{
    /// <summary>Patches of each picture and level. Karras et al.: 128.</summary>
    public int PatchesPerPicture { get; init; } = 128;

    /// <summary>Independent sets of directions. Karras et al.: 4.</summary>
    public int Repeats { get; init; } = 4;

    /// <summary>Directions in a set. Karras et al.: 128.</summary>
    public int Directions { get; init; } = 128;

    /// <summary>Seed of patches and directions.</summary>
    public ulong Seed { get; init; }
}

/// <summary>Sliced Wasserstein distance between two sets of pictures, level by level of a Laplacian pyramid (<c>swd/laplacian-1</c>).</summary>
/// <remarks>
/// Karras et al. 2017, https://arxiv.org/abs/1710.10196, section 5. 7 x 7 patches of all channels; per set and level, each channel is moved to
/// mean 0 and population deviation 1; both sets are projected onto random unit directions and sorted, and the mean absolute difference
/// is taken; times 1000. No network judges, so it suits any kind of picture. The figure depends on the number of pictures: compare equal counts only.
/// </remarks>
public static class SlicedWasserstein
{
    /// <summary>The protocol's name and version.</summary>
    public const string Protocol = "swd/laplacian-1";

    internal const int PatchSide = 7;
    internal const int Channels = 3;
    internal const int DescriptorLength = Channels * PatchSide * PatchSide;

    private const double Unit = 1000;

    /// <summary>Compares two sets with draws from a seed.</summary>
    /// <inheritdoc cref="DistancesAt"/>
    /// <param name="real">Pictures to compare with.</param>
    /// <param name="fake">As many pictures of the same size.</param>
    /// <param name="settings">Null for the figures of Karras et al.</param>
    /// <param name="cancellation">Stops between levels and repeats.</param>
    public static double[] Distances(Tensor real, Tensor fake, SlicedWassersteinSettings? settings = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(real);
        Require(real, fake);
        using var draws = SlicedWassersteinDraws.From(real.Size(0), real.Size(2), real.Size(3), settings ?? new());
        return DistancesAt(real, fake, draws, cancellation);
    }

    /// <summary>Compares two sets with given draws.</summary>
    /// <param name="real">(N, 3, height, width), values from 0 to 255; sides of at least 16 that halve evenly while above.</param>
    /// <param name="fake">The same shape.</param>
    /// <param name="draws">Patches and directions.</param>
    /// <param name="cancellation">Stops between levels and repeats.</param>
    /// <returns>The distance of each level, finest first, then their mean; times 1000.</returns>
    /// <exception cref="ShapeException">The sets differ in shape, or are no colour pictures.</exception>
    /// <exception cref="ArgumentException">A patch reaches over the border.</exception>
    public static double[] DistancesAt(Tensor real, Tensor fake, SlicedWassersteinDraws draws, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(draws);
        Require(real, fake);
        using var guard = GradMode.Off();
        using var scope = Scope.Enter();
        var levels = LaplacianPyramid.LevelCount(Math.Min(real.Size(2), real.Size(3)));
        var realLevels = LaplacianPyramid.Build(real.To(DType.Float32), levels);
        var fakeLevels = LaplacianPyramid.Build(fake.To(DType.Float32), levels);
        var distances = new double[levels + 1];
        for (var level = 0; level < levels; level++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = Scope.Enter();
            var one = Descriptors(realLevels[level], draws.RealX[level], draws.RealY[level]);
            var other = Descriptors(fakeLevels[level], draws.FakeX[level], draws.FakeY[level]);
            distances[level] = Unit * Compare(one, other, draws.Directions[level], cancellation);
            distances[levels] += distances[level] / levels;
        }

        return distances;
    }

    /// <summary>Patches as rows, each channel moved to mean 0 and deviation 1 over all of them.</summary>
    private static Tensor Descriptors(Tensor pictures, long[] x, long[] y)
    {
        const int Margin = PatchSide / 2;
        var (count, height, width) = ((int)pictures.Size(0), (int)pictures.Size(2), (int)pictures.Size(3));
        if (x.Length != y.Length || x.Length == 0 || x.Length % count != 0)
            throw new ArgumentException($"{x.Length} columns and {y.Length} rows of patches for {count} pictures; every picture needs the same number, with both coordinates");
        using var scope = Scope.Enter();
        var pixels = pictures.To(Device.Cpu, DType.Float32).Contiguous().Span<float>();
        var patches = Ops.Empty([x.Length, Channels, PatchSide * PatchSide]);
        var target = patches.Span<float>();
        var each = x.Length / count;
        for (var p = 0; p < x.Length; p++)
        {
            if (x[p] < Margin || y[p] < Margin || x[p] >= width - Margin || y[p] >= height - Margin)
                throw new ArgumentException($"the patch around column {x[p]}, row {y[p]} reaches over the border of a level of {width} x {height}; centres keep {Margin} pixels away");
            for (var channel = 0; channel < Channels; channel++)
            {
                // Column by column, as the official code flattens patches; directions belong to that order.
                var corner = (((((p / each * Channels) + channel) * height) + (int)y[p] - Margin) * width) + (int)x[p] - Margin;
                var patch = target.Slice(((p * Channels) + channel) * PatchSide * PatchSide, PatchSide * PatchSide);
                for (var k = 0; k < patch.Length; k++)
                    patch[k] = pixels[corner + (k % PatchSide * width) + (k / PatchSide)];
            }
        }

        var mean = patches.Mean([0, 2], keepdim: true, DType.Float64).To(DType.Float32);
        patches.SubInPlace(mean);
        var deviation = patches.To(DType.Float64).Square().Mean([0, 2], keepdim: true).Sqrt().To(DType.Float32);
        // A level without any contrast has deviation 0 and stays 0.
        patches.DivInPlace(deviation.MaskedFill(deviation.Eq((Scalar)0.0), 1));
        return scope.MoveOut(patches.View([x.Length, DescriptorLength]).To(pictures.Device, DType.Float32));
    }

    private static double Compare(Tensor one, Tensor other, Tensor directions, CancellationToken cancellation)
    {
        var sum = 0.0;
        var repeats = directions.Size(0);
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = Scope.Enter();
            var raw = directions.Select(0, repeat).To(one.Device, DType.Float64);
            var unit = (raw / raw.VectorNorm(2, [0], keepdim: true)).To(DType.Float32).T();
            // (directions, patches), so that each projection is sorted in contiguous memory.
            var first = unit.Matmul(one.T()).Sort().Values;
            var second = unit.Matmul(other.T()).Sort().Values;
            sum += first.SubInPlace(second).Abs().Mean(DType.Float64).Item();
        }

        return sum / repeats;
    }

    private static void Require(Tensor real, Tensor fake)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        if (real.Dimensions != 4 || real.Size(1) != Channels || !real.Shape.AsSpan().SequenceEqual(fake.Shape))
            throw new ShapeException($"pictures are {real} and {fake}; both sets must be (N, 3, height, width) with the same N and size.");
        if (Math.Min(real.Size(2), real.Size(3)) < LaplacianPyramid.SmallestSide)
            throw new ShapeException($"pictures are {real}; sides must be at least {LaplacianPyramid.SmallestSide} pixels.");
    }
}
