using System.Diagnostics.CodeAnalysis;

namespace Selfsame.Parity;

/// <summary>Finds the adapter of a system's case.</summary>
public sealed class ParityAdapters
{
    private readonly Dictionary<(string System, string Case), IParityAdapter> _adapters = [];

    /// <exception cref="ArgumentException">Two adapters are for the same case.</exception>
    public ParityAdapters(IEnumerable<IParityAdapter> adapters)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        foreach (var adapter in adapters)
        {
            if (!_adapters.TryAdd((adapter.System, adapter.Case), adapter))
                throw new ArgumentException($"two adapters for {adapter.System}/{adapter.Case}: {_adapters[(adapter.System, adapter.Case)].GetType().Name} and {adapter.GetType().Name}; keep one", nameof(adapters));
        }
    }

    /// <summary>Those of <see cref="AdapterTable"/>.</summary>
    public static ParityAdapters Default { get; } = new(AdapterTable.All);

    /// <summary>Adapters in all.</summary>
    public int Count => _adapters.Count;

    /// <summary>Finds the adapter of a case.</summary>
    public bool TryFind(string system, string @case, [NotNullWhen(true)] out IParityAdapter? adapter) =>
        _adapters.TryGetValue((system, @case), out adapter);
}
