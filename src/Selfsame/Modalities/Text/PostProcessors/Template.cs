namespace Selfsame.Modalities.Text.PostProcessors;

/// <summary>A place of a template.</summary>
/// <param name="Text">0 or 1 for the first or second text; -1 for special tokens.</param>
/// <param name="Special">The special tokens, by name; empty for a text.</param>
/// <param name="Type">Type of the tokens there.</param>
internal readonly record struct TemplatePlace(int Text, string Special, int Type);

/// <summary>Special tokens that go by one name.</summary>
/// <param name="Ids">Their numbers.</param>
/// <param name="Tokens">Their texts.</param>
internal sealed record TemplateToken(IReadOnlyList<int> Ids, IReadOnlyList<string> Tokens);

/// <summary>The order in which texts and special tokens stand.</summary>
/// <param name="Single">For one text.</param>
/// <param name="Pair">For two.</param>
/// <param name="Special">The special tokens by name.</param>
internal sealed record Template(IReadOnlyList<TemplatePlace> Single, IReadOnlyList<TemplatePlace> Pair, IReadOnlyDictionary<string, TemplateToken> Special)
{
    /// <summary>Special tokens it adds.</summary>
    public int Added(bool pair) => (pair ? Pair : Single).Sum(place => place.Text >= 0 ? 0 : Special[place.Special].Ids.Count);

    /// <summary>Fills the places.</summary>
    public IReadOnlyList<EncodedText> Apply(IReadOnlyList<EncodedText> texts, bool addSpecial)
    {
        var parts = new List<EncodedText>();
        foreach (var place in texts.Count == 1 ? Single : Pair)
        {
            if (place.Text >= 0)
                parts.Add(texts[place.Text].Select((token, _) => token with { Type = place.Type }));
            else if (addSpecial)
            {
                var special = Special[place.Special];
                parts.Add(new([.. special.Ids.Select((id, i) => new EncodedToken(id, special.Tokens[i], 0, 0, place.Type, Special: true))]));
            }
        }

        return parts;
    }
}
