using System.Buffers.Binary;
using System.Text;
using Selfsame.Torch.Safetensors;

namespace Selfsame.Tests.Safetensors;

public sealed class HostileFileTests : IDisposable
{
    private const string Types = "BOOL, U8, I8, I16, F16, BF16, I32, F32, F64, I64";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    // Offsets
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,9]}}""", 2, "tensor 'a': found data_offsets [0, 9]; expected an end 2 bytes after the begin, as U8 of shape (2) takes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}""", 2, "tensor 'a': found data_offsets [0, 9]; expected an end within the file's 2 bytes of data")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,0]}}""", 2, "tensor 'a': found data_offsets [2, 0]; expected an end 2 bytes after the begin, as U8 of shape (2) takes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0]}}""", 2, "tensor 'a': found 1 data_offsets; expected 2 (begin and end)")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[-1,1]}}""", 2, "tensor 'a': found -1 in data_offsets; expected a whole number from 0 to 9223372036854775807")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "tensor 'b': found bytes shared with the tensor before it (begin 1); expected begin 2, where the tensor before it ends")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""", 3, "tensor 'b': found a hole before it (begin 2); expected begin 1, where the tensor before it ends")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "tensor 'a': found a hole before it (begin 1); expected begin 0, where the tensor before it ends")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[1,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2, "tensor 'a': found bytes shared with the tensor before it (begin 1); expected begin 2, where the tensor before it ends")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 3, "found 2 bytes after the last tensor; expected none")]
    [InlineData("{}", 1, "found 1 bytes after the last tensor; expected none")]
    // Shapes and types
    [InlineData("""{"a":{"dtype":"U8","shape":[-2],"data_offsets":[0,2]}}""", 2, "tensor 'a': found -2 in shape; expected a whole number from 0 to 9223372036854775807")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,2]}}""", 2, "tensor 'a': found 1.5 in shape; expected a whole number from 0 to 9223372036854775807")]
    [InlineData("""{"a":{"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,2]}}""", 2, "tensor 'a': found 18446744073709551616 in shape; expected a whole number from 0 to 9223372036854775807")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "tensor 'a': found shape (4294967296, 4294967296) of F32; expected a size that fits in 63 bits")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2305843009213693952],"data_offsets":[0,0]}}""", 0, "tensor 'a': found shape (2305843009213693952) of F32; expected a size that fits in 63 bits")]
    [InlineData("""{"a":{"dtype":"U8","shape":["2"],"data_offsets":[0,2]}}""", 2, "tensor 'a': found shape with a string; expected an array of whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":2,"data_offsets":[0,2]}}""", 2, "tensor 'a': found shape with a number; expected an array of whole numbers")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}""", 2, "tensor 'a': found dtype 'F8_E4M3'; expected one of " + Types)]
    [InlineData("""{"a":{"dtype":"f32","shape":[],"data_offsets":[0,4]}}""", 4, "tensor 'a': found dtype 'f32'; expected one of " + Types)]
    [InlineData("""{"a":{"dtype":7,"shape":[2],"data_offsets":[0,2]}}""", 2, "tensor 'a': found dtype with a number; expected a string")]
    // Keys
    [InlineData("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "tensor 'a': found the same name twice; expected each name once")]
    [InlineData("""{"a":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]}}""", 0, "tensor 'a': found 'dtype' twice; expected each key once")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0]}}""", 0, "tensor 'a': found no data_offsets; expected dtype, shape and data_offsets")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1}}""", 0, "tensor 'a': found the key 'x'; expected only dtype, shape and data_offsets")]
    [InlineData("""{"a":[]}""", 0, "tensor 'a': found an array; expected an object with dtype, shape and data_offsets")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, "found metadata 'k' with a number; expected a string")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "found metadata 'k' twice; expected each key once")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "found '__metadata__' twice; expected each key once")]
    [InlineData("""{"__metadata__":"x"}""", 0, "found '__metadata__' with a string; expected an object of strings")]
    // JSON
    [InlineData(""" {"a":1}""", 0, "found a header that starts with byte 0x20; expected '{' (0x7b) at byte 8")]
    [InlineData("[]", 0, "found a header that starts with byte 0x5b; expected '{' (0x7b) at byte 8")]
    [InlineData("""{"a":""", 0, "found a header that is not JSON (line 0, byte 5); expected one JSON object")]
    [InlineData("{}{}", 0, "found a header that is not JSON (line 0, byte 2); expected one JSON object")]
    [InlineData("""{"\ud800":1}""", 0, "found text that is not valid Unicode in the header; expected valid Unicode")]
    public void A_hostile_header_is_refused_with_what_was_found_and_expected(string header, int dataBytes, string message)
    {
        var path = _folder.Add("x.safetensors", SafetensorsBytes.Of(header, new byte[dataBytes]));
        Assert.Equal($"{path}: {message}", Refuse(path).Message);
    }

    [Theory]
    [InlineData(0UL, "found a header of 0 bytes; expected 2 to 100000000 bytes")]
    [InlineData(100_000_001UL, "found a header of 100000001 bytes; expected 2 to 100000000 bytes")]
    [InlineData(ulong.MaxValue, "found a header of 18446744073709551615 bytes; expected 2 to 100000000 bytes")]
    [InlineData(3UL, "found a header of 3 bytes; expected at most the 2 bytes that follow its length")]
    public void An_absurd_header_length_is_refused(ulong length, string message)
    {
        var bytes = SafetensorsBytes.Of("{}");
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        var path = _folder.Add("x.safetensors", bytes);
        Assert.Equal($"{path}: {message}", Refuse(path).Message);
    }

    [Fact]
    public void A_file_without_room_for_a_length_is_refused()
    {
        var path = _folder.Add("x.safetensors", [1, 2, 3]);
        Assert.Equal($"{path}: found 3 bytes; expected at least 8, for the header's length", Refuse(path).Message);
        Assert.Equal($"{_folder.Add("y.safetensors", [])}: found 0 bytes; expected at least 8, for the header's length", Refuse(_folder["y.safetensors"]).Message);
    }

    [Fact]
    public void Invalid_utf8_is_refused()
    {
        var path = _folder.Add("x.safetensors", SafetensorsBytes.Of([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)'}']));
        Assert.Equal($"{path}: found a header that is not valid UTF-8; expected UTF-8", Refuse(path).Message);
    }

    [Fact]
    public void A_hostile_name_cannot_steer_the_terminal_or_flood_it()
    {
        var name = "\\u001b[31m" + new string('x', 500);
        var error = Refuse(_folder.Add("x.safetensors", SafetensorsBytes.Of($$"""{"{{name}}":[]}""")));
        Assert.Contains("tensor '?[31mxxx", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', error.Message);
        Assert.Equal(505, error.Tensor!.Length);
        Assert.InRange(error.Message.Length - error.Path.Length, 200, 300);
    }

    [Fact]
    public void Every_truncation_of_a_valid_file_is_refused()
    {
        var whole = SafetensorsBytes.Of("""{"a":{"dtype":"I16","shape":[2],"data_offsets":[0,4]}}""", 1, 2, 3, 4);
        for (var length = 0; length < whole.Length; length++)
            Refuse(_folder.Add("x.safetensors", whole[..length]));
        using var file = SafetensorsFile.Open(_folder.Add("x.safetensors", whole));
        Assert.Equal([513, 1027], file.ReadIntegers("a"));
    }

    [Fact]
    public void No_changed_header_byte_does_more_than_be_refused()
    {
        var whole = SafetensorsBytes.Of("""{"a":{"dtype":"I16","shape":[2],"data_offsets":[0,4]}}""", 1, 2, 3, 4);
        var refused = 0;
        for (var at = 0; at < whole.Length - 4; at++)
        {
            foreach (var value in (byte[])[0, (byte)'"', (byte)'9', 0xff])
            {
                byte[] changed = [.. whole];
                changed[at] = value;
                try
                {
                    using var file = SafetensorsFile.Open(_folder.Add("x.safetensors", changed));
                    Assert.Equal(4, file.Entries.Sum(entry => entry.ByteLength));
                }
                catch (SafetensorsException)
                {
                    refused++;
                }
            }
        }
        Assert.InRange(refused, 200, 62 * 4);
    }

    [Fact]
    public void Asking_for_what_is_not_there_names_it()
    {
        var path = _folder.Add("x.safetensors", SafetensorsBytes.Of(
            """{"b":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]},"f":{"dtype":"F32","shape":[1],"data_offsets":[3,7]}}""", 0, 1, 2, 0, 0, 128, 63));
        using var file = SafetensorsFile.Open(path);
        Assert.Equal($"{path}: tensor 'c': found no tensor of this name; expected one of the file's 2", Assert.Throws<SafetensorsException>(() => file.ReadFloats("c")).Message);
        Assert.Equal($"{path}: tensor 'b': found BOOL; expected F16, BF16, F32 or F64", Assert.Throws<SafetensorsException>(() => file.ReadFloats("b")).Message);
        Assert.Equal($"{path}: tensor 'b': found 2 at element 2; expected 0 or 1 in a BOOL tensor", Assert.Throws<SafetensorsException>(() => file.ReadBooleans("b")).Message);
        Assert.Equal($"{path}: tensor 'f': found F32; expected BOOL, U8, I8, I16, I32 or I64", Assert.Throws<SafetensorsException>(() => file.ReadIntegers("f")).Message);
        Assert.Equal([1f], file.ReadFloats("f")); // three bytes off a multiple of four: read by copying …
        Assert.Equal(
            $"{path}: tensor 'f': found data that is not aligned to its element size; expected aligned data; read a copy of this tensor, or write the file anew",
            Assert.Throws<SafetensorsException>(() => file.Address("f")).Message); // … but not viewed in place
    }

    [Fact]
    public void A_closed_file_gives_nothing_more()
    {
        var file = SafetensorsFile.Open(_folder.Add("x.safetensors", Encoding.UTF8.GetBytes("\u0002\0\0\0\0\0\0\0{}")));
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Bytes("a").Length);
        Assert.Throws<ObjectDisposedException>(() => file.Address("a"));
    }

    private static SafetensorsException Refuse(string path) => Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path).Dispose());
}
