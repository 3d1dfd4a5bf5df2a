namespace Selfsame.Recipes;

/// <summary>Picks a settings type by the word a recipe writes.</summary>
internal interface IKindTable
{
    /// <summary>The settings base type whose kinds these are.</summary>
    Type Base { get; }

    /// <summary>"is no … " in messages: <c>kind of optimizer</c>, <c>system</c>.</summary>
    string Noun { get; }

    /// <summary>Title of the list of keys in messages: <c>Kinds</c>, <c>Systems</c>.</summary>
    string Title { get; }

    /// <summary>All keys in the order of the table.</summary>
    IReadOnlyList<string> Keys { get; }

    Type? TypeOf(string key);

    /// <summary>The first key with this type; null when there is none.</summary>
    string? KeyOf(Type type);
}

/// <summary>The kinds of one settings record: the word after <c>kind:</c> and the record it reads.</summary>
/// <typeparam name="TBase">Abstract record all kinds derive from.</typeparam>
public sealed class KindTable<TBase> : IKindTable
    where TBase : class
{
    private readonly OrderedDictionary<string, Type> _types;
    private readonly string _noun;

    /// <summary>A table of kinds.</summary>
    /// <param name="noun">What they are kinds of, for messages: <c>optimizer</c>.</param>
    /// <param name="types">Key and settings type of each kind.</param>
    /// <exception cref="ArgumentException">A type does not derive from <typeparamref name="TBase"/>.</exception>
    public KindTable(string noun, IEnumerable<KeyValuePair<string, Type>> types)
    {
        (_noun, _types) = (noun, new(types, StringComparer.Ordinal));
        if (_types.Values.FirstOrDefault(t => !t.IsSubclassOf(typeof(TBase)) || t.IsAbstract) is { } wrong)
            throw new ArgumentException($"{wrong} is not a settings record derived from {typeof(TBase)}.", nameof(types));
    }

    /// <summary>All kinds in the order of the table.</summary>
    public IReadOnlyList<string> Keys => [.. _types.Keys];

    Type IKindTable.Base => typeof(TBase);

    string IKindTable.Noun => $"kind of {_noun}";

    string IKindTable.Title => "Kinds";

    /// <summary>The settings type of a kind, null for an unknown one.</summary>
    public Type? TypeOf(string key) => _types.GetValueOrDefault(key);

    /// <summary>The kind of a settings type, null for a foreign one.</summary>
    public string? KeyOf(Type type) => _types.FirstOrDefault(e => e.Value == type).Key;
}
