using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Selfsame.Recipes;

/// <summary>An immutable string-keyed dictionary, in written order, that equals another with equal entries in any order.</summary>
public sealed class EquatableDictionary<T> : IReadOnlyDictionary<string, T>, IEquatable<EquatableDictionary<T>>
{
    private readonly OrderedDictionary<string, T> _items;

    /// <summary>A dictionary with a copy of these entries.</summary>
    /// <exception cref="ArgumentException">A key occurs twice.</exception>
    public EquatableDictionary(IEnumerable<KeyValuePair<string, T>> items) => _items = new(items, StringComparer.Ordinal);

    /// <summary>Number of entries.</summary>
    public int Count => _items.Count;

    /// <summary>Keys in written order.</summary>
    public IEnumerable<string> Keys => _items.Keys;

    /// <summary>Values in written order.</summary>
    public IEnumerable<T> Values => _items.Values;

    /// <summary>One entry.</summary>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public T this[string key] => _items[key];

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _items.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => _items.TryGetValue(key, out value);

    /// <summary>Same keys, equal values.</summary>
    public bool Equals(EquatableDictionary<T>? other) =>
        other is not null && Count == other.Count
        && _items.All(e => other.TryGetValue(e.Key, out var value) && EqualityComparer<T>.Default.Equals(e.Value, value));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EquatableDictionary<T>);

    /// <inheritdoc/>
    public override int GetHashCode() => _items.Aggregate(Count, (sum, e) => sum ^ HashCode.Combine(e.Key, e.Value));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
