using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Selfsame.Training.Logging;

namespace Selfsame.Tests.Outputs;

public class RecordFileTests
{
    // RFC 3720, appendix B.4, and the usual check value.
    public static TheoryData<byte[], uint> KnownChecksums => new()
    {
        { [], 0x00000000 },
        { Encoding.ASCII.GetBytes("123456789"), 0xE3069283 },
        { new byte[32], 0x8A9136AA },
        { [.. Enumerable.Repeat((byte)0xFF, 32)], 0x62A8AB43 },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)i)], 0x46DD794E },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))], 0x113FDB5C },
    };

    [Theory, MemberData(nameof(KnownChecksums))]
    public void Checksum_of_known_bytes(byte[] data, uint expected) => Assert.Equal(expected, RecordFile.Crc32C(data));

    [Fact]
    public void Checksum_agrees_with_division_bit_by_bit() =>
        Prop.ForAll<byte[]>(data => RecordFile.Crc32C(data) == BitByBit(data)).QuickCheckThrowOnFailure();

    [Fact]
    public void One_record_is_these_bytes()
    {
        using var stream = new MemoryStream();
        RecordFile.Write(stream, "123456789"u8);

        // Length 9; masked checksum of the length; content; masked checksum of the content (0xE3069283 turned right by 15, plus 0xA282EAD8).
        Assert.Equal("0900000000000000" + "37F97139" + "313233343536373839" + "E5B08AC7", Convert.ToHexString(stream.ToArray()));
    }

    [Fact]
    public void A_cut_record_is_not_there_yet()
    {
        using var stream = new MemoryStream();
        RecordFile.Write(stream, "first"u8);
        RecordFile.Write(stream, "second"u8);
        var whole = stream.ToArray();
        for (var length = 21; length < whole.Length; length++)
            Assert.Equal(["first"], RecordFile.Read(new MemoryStream(whole, 0, length)).Select(Encoding.ASCII.GetString));
        Assert.Equal(["first", "second"], RecordFile.Read(new MemoryStream(whole)).Select(Encoding.ASCII.GetString));
    }

    [Fact]
    public void A_changed_record_is_refused()
    {
        using var stream = new MemoryStream();
        RecordFile.Write(stream, "first"u8);
        var bytes = stream.ToArray();
        bytes[14] ^= 1;
        var error = Assert.Throws<InvalidDataException>(() => RecordFile.Read(new MemoryStream(bytes)).ToList());
        Assert.Equal("The record at byte 0 has damaged content.", error.Message);
    }

    private static uint BitByBit(byte[] data)
    {
        var crc = ~0u;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0);
        }
        return ~crc;
    }
}
