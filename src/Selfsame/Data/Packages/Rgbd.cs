using System.Buffers.Binary;
using System.Globalization;
using Selfsame.Modalities.Depth;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Packages;

/// <summary>
/// Two series of pictures with depth from the test data of ViSP: a castle before a depth camera, and the same simulated. Pictures are grey. Column <c>metres</c> is
/// a step of the depth map; 0 is a place without a measure. A group is a block of time, see <see cref="TimeBlocks"/>.
/// </summary>
internal sealed class Rgbd : CatalogueEntry
{
    /// <summary>Pictures of a block at least, and between parts.</summary>
    internal const int Block = 8, Gap = 2;

    private const string Root = "usr/share/visp-images-data/ViSP-images/mbt-depth/";

    // The camera's own unit, as ViSP's example has it; the simulation counts in 2^-15 m.
    private static readonly Series[] s_series =
    [
        new("castle", "castel/castel/image_", "castel/castel/depth_image_", 0.000124986647),
        new("simulation", "Castle-simu/Images/Image_", "Castle-simu/Depth/Depth_", 1.0 / 32768),
    ];

    public override string Name => "rgbd";

    public override string Summary => "58 pictures with depth maps, 640 x 480, in 2 series: a castle before a depth camera, and simulated";

    public override string Label => "sequence";

    public override IReadOnlyList<PackagePin> Packages { get; } =
        [new(PackageRegistry.Debian, "visp-images-data", "3.5.0-1", "8d78de2b5d0ff5536ae5c281b11a5011fd6e95cd717c2e0ebf38bacf57723a9d", 75)];

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var files = PackageArchive.Read(archives[0], path => path.StartsWith(Root, StringComparison.Ordinal)
            && (path.EndsWith(".pgm", StringComparison.Ordinal) || path.EndsWith(".bin", StringComparison.Ordinal)), cancel);
        var done = 0;
        foreach (var series in s_series)
        {
            string[] numbers = [.. files.Keys.Where(path => path.StartsWith(Root + series.Depth, StringComparison.Ordinal))
                .Select(path => path[(Root.Length + series.Depth.Length)..^4]).Where(number => files.ContainsKey($"{Root}{series.Picture}{number}.pgm")).Order(StringComparer.Ordinal)];
            foreach (var block in TimeBlocks.Of(numbers.Length, Block, Gap))
                for (var i = block.Start; i < block.End; i++)
                {
                    cancel.ThrowIfCancellationRequested();
                    Add(writer, series, numbers[i], block, files);
                    progress(++done / (double)(files.Count / 2));
                }
        }
    }

    /// <param name="Name">What it is called here.</param>
    /// <param name="Picture">Path of a picture up to its number.</param>
    /// <param name="Depth">Path of a depth map up to its number.</param>
    /// <param name="Metres">A step of the depth map.</param>
    private readonly record struct Series(string Name, string Picture, string Depth, double Metres);

    private static void Add(PreparedWriter writer, Series series, string number, TimeBlock block, Dictionary<string, byte[]> files)
    {
        var key = $"{series.Name}/{number}";
        try
        {
            var picture = files[$"{Root}{series.Picture}{number}.pgm"];
            var (height, width, pixels) = PortableGreyMap.Read(picture);
            using var map = ReadDepth(files[$"{Root}{series.Depth}{number}.bin"]);
            var sample = new PreparedSample(key, string.Create(CultureInfo.InvariantCulture, $"{series.Name}/block {block.Number}"), [], ("sequence", series.Name), ("frame", number),
                ("metres", series.Metres.ToString(CultureInfo.InvariantCulture))) { Depth = PngWriter.Encode(map), Split = block.Split };
            writer.Append(sample, picture.AsSpan()[pixels], height, width, 1);
        }
        catch (FormatException e)
        {
            writer.Report(key, e.Message);
        }
    }

    /// <summary>Rows and columns as 32 bits each, then the steps as 16 bits each, all little-endian.</summary>
    /// <exception cref="FormatException">Its length is another than it says.</exception>
    internal static DepthMap ReadDepth(ReadOnlySpan<byte> file)
    {
        if (file.Length < 8 || (BinaryPrimitives.ReadUInt32LittleEndian(file), BinaryPrimitives.ReadUInt32LittleEndian(file[4..])) is not ( > 0 and < 1 << 15, > 0 and < 1 << 15) size
            || file.Length != 8 + 2L * size.Item1 * size.Item2)
            throw new FormatException($"it is no depth map: {file.Length} bytes are not what its first 8 say");
        var map = new DepthMap((int)size.Item1, (int)size.Item2);
        var values = map.Values;
        for (var i = 0; i < values.Length; i++)
            values[i] = BinaryPrimitives.ReadUInt16LittleEndian(file[(8 + 2 * i)..]);
        return map;
    }
}
