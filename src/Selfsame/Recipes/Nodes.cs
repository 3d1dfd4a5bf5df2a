namespace Selfsame.Recipes;

/// <summary>A value as written, with its place. Immutable, so that aliases may share nodes.</summary>
internal abstract class Node(ValueOrigin origin)
{
    public ValueOrigin Origin { get; } = origin;

    /// <summary>Nodes in this tree, counted as often as aliases repeat them.</summary>
    public abstract long Size { get; }

    /// <summary>Levels below and including this one.</summary>
    public abstract int Height { get; }

    /// <summary>How a message shows it.</summary>
    public abstract string Described { get; }
}

/// <summary>A single value.</summary>
/// <param name="origin">Its place.</param>
/// <param name="text">The text without quotes.</param>
/// <param name="plain">Written without quotes, so that it may be a number, true, false or null.</param>
internal sealed class ScalarNode(ValueOrigin origin, string text, bool plain) : Node(origin)
{
    private const int Shown = 60;

    public string Text { get; } = text;

    public bool Plain { get; } = plain;

    public bool IsNull => Plain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override long Size => 1;

    public override int Height => 1;

    public override string Described
    {
        get
        {
            var shown = Text.Length > Shown ? Text[..Shown] + "…" : Text;
            return IsNull ? "empty" : Plain ? shown : $"\"{shown}\"";
        }
    }
}

/// <summary>A list of values.</summary>
internal sealed class ListNode(ValueOrigin origin, IReadOnlyList<Node> items) : Node(origin)
{
    public IReadOnlyList<Node> Items { get; } = items;

    public override long Size { get; } = 1 + items.Sum(i => i.Size);

    public override int Height { get; } = 1 + items.Select(i => i.Height).DefaultIfEmpty().Max();

    public override string Described => "a list";

    public ListNode With(int index, Node item) => new(Origin, [.. Items.Take(index), item, .. Items.Skip(index + 1)]);
}

/// <summary>A key with its value; the origin is the key's.</summary>
internal sealed record Entry(string Key, ValueOrigin Origin, Node Value);

/// <summary>Keys with values, in written order, each key once.</summary>
internal sealed class MapNode(ValueOrigin origin, IReadOnlyList<Entry> entries) : Node(origin)
{
    public IReadOnlyList<Entry> Entries { get; } = entries;

    /// <summary>The settings record this was made from, if it was.</summary>
    public SettingsShape? Shape { get; init; }

    public override long Size { get; } = 1 + entries.Sum(e => e.Value.Size);

    public override int Height { get; } = 1 + entries.Select(e => e.Value.Height).DefaultIfEmpty().Max();

    public override string Described => "a mapping";

    public Entry? Find(string key) => Entries.FirstOrDefault(e => e.Key == key);

    public MapNode With(Entry entry)
    {
        var at = Entries.TakeWhile(e => e.Key != entry.Key).Count();
        return new(Origin, [.. Entries.Take(at), entry, .. Entries.Skip(at + 1)]);
    }
}
