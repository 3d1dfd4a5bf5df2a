using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>A module of the case's parameters, packed in an arena, that an optimizer moves along the case's gradients.</summary>
internal sealed class RecordedRun : IDisposable
{
    private readonly ParityCase _case;
    private readonly RecordedModule _module;

    internal RecordedRun(ParityCase c, OptimizerSettings settings, Func<Parameter, ParameterGroup> groupOf)
    {
        (_case, _module) = (c, new RecordedModule(c));
        Arena = new ParameterArena(_module);
        Optimizer = settings.Build(Arena, [.. Arena.Parameters.Select(groupOf)]);
    }

    internal ParameterArena Arena { get; }

    internal Optimizer Optimizer { get; }

    internal IReadOnlyList<Parameter> Parameters => Arena.Parameters;

    /// <summary>Puts recorded gradients, <c>in/grad.0.weight</c>, where the backward pass would.</summary>
    internal void SetGradients(string prefix)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        foreach (var parameter in Parameters)
            parameter.Value.Gradient!.CopyFrom(_case.Tensor(prefix + parameter.FullName));
    }

    internal void Step(string gradients, double rate)
    {
        SetGradients(gradients);
        Optimizer.Rate = rate;
        Optimizer.Step();
    }

    /// <summary>Compares all parameters with <c>prefix + name</c>.</summary>
    internal void ExpectParameters(string prefix)
    {
        foreach (var parameter in Parameters)
            _case.Expect(prefix + parameter.FullName, parameter.Value);
    }

    /// <summary>Compares one parameter's part of the optimizer's state.</summary>
    internal void ExpectState(string state, string expected, Parameter parameter)
    {
        var flat = Optimizer.State.Single(entry => entry.Name == state).Value;
        var index = Parameters.ToList().IndexOf(parameter);
        using var scope = Scope.Enter();
        _case.Expect(expected, flat.Narrow(0, Arena.Offset(index), parameter.Value.ElementCount));
    }

    /// <summary>Compares whatever state the file has, <c>next/state.exp_avg.weight</c>.</summary>
    internal void ExpectRecordedState()
    {
        foreach (var (state, _) in Optimizer.State)
        {
            foreach (var parameter in Parameters)
            {
                var name = $"next/state.{state}.{parameter.FullName}";
                if (_case.Has(name))
                    ExpectState(state, name, parameter);
            }
        }
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Arena.Dispose();
        _module.Dispose();
    }

    /// <summary>Parameters by the names and shapes in the file.</summary>
    internal sealed class RecordedModule : Module
    {
        internal RecordedModule(ParityCase c)
        {
            foreach (var name in c.Names("param/"))
                Trainable(name["param/".Length..], Init.Zeros, c.Shape(name));
            c.Load(this);
        }
    }
}
