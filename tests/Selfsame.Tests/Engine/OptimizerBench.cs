using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

/// <summary>A module of parameters of given shapes, with reproducible values, in an arena.</summary>
internal sealed class OptimizerBench : IDisposable
{
    private readonly Shapes _module;

    public OptimizerBench(ulong seed, bool low, params long[][] shapes)
    {
        _module = new Shapes(shapes);
        _module.Initialize(seed);
        Arena = new ParameterArena(_module, low: low);
    }

    public ParameterArena Arena { get; }

    public IReadOnlyList<Parameter> Parameters => Arena.Parameters;

    /// <summary>Normal gradients that depend on the seed and the parameter only, and only where the parameter is trained.</summary>
    public void SetGradients(ulong seed, double scale = 1)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        for (var k = 0; k < Parameters.Count; k++)
        {
            if (!Parameters[k].Value.RequiresGrad)
                continue;
            using var generator = new Generator((seed * 1000) + (ulong)k);
            Parameters[k].Value.Gradient!.NormalInPlace(0, scale, generator);
        }
    }

    public float[] Values(int parameter) => Parameters[parameter].Value.Detach().ToArray<float>();

    public float[] Gradients(int parameter) => Parameters[parameter].Value.Gradient!.ToArray<float>();

    public float[] AllWeights() => Arena.Weights.ToArray<float>();

    public ParameterGroup[] Groups(params ParameterGroup[] groups) => [.. Enumerable.Range(0, Parameters.Count).Select(k => groups[k % groups.Length])];

    public void Dispose()
    {
        Arena.Dispose();
        _module.Dispose();
    }

    private sealed class Shapes : Module
    {
        public Shapes(long[][] shapes)
        {
            for (var k = 0; k < shapes.Length; k++)
                Trainable($"p{k}", Init.Normal(1), shapes[k]);
        }
    }
}
