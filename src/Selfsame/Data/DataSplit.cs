using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Selfsame.Data;

/// <summary>The parts of a data set: three, and what was added for training alone.</summary>
public enum DataSplit
{
    /// <summary>Trained on: 80 % of the groups.</summary>
    Train,

    /// <summary>Looked at while choosing: 10 %.</summary>
    Validation,

    /// <summary>Looked at once, at the end: 10 %.</summary>
    Test,

    /// <summary>From another data set that was added (<see cref="DataSet.With"/>): trained on, and never measured on.</summary>
    Added,
}

/// <summary>
/// Assigns a group to a part of the data set, by hash: the same group always lands on the same side, on every machine, and
/// adding samples moves none of the others.
/// </summary>
public static class SplitRule
{
    /// <summary>
    /// The part that a group belongs to: u = first 8 bytes of SHA-256(UTF-8 of the key), big-endian, modulo 10;
    /// 8 is validation, 9 is test, the rest is training.
    /// </summary>
    /// <param name="group">What the samples that show the same thing have in common.</param>
    public static DataSplit Of(string group)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(group), hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) % 10) switch
        {
            8 => DataSplit.Validation,
            9 => DataSplit.Test,
            _ => DataSplit.Train,
        };
    }

    /// <summary>Reads the names in use for the parts: train, training, val, valid, validation, dev, test, testing.</summary>
    /// <returns>False for any other name.</returns>
    public static bool TryParse(string name, out DataSplit split)
    {
        (split, var known) = name.ToLowerInvariant() switch
        {
            "train" or "training" => (DataSplit.Train, true),
            "val" or "valid" or "validation" or "dev" => (DataSplit.Validation, true),
            "test" or "testing" => (DataSplit.Test, true),
            _ => (DataSplit.Train, false),
        };
        return known;
    }
}
