using System.Text.Json.Nodes;

namespace Selfsame.Modalities.Text.Models;

/// <summary>Tokens by number and by text.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<int, string> _tokens = [];

    /// <summary>A vocabulary of tokens with their numbers.</summary>
    public Vocabulary(IEnumerable<KeyValuePair<string, int>> entries)
    {
        _ids = new(entries, StringComparer.Ordinal);
        Spans = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var (token, id) in _ids)
        {
            _tokens[id] = token;
            Size = Math.Max(Size, id + 1);
            LongestToken = Math.Max(LongestToken, token.Length);
        }
    }

    /// <summary>A vocabulary in the order of its numbers.</summary>
    public static Vocabulary Of(IReadOnlyList<string> tokens) => new(tokens.Select((token, id) => KeyValuePair.Create(token, id)));

    /// <summary>One more than the largest number.</summary>
    public int Size { get; }

    /// <summary>UTF-16 units of the longest token.</summary>
    public int LongestToken { get; }

    /// <summary>Look-up without a string.</summary>
    public Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Spans { get; }

    /// <summary>The number of a token; -1 for none.</summary>
    public int IdOf(string token) => _ids.GetValueOrDefault(token, -1);

    /// <summary>The token of a number; null for none.</summary>
    public string? TokenOf(int id) => _tokens.GetValueOrDefault(id);

    /// <summary>Tokens in the order of their numbers.</summary>
    public IEnumerable<KeyValuePair<string, int>> InOrder() => _ids.OrderBy(entry => entry.Value);

    /// <summary>The numbers of <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>; -1 for those that are missing.</summary>
    public int[] ByteTokens() => [.. Enumerable.Range(0, 256).Select(value => IdOf(ByteName(value)))];

    /// <summary>How a token for a byte is written.</summary>
    public static string ByteName(int value) => FormattableString.Invariant($"<0x{value:X2}>");

    /// <summary>A JSON object of token and number.</summary>
    public JsonObject Write()
    {
        var json = new JsonObject();
        foreach (var (token, id) in InOrder())
            json[token] = id;
        return json;
    }
}
