using Selfsame.Torch;

namespace Selfsame.Parity;

/// <summary>Whole modules against files that store some of our tensors in several parts, such as queries, keys and values apart.</summary>
internal static class ParityParts
{
    /// <summary>Sets a module's parameters and buffers from the file; every one of them must be there.</summary>
    /// <param name="c">The case.</param>
    /// <param name="module">What to fill.</param>
    /// <param name="parts">Full recorded names whose tensors, one after the other along the first axis, are one of our tensors; empty skips it.</param>
    internal static void LoadParts(this ParityCase c, Module module, Func<string, string[]> parts)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        foreach (var parameter in module.Parameters())
        {
            var names = parts(parameter.FullName);
            if (names.Length == 0)
                continue;
            var recorded = names.Length == 1 ? c.Tensor(names[0]) : Ops.Cat([.. names.Select(name => c.Tensor(name))], 0);
            if (recorded.ElementCount != parameter.Value.ElementCount)
                throw new InvalidDataException($"{string.Join(" + ", names)} is {recorded}, the module's {parameter.FullName} is {parameter.Value}");
            parameter.Value.CopyFrom(recorded.View(parameter.Value.Shape));
        }
    }

    /// <summary>Compares gradients; parts the file lacks are not asked for.</summary>
    internal static void ExpectGradientParts(this ParityCase c, Module module, Func<string, string[]> parts)
    {
        foreach (var parameter in module.TrainableParameters())
        {
            using var scope = Scope.Enter();
            ExpectParts(c, parts(parameter.FullName), parameter.Value.Gradient ?? parameter.Value.ZerosLike());
        }
    }

    /// <summary>Compares parameters; parts the file lacks are not asked for.</summary>
    internal static void ExpectValueParts(this ParityCase c, Module module, Func<string, string[]> parts)
    {
        foreach (var parameter in module.Parameters())
        {
            using var scope = Scope.Enter();
            ExpectParts(c, parts(parameter.FullName), parameter.Value.Detach());
        }
    }

    private static void ExpectParts(ParityCase c, string[] names, Tensor value)
    {
        if (names.Length == 0)
            return;
        var chunks = names.Length == 1 ? [value] : value.Chunk(names.Length, 0);
        for (var k = 0; k < names.Length; k++)
        {
            if (c.Has(names[k]))
                c.Expect(names[k], chunks[k]);
        }
    }
}
