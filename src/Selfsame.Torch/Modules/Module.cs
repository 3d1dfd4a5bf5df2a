namespace Selfsame.Torch;

/// <summary>A part of a model: owns parameters, buffers and other modules, all under the names that checkpoints use.</summary>
/// <remarks>Registration is explicit, in the constructor; there is no reflection. Parameters live outside every <see cref="Scope"/>.</remarks>
public abstract class Module : IDisposable
{
    private readonly List<(string Name, Module Child)> _children = [];
    private readonly List<Parameter> _own = [];
    private readonly List<Tensor> _constants = [];
    private bool _disposed;

    /// <summary>Name within the root that was last walked; empty for the root.</summary>
    public string FullName { get; private set; } = "";

    /// <summary>True while training: dropout, drop path and batch statistics are on. Set by <see cref="Train"/>.</summary>
    public bool Training { get; private set; } = true;

    /// <summary>Direct children, in order of registration.</summary>
    public IReadOnlyList<(string Name, Module Child)> Children => _children;

    /// <summary>Every parameter and buffer below this module, depth first in order of registration, with full names.</summary>
    public IReadOnlyList<Parameter> Parameters()
    {
        var all = new List<Parameter>();
        Collect("", all);
        return all;
    }

    /// <summary>Trainable parameters below this module.</summary>
    public IReadOnlyList<Parameter> TrainableParameters() => [.. Parameters().Where(p => p.Trainable)];

    /// <summary>How many numbers are trained.</summary>
    public long TrainableCount() => TrainableParameters().Sum(p => p.Value.ElementCount);

    /// <summary>Fills every parameter that has an initialiser from streams of (seed, full name).</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="prefix">Put before full names; modules with different prefixes start differently.</param>
    public void Initialize(ulong seed, string prefix = "")
    {
        foreach (var parameter in Parameters())
        {
            if (parameter.Init is null)
                continue;
            using var generator = new Generator(Init.SeedOf(seed, prefix + parameter.FullName));
            parameter.Init.Fill(parameter.Value, generator);
        }
    }

    /// <summary>Switches this module and all below it to training or evaluation.</summary>
    public void Train(bool on = true)
    {
        Training = on;
        foreach (var (_, child) in _children)
            child.Train(on);
    }

    /// <summary>Where the parameters live; the host's memory for a module without any.</summary>
    public Device Device => Parameters() is [var first, ..] ? first.Value.Device : Device.Cpu;

    /// <summary>Moves everything below this module to a device. Before an arena takes the parameters over, not after.</summary>
    /// <param name="device">Where to.</param>
    public void MoveTo(Device device)
    {
        foreach (var parameter in _own)
            parameter.Value.MoveTo(device);
        foreach (var constant in _constants)
            constant.MoveTo(device);
        foreach (var (_, child) in _children)
            child.MoveTo(device);
    }

    /// <summary>Copies all values from a module of the same structure.</summary>
    /// <exception cref="ArgumentException">The modules differ in a name or a shape.</exception>
    public void CopyFrom(Module other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var mine = Parameters();
        var theirs = other.Parameters();
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        for (var k = 0; k < Math.Max(mine.Count, theirs.Count); k++)
        {
            if (k >= mine.Count || k >= theirs.Count || mine[k].FullName != theirs[k].FullName || !mine[k].Value.Shape.SequenceEqual(theirs[k].Value.Shape))
                throw new ArgumentException($"the modules differ at {(k < mine.Count ? mine[k].FullName : theirs[k].FullName)}", nameof(other));
            mine[k].Value.CopyFrom(theirs[k].Value);
        }
    }

    /// <summary>Frees all parameters below this module.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Registers a module under a name.</summary>
    /// <returns>The same module.</returns>
    protected T Child<T>(string name, T child)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(child);
        RequireFree(name);
        _children.Add((name, child));
        return child;
    }

    /// <summary>Registers a trainable tensor, float32 on the CPU until moved.</summary>
    /// <param name="name">Name within this module.</param>
    /// <param name="init">How it starts.</param>
    /// <param name="shape">Sizes.</param>
    protected Parameter Trainable(string name, Init init, params ReadOnlySpan<long> shape)
    {
        RequireFree(name);
        var value = Scope.Release(Ops.Zeros(shape));
        value.RequiresGrad = true;
        var parameter = new Parameter(name, value, init, trainable: true);
        _own.Add(parameter);
        return parameter;
    }

    /// <summary>Registers a tensor that is saved but not trained. The module owns it from now on.</summary>
    protected Parameter Buffer(string name, Tensor value)
    {
        RequireFree(name);
        var parameter = new Parameter(name, Scope.Release(value), init: null, trainable: false);
        _own.Add(parameter);
        return parameter;
    }

    /// <summary>Registers a tensor that follows from the settings: moved and freed with the module, never saved.</summary>
    /// <returns>The same tensor, out of every scope.</returns>
    protected Tensor Constant(Tensor value)
    {
        _constants.Add(Scope.Release(value));
        return value;
    }

    /// <summary>Lets a search for the first non-finite value, or a list of shapes, see what this module puts out.</summary>
    /// <returns>The same tensor.</returns>
    protected Tensor Observed(Tensor output)
    {
        NonFiniteSearch.See(this, output);
        ShapeTrace.See(this, output);
        return output;
    }

    /// <summary>Frees this module's own tensors and its children.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (var parameter in _own)
        {
            parameter.Value.Dispose();
            parameter.Low?.Dispose();
        }

        foreach (var constant in _constants)
            constant.Dispose();
        foreach (var (_, child) in _children)
            child.Dispose();
    }

    private void Collect(string prefix, List<Parameter> all)
    {
        FullName = prefix.TrimEnd('.');
        foreach (var parameter in _own)
        {
            parameter.FullName = prefix + parameter.Name;
            all.Add(parameter);
        }

        foreach (var (name, child) in _children)
            child.Collect($"{prefix}{name}.", all);
    }

    private void RequireFree(string name)
    {
        if (_own.Exists(p => p.Name == name) || _children.Exists(c => c.Name == name))
            throw new ArgumentException($"{GetType().Name} already has a part named {name}", nameof(name));
    }
}

/// <summary>A list of modules named 0, 1, 2 ….</summary>
public sealed class ModuleList<T> : Module
    where T : Module
{
    private readonly T[] _items;

    /// <summary>Takes over the modules.</summary>
    public ModuleList(IEnumerable<T> items)
    {
        _items = [.. items];
        for (var k = 0; k < _items.Length; k++)
            Child(k.ToString(System.Globalization.CultureInfo.InvariantCulture), _items[k]);
    }

    /// <summary>Number of modules.</summary>
    public int Count => _items.Length;

    /// <summary>One of them.</summary>
    public T this[int index] => _items[index];
}
