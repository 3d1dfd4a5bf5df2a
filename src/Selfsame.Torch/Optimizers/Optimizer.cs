namespace Selfsame.Torch;

/// <summary>Moves the parameters of an arena along their gradients. State lies in flat tensors as long as the arena.</summary>
/// <remarks>
/// A step is a few passes over contiguous memory and also refreshes the arena's bfloat16 copy. On the CPU its numbers do not depend on the
/// number of threads. The optimizer owns its state, not the arena.
/// </remarks>
public abstract class Optimizer : IDisposable
{
    private readonly List<(string Name, Tensor Value)> _state = [];
    private ParameterGroup[] _groups = [];

    private protected Optimizer(ParameterArena arena, IReadOnlyList<ParameterGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(arena);
        Arena = arena;
        Gradients = arena.Gradients ?? throw new ArgumentException("the arena was made without gradients; an optimizer needs them", nameof(arena));
        SetGroups(groups);
    }

    /// <summary>The parameters that this optimizer moves.</summary>
    public ParameterArena Arena { get; }

    /// <summary>Learning rate of the next step, at least 0. Has no default: set it before the first step, as a rule from a schedule before each.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public double Rate
    {
        get;
        set => field = Numbers.AtLeastZero(value);
    } = double.NaN;

    /// <summary>Steps taken so far. Part of the state: bias corrections and first-step rules depend on it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public long StepCount
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    /// <summary>How each parameter is trained, in the order of the arena. May be set between steps, to freeze or thaw parameters.</summary>
    /// <remarks>
    /// Sets <see cref="Tensor.RequiresGrad"/> of every parameter to whether it is trained, so frozen ones cost no backward pass. State of a
    /// frozen parameter stays as it is, while the common <see cref="StepCount"/> goes on: thawed late, Adam's young moments are hardly corrected.
    /// </remarks>
    /// <exception cref="ArgumentException">There is not exactly one group for each parameter.</exception>
    public IReadOnlyList<ParameterGroup> Groups
    {
        get => _groups;
        set
        {
            SetGroups(value);
            Segments = CreateSegments();
        }
    }

    /// <summary>Everything a step reads and changes beside weights and <see cref="StepCount"/>: (arena size) each, float32, under PyTorch's names.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> State => _state;

    private protected Tensor Gradients { get; }

    private protected Segments Segments
    {
        get => field ??= CreateSegments();
        private set;
    }

    /// <summary>Takes one step along the gradients, and refreshes the arena's bfloat16 copy.</summary>
    /// <param name="gradientScale">Gradients count times this; <see cref="GradientNorm.Factor"/> of <see cref="GradientClipping.Measure"/> clips without a pass of its own.</param>
    /// <exception cref="InvalidOperationException"><see cref="Rate"/> was never set.</exception>
    public void Step(double gradientScale = 1)
    {
        if (double.IsNaN(Rate))
            throw new InvalidOperationException($"{GetType().Name}.Rate was never set; set it before Step.");
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        Update(gradientScale);
        StepCount++;
    }

    /// <summary>Sets all gradients to zero.</summary>
    public void ClearGradients() => Arena.ClearGradients();

    /// <summary>Takes over saved state, bit for bit; the next step is the one that would have followed.</summary>
    /// <param name="stepCount">The saved <see cref="StepCount"/>.</param>
    /// <param name="saved">The saved <see cref="State"/> by name, on any device; copied.</param>
    /// <exception cref="ArgumentException">A tensor is missing, left over, or of another size or type. Nothing was changed then.</exception>
    public void Restore(long stepCount, IReadOnlyDictionary<string, Tensor> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        ArgumentOutOfRangeException.ThrowIfNegative(stepCount);
        var problems = new List<string>();
        foreach (var (name, value) in _state)
        {
            if (!saved.TryGetValue(name, out var tensor))
                problems.Add($"{name} is missing");
            else if (tensor.DType != value.DType || tensor.ElementCount != value.ElementCount)
                problems.Add($"{name} is {tensor}, expected {value}");
        }

        foreach (var name in saved.Keys.Where(name => !_state.Exists(own => own.Name == name)).Order(StringComparer.Ordinal))
            problems.Add($"{name} is no state of {GetType().Name}");
        if (problems.Count > 0)
            throw new ArgumentException($"the saved state does not fit {GetType().Name}: {string.Join("; ", problems)}. Was it saved by the same optimizer and model?", nameof(saved));
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        foreach (var (name, value) in _state)
            value.CopyFrom(saved[name].View([value.ElementCount]));
        StepCount = stepCount;
    }

    /// <summary>Frees the state. Parameters and gradients stay.</summary>
    public void Dispose()
    {
        foreach (var (_, value) in _state)
            value.Dispose();
        _state.Clear();
        GC.SuppressFinalize(this);
    }

    /// <summary>Changes weights, state and bfloat16 copy. Runs in a scope, without recording.</summary>
    private protected abstract void Update(double gradientScale);

    private protected virtual Segments CreateSegments() => Segments.Merge(Arena, _groups);

    /// <summary>Makes a state tensor of zeros.</summary>
    private protected Tensor AddState(string name)
    {
        using var guard = GradMode.Off();
        var value = Scope.Release(Ops.Zeros([Arena.Size], DType.Float32, Arena.Weights.Device));
        _state.Add((name, value));
        return value;
    }

    private void SetGroups(IReadOnlyList<ParameterGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (groups.Count != Arena.Parameters.Count)
            throw new ArgumentException($"there are {groups.Count} groups for {Arena.Parameters.Count} parameters; give one for each, in the order of the arena", nameof(groups));
        _groups = [.. groups];
        for (var k = 0; k < _groups.Length; k++)
            Arena.Parameters[k].Value.RequiresGrad = !_groups[k].Frozen;
    }
}
