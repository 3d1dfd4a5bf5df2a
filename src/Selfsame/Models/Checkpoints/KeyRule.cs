using System.Text;
using System.Text.RegularExpressions;

namespace Selfsame.Models.Checkpoints;

/// <summary>How a parameter of ours lies in a foreign checkpoint.</summary>
public enum KeyForm
{
    /// <summary>As it is; dimensions of size 1 may be there or not.</summary>
    Same,

    /// <summary>In several tensors that stand one above the other in ours, such as query, key and value.</summary>
    Stacked,

    /// <summary>With its two dimensions exchanged, as GPT-2 and OpenAI's projections are.</summary>
    Transposed,
}

/// <summary>One line of a key map: a parameter of ours, and where a public format keeps it.</summary>
/// <remarks>
/// <c>{n}</c> stands for a whole number and any other <c>{word}</c> for a piece without dots; both sides have the same ones.
/// A foreign name that ends in <c>?</c> may be missing when another part is there, and is zero then; it is never written.
/// </remarks>
public sealed partial class KeyRule
{
    private readonly Regex _ours;
    private readonly (string Text, Regex Pattern, bool Optional)[] _theirs;

    /// <summary>A rule.</summary>
    /// <param name="ours">Pattern of our full name: <c>blocks.{n}.norm1.{p}</c>.</param>
    /// <param name="theirs">Pattern of the foreign name, or of several for <see cref="KeyForm.Stacked"/>, in order.</param>
    public KeyRule(string ours, params IReadOnlyList<string> theirs)
    {
        ArgumentException.ThrowIfNullOrEmpty(ours);
        ArgumentNullException.ThrowIfNull(theirs);
        (Ours, Theirs, Form) = (ours, theirs, theirs.Count > 1 ? KeyForm.Stacked : KeyForm.Same);
        _ours = Compile(ours);
        _theirs = [.. theirs.Select(name => (name.TrimEnd('?'), Compile(name.TrimEnd('?')), name.EndsWith('?')))];
    }

    /// <summary>Pattern of our name.</summary>
    public string Ours { get; }

    /// <summary>Patterns of the foreign names.</summary>
    public IReadOnlyList<string> Theirs { get; }

    /// <summary>How the values lie in the file.</summary>
    public KeyForm Form { get; init; }

    /// <summary>The foreign name stands beside the prefix of the checkpoint and not below it, as heads do.</summary>
    public bool Outside { get; init; }

    /// <summary>The same rule one level deeper on either side.</summary>
    /// <param name="ours">Put before our name.</param>
    /// <param name="theirs">Put before the foreign names.</param>
    public KeyRule Under(string ours, string theirs = "") => new(ours + Ours, [.. Theirs.Select(name => theirs + name)]) { Form = Form, Outside = Outside };

    /// <summary>The foreign names of a parameter of ours; null when the rule is about others.</summary>
    internal IReadOnlyList<(string Name, bool Optional)>? TheirsOf(string ours) =>
        _ours.Match(ours) is { Success: true } match ? [.. _theirs.Select(their => (Fill(their.Text, match), their.Optional))] : null;

    /// <summary>Our name for a foreign one, with its place among the rule's parts; null when the rule is about others.</summary>
    internal (string Name, int Part)? OursOf(string theirs)
    {
        for (var part = 0; part < _theirs.Length; part++)
        {
            if (_theirs[part].Pattern.Match(theirs) is { Success: true } match)
                return (Fill(Ours, match), part);
        }

        return null;
    }

    internal static Regex Compile(string pattern)
    {
        var text = new StringBuilder(@"\A");
        var at = 0;
        foreach (Match hole in Hole().Matches(pattern))
        {
            text.Append(Regex.Escape(pattern[at..hole.Index]));
            text.Append($"(?<{hole.Groups[1].Value}>{(hole.Groups[1].Value == "n" ? "[0-9]+" : hole.Groups[1].Value == "rest" ? ".+" : @"[^.]+")})");
            at = hole.Index + hole.Length;
        }

        return new Regex(text.Append(Regex.Escape(pattern[at..])).Append(@"\z").ToString(), RegexOptions.CultureInvariant);
    }

    private static string Fill(string pattern, Match match) => Hole().Replace(pattern, hole => match.Groups[hole.Groups[1].Value].Value);

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Hole();
}
