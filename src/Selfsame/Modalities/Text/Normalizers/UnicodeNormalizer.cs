using System.Text.Json.Nodes;
using Selfsame.Modalities.Text.CodePoints;

namespace Selfsame.Modalities.Text.Normalizers;

/// <summary>One of Unicode's normal forms.</summary>
/// <param name="kind"><c>NFC</c>, <c>NFD</c>, <c>NFKC</c> or <c>NFKD</c>.</param>
internal sealed class UnicodeNormalizer(string kind) : INormalizer
{
    private readonly NormalForm _form = kind switch
    {
        "NFC" => NormalForm.Nfc,
        "NFD" => NormalForm.Nfd,
        "NFKC" => NormalForm.Nfkc,
        "NFKD" => NormalForm.Nfkd,
        _ => throw new ArgumentException($"'{kind}' is no normal form; there are NFC, NFD, NFKC and NFKD", nameof(kind)),
    };

    public AlignedText Apply(AlignedText text) => _form.Apply(text);

    public JsonObject Write() => new() { ["type"] = kind };
}
