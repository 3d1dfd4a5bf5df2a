using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Selfsame.Modalities.Text.CodePoints;

namespace Selfsame.Modalities.Text.Decoders;

/// <summary>Characters that stand for bytes back to the bytes, and those to text. What is no UTF-8 becomes U+FFFD, one for each maximal invalid part.</summary>
internal sealed class ByteLevelDecoder(bool addPrefixSpace, bool trimOffsets, bool useRegex) : IDecoder
{
    public IReadOnlyList<string> Apply(IReadOnlyList<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            var before = bytes.Count;
            foreach (var c in token)
            {
                var value = ByteAlphabet.ByteOf(c);
                if (value >= 0)
                {
                    bytes.Add((byte)value);
                    continue;
                }

                // Not written in the alphabet at all: a token that was added as plain text.
                bytes.RemoveRange(before, bytes.Count - before);
                bytes.AddRange(Encoding.UTF8.GetBytes(token));
                break;
            }
        }

        return [Encoding.UTF8.GetString([.. bytes])];
    }

    public JsonObject Write() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = addPrefixSpace, ["trim_offsets"] = trimOffsets, ["use_regex"] = useRegex };
}

/// <summary>Tokens for single bytes, <c>&lt;0xE2&gt;</c>, back to text. A run of them that is no UTF-8 gives U+FFFD for each byte.</summary>
internal sealed class ByteFallbackDecoder : IDecoder
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public IReadOnlyList<string> Apply(IReadOnlyList<string> tokens)
    {
        var (parts, run) = (new List<string>(), new List<byte>());
        foreach (var token in tokens)
        {
            if (token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
                && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                run.Add(value);
                continue;
            }

            Flush(run, parts);
            parts.Add(token);
        }

        Flush(run, parts);
        return parts;
    }

    public JsonObject Write() => new() { ["type"] = "ByteFallback" };

    private static void Flush(List<byte> run, List<string> parts)
    {
        if (run.Count == 0)
            return;
        try
        {
            parts.Add(s_strict.GetString([.. run]));
        }
        catch (DecoderFallbackException)
        {
            parts.AddRange(Enumerable.Repeat("\uFFFD", run.Count));
        }

        run.Clear();
    }
}
