using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Selfsame.Torch;
using Selfsame.Torch.Safetensors;

namespace Selfsame.Tests.Safetensors;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_bytes_are_those_of_the_reference_implementation()
    {
        var metadata = new Dictionary<string, string> { ["z"] = "é\n\"\\\u0001", ["format"] = "pt" };
        SafetensorsWriter.Write(_folder["x"], [("b", DType.UInt8, [3], new byte[] { 7, 8, 9 }), ("ω", DType.Float32, [], F32(1)), ("a", DType.Float32, [1, 2], F32(2, -2))], metadata);

        const string header = """{"__metadata__":{"format":"pt","z":"é\n\"\\\u0001"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"ω":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"b":{"dtype":"U8","shape":[3],"data_offsets":[12,15]}}""";
        var padded = Encoding.UTF8.GetBytes(header).Length switch { var n => header + new string(' ', (8 - (n % 8)) % 8) };
        Assert.Equal(SafetensorsBytes.Of(padded, 0, 0, 0, 64, 0, 0, 0, 192, 0, 0, 128, 63, 7, 8, 9), File.ReadAllBytes(_folder["x"]));
    }

    [Fact]
    public void One_tiny_file_byte_for_byte()
    {
        var hash = SafetensorsWriter.Write(_folder["x"], [("t", DType.Int8, [1], new byte[] { 255 })]);
        byte[] expected =
        [
            56, 0, 0, 0, 0, 0, 0, 0,
            .. "{\"t\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]}}   "u8,
            255,
        ];
        Assert.Equal(expected, File.ReadAllBytes(_folder["x"]));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(expected)), hash);
    }

    [Fact]
    public void Wide_types_come_first_and_names_are_in_utf8_order()
    {
        DType[] types = [DType.Bool, DType.UInt8, DType.Int8, DType.Int16, DType.Float16, DType.BFloat16, DType.Int32, DType.Float32, DType.Float64, DType.Int64];
        using (var writer = SafetensorsWriter.Create(_folder["x"], types.Select(type => (type.ToString(), type, new long[] { 0 }))))
            Assert.Equal(types.Reverse(), writer.Entries.Select(entry => entry.DType));
        // U+FF5E lies before U+1F600 in UTF-8, after its surrogates in UTF-16.
        using (var writer = SafetensorsWriter.Create(_folder["x"], [("\U0001f600", DType.Bool, [0]), ("\uff5e", DType.Bool, [0]), ("a", DType.Bool, [0])]))
            Assert.Equal(["a", "\uff5e", "\U0001f600"], writer.Entries.Select(entry => entry.Name));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var type = Gen.Elements(DType.UInt8, DType.Int8, DType.Int16, DType.Int32, DType.Int64, DType.Float16, DType.Float32, DType.Float64, DType.Bool, DType.BFloat16);
        var tensor =
            from dtype in type
            from shape in Gen.Choose(0, 4).ListOf(3)
            from rank in Gen.Choose(0, 3)
            from name in Gen.Elements("a", "é", "\U0001f600", "blocks.0.attn", "\"\\", "\t\u0001", "", "名前")
            from seed in Gen.Choose(0, int.MaxValue)
            select (Name: name, DType: dtype, Shape: shape.Take(rank).Select(size => (long)size).ToArray(), Seed: seed);
        var files = tensor.ListOf().Select(list => list.DistinctBy(t => t.Name).ToArray());

        Prop.ForAll(files.ToArbitrary(), tensors =>
        {
            var data = tensors.Select(t => (t.Name, t.DType, t.Shape, Data: (ReadOnlyMemory<byte>)Noise(t.Seed, t.DType, t.Shape))).ToArray();
            var hash = SafetensorsWriter.Write(_folder["x"], data, new Dictionary<string, string> { ["k"] = "v" }, atomic: false);
            var bytes = File.ReadAllBytes(_folder["x"]);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), hash);
            Assert.Equal(hash, SafetensorsWriter.Write(_folder["x"], data.Reverse(), new Dictionary<string, string> { ["k"] = "v" }, atomic: false));
            Assert.Equal(0, BitConverter.ToInt64(bytes) % 8);

            using var file = SafetensorsFile.Open(_folder["x"]);
            Assert.Equal("v", file.Metadata["k"]);
            Assert.Equal(data.Length, file.Entries.Count);
            foreach (var (name, dtype, shape, expected) in data)
            {
                Assert.True(file.TryGet(name, out var entry));
                Assert.Equal((dtype, expected.Length), (entry.DType, (int)entry.ByteLength));
                Assert.Equal(shape, entry.Shape);
                Assert.True(file.IsAligned(name));
                Assert.True(file.Bytes(name).SequenceEqual(expected.Span));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_type_is_read_as_the_number_it_stands_for()
    {
        SafetensorsWriter.Write(_folder["x"],
        [
            ("f16", DType.Float16, [3], Raw<ushort>(0x3c00, 0xc000, 0x0001)), ("bf16", DType.BFloat16, [2], Raw<ushort>(0x3f80, 0xc2f7)),
            ("f32", DType.Float32, [1], F32(0.1f)), ("f64", DType.Float64, [2], Raw(0.1, 1e300)),
            ("i8", DType.Int8, [2], new byte[] { 128, 127 }), ("i16", DType.Int16, [1], Raw<short>(-300)), ("i32", DType.Int32, [1], Raw(int.MinValue)),
            ("i64", DType.Int64, [1], Raw(long.MinValue)), ("u8", DType.UInt8, [1], new byte[] { 255 }), ("bool", DType.Bool, [2], new byte[] { 1, 0 }),
        ]);
        using var file = SafetensorsFile.Open(_folder["x"]);
        Assert.Equal([1f, -2f, 5.9604645e-8f], file.ReadFloats("f16"));
        Assert.Equal([1f, -123.5f], file.ReadFloats("bf16"));
        Assert.Equal([0.1f, float.PositiveInfinity], file.ReadFloats("f64"));
        Assert.Equal([0.1, 1e300], file.ReadDoubles("f64"));
        Assert.Equal([0.10000000149011612], file.ReadDoubles("f32"));
        Assert.Equal([-128, 127], file.ReadIntegers("i8"));
        Assert.Equal([-300], file.ReadIntegers("i16"));
        Assert.Equal([int.MinValue], file.ReadIntegers("i32"));
        Assert.Equal([long.MinValue], file.ReadIntegers("i64"));
        Assert.Equal([255.0], file.ReadDoubles("u8"));
        Assert.Equal([true, false], file.ReadBooleans("bool"));
        unsafe
        {
            Assert.Equal(0.1, *(double*)file.Address("f64"));
        }
    }

    [Fact]
    public void A_large_tensor_may_come_in_parts_and_an_empty_one_not_at_all()
    {
        using var writer = SafetensorsWriter.Create(_folder["x"], [("a", DType.UInt8, [4]), ("none", DType.Float32, [3, 0]), ("z", DType.UInt8, [1])]);
        writer.Write("a", [1, 2, 3]);
        writer.Write("a", [4]);
        writer.Write("none", []);
        Assert.Equal($"{_folder["x"]}: tensor 'a': found bytes out of turn; expected 1 bytes of tensor 'z'", Assert.Throws<SafetensorsException>(() => writer.Write("a", [5])).Message);
        Assert.Equal($"{_folder["x"]}: tensor 'z': found 2 bytes; expected 1, to complete z U8 (1)", Assert.Throws<SafetensorsException>(() => writer.Write("z", [5, 6])).Message);
        Assert.Equal($"{_folder["x"]}: tensor 'z': found 0 bytes; expected 1 before the file is finished", Assert.Throws<SafetensorsException>(writer.Finish).Message);
        writer.Write("z", [5]);
        writer.Finish();
        using var file = SafetensorsFile.Open(_folder["x"]);
        Assert.Equal([1, 2, 3, 4], file.ReadIntegers("a"));
        Assert.Empty(file.ReadFloats("none"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_unfinished_file_is_not_left_behind(bool atomic)
    {
        using (var writer = SafetensorsWriter.Create(_folder["x"], [("a", DType.UInt8, [4])], atomic: atomic))
            writer.Write("a", [1]);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void The_old_file_stays_until_the_new_one_is_complete()
    {
        SafetensorsWriter.Write(_folder["x"], [("a", DType.UInt8, [1], new byte[] { 1 })]);
        using (var old = SafetensorsFile.Open(_folder["x"]))
        {
            using var writer = SafetensorsWriter.Create(_folder["x"], [("a", DType.UInt8, [1])]);
            writer.Write("a", [2]);
            Assert.Equal([1], Read());
            writer.Finish();
            Assert.Equal([2], Read());
            Assert.Equal([1], old.ReadIntegers("a"));
        }
        Assert.Equal([_folder["x"]], Directory.GetFiles(_folder.Path));

        long[] Read()
        {
            using var file = SafetensorsFile.Open(_folder["x"]);
            return file.ReadIntegers("a");
        }
    }

    [Fact]
    public void What_cannot_be_written_is_refused_before_the_file_exists()
    {
        Refuse("tensor 'a': found the same name twice; expected each name once", ("a", DType.UInt8, [1]), ("a", DType.UInt8, [1]));
        Refuse("tensor '__metadata__': found a reserved name; expected any other name", ("__metadata__", DType.UInt8, [1]));
        Refuse("tensor 'a': found element type 24; expected one of BOOL, U8, I8, I16, F16, BF16, I32, F32, F64, I64", ("a", (DType)24, [1])); // libtorch's Float8_e4m3fn
        Refuse("tensor 'a': found shape (-1); expected sizes from 0 whose product in bytes fits in 63 bits", ("a", DType.UInt8, [-1]));
        Refuse("tensor 'a': found shape (4294967296, 2147483648); expected sizes from 0 whose product in bytes fits in 63 bits", ("a", DType.UInt8, [1L << 32, 1L << 31]));
        Refuse("found text with half of a surrogate pair ('\ud800'); expected valid Unicode", ("\ud800", DType.UInt8, [1]));
        Assert.Empty(Directory.GetFiles(_folder.Path));

        void Refuse(string message, params (string, DType, long[])[] tensors) =>
            Assert.Equal($"{_folder["x"]}: {message}", Assert.Throws<SafetensorsException>(() => SafetensorsWriter.Create(_folder["x"], tensors)).Message);
    }

    private static byte[] Noise(int seed, DType dtype, long[] shape)
    {
        var bytes = new byte[shape.Aggregate(1L, (a, b) => a * b) * dtype.Size()];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] F32(params float[] values) => Raw(values);

    private static byte[] Raw<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();
}
