using System.Buffers.Binary;
using Selfsame.Data;
using Selfsame.Data.Loading;
using Selfsame.Data.Packages;
using Selfsame.Data.Sources;
using Selfsame.Modalities.Depth;
using Selfsame.Modalities.Image;
using Selfsame.Modalities.Media;
using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Data;

/// <summary>Depth maps from file to batch, and the data set <c>rgbd</c>.</summary>
public class DepthTests
{
    private const string Root = "usr/share/visp-images-data/ViSP-images/mbt-depth/";

    private static DepthMap Ramp(int height, int width, int step = 257)
    {
        var map = new DepthMap(height, width);
        for (var i = 0; i < map.Values.Length; i++)
            map.Values[i] = (ushort)(i * step);
        return map;
    }

    [Fact]
    public void No_bit_is_lost_between_a_map_and_its_file()
    {
        using var map = Ramp(5, 7, 1871);
        using var again = MediaDecoder.DecodeDepth(PngWriter.Encode(map));
        Assert.Equal((5, 7), (again.Height, again.Width));
        Assert.Equal(map.Values.ToArray(), again.Values.ToArray());

        using var narrow = MediaDecoder.DecodeDepth(PngWriter.Encode([0, 7, 255, 1], 2, 2, 1));
        Assert.Equal([0, 7, 255, 1], narrow.Values.ToArray());
    }

    [Fact]
    public void Colour_and_lossy_files_are_no_maps()
    {
        var colour = Assert.Throws<MediaException>(() => MediaDecoder.DecodeDepth(PngWriter.Encode([1, 2, 3], 1, 1, 3)));
        Assert.Equal("a depth map has one channel of 8 or 16 bits; this picture is stored as rgb24", colour.Message);
    }

    [Fact]
    public void A_map_is_cut_and_mirrored_as_its_picture_and_missing_stays_zero()
    {
        using var folder = new TempFolder();
        var pixels = new byte[30 * 40];
        using var map = new DepthMap(30, 40);
        for (var i = 0; i < pixels.Length; i++)
            map.Values[i] = pixels[i] = (byte)(i % 40 < 20 ? 0 : 200);
        folder.Write("a.png", PngWriter.Encode(pixels, 40, 30, 1));
        folder.Write("a.depth.png", PngWriter.Encode(map));
        folder.Write("b.png", PngWriter.Encode(pixels, 40, 30, 1));
        using var data = ManifestSource.Open(folder.Write("m.csv", "image,depth,metres\na.png,a.depth.png,0.001\nb.png,,\n"));
        Assert.Equal(ModalitySet.Of(Modality.Image, Modality.Depth), data.Modalities);

        var view = ViewSettings.Mae() with { Size = 16, Mean = [0], Std = [1], FlipProbability = 0.5 };
        var inputs = new SampleInputs([new ImageField(new ViewTransform([view])), new DepthField(new() { Scale = 10 }, view)]);
        using var loader = new BatchLoader(data, [0, 1], inputs.Fields, new() { BatchSize = 2, Seed = 3, Sequential = false });
        for (var k = 0; k < 8; k++)
        {
            using var host = loader.Next()!;
            using var scope = Scope.Enter();
            var batch = inputs.Batch(host);
            Assert.Equal([2, 1, 16, 16], batch[Modality.Depth].Shape.ToArray());
            for (var row = 0; row < 2; row++)
            {
                var depth = batch[Modality.Depth].Select(0, row).Reshape([256]).ToArray<float>();
                var picture = batch[Modality.Image].Select(0, row).Reshape([256]).ToArray<float>();
                if (host.Indices[row] == 1)
                    Assert.All(depth, value => Assert.Equal(0, value));
                else
                    Assert.All(depth.Zip(picture), pair => Assert.True(pair.First is 0 or 2 && Math.Abs(pair.First / 2 - pair.Second / (200 / 255f)) <= 0.5f));
            }
        }
    }

    [Fact]
    public void Series_become_pictures_with_depth_in_blocks_of_time()
    {
        using var folder = new TempFolder();
        var files = new List<(string, byte[])>();
        for (var i = 0; i < 24; i++)
        {
            files.Add(($"{Root}castel/castel/image_{i:0000}.pgm", [.. "P5\n# made up\n3 2\n255\n"u8, .. Enumerable.Repeat((byte)i, 6)]));
            var depth = new byte[8 + 12];
            (depth[0], depth[4]) = (2, 3);
            BinaryPrimitives.WriteUInt16LittleEndian(depth.AsSpan(8 + 2), (ushort)(8000 + i));
            files.Add(($"{Root}castel/castel/depth_image_{i:0000}.bin", i == 2 ? depth[..^1] : depth));
        }
        files.Add(($"{Root}castel/castel/depth_image_0099.bin", []));

        using var data = MadeUpPackage.Prepare(new Rgbd(), folder, [.. files]);

        // 3 blocks of 8 pictures: train, test, train; the first two lose 2, and one map is damaged.
        Assert.Equal((19, 3), (data.Count, data.GroupCount));
        Assert.Equal((13, 6), (data.Split(DataSplit.Train).Length, data.Split(DataSplit.Test).Length));
        Assert.Equal(new SampleProblem("castle/0002", "it is no depth map: 19 bytes are not what its first 8 say"), Assert.Single(data.Problems));
        Assert.Equal(("castle/0003", "0003", 0.000124986647), (data.Key(2), data.Text("frame", 2), data.DepthStep(2)));
        using var map = data.ReadDepth(2);
        Assert.Equal([0, 8003, 0, 0, 0, 0], map.Values.ToArray());
        using var image = data.ReadImage(2);
        Assert.Equal((2, 3, 3), (image.Height, image.Width, image.Pixels[0]));
    }
}
