using Selfsame.Torch;

namespace Selfsame.Parity;

/// <summary>Native tensors out of a parity file, and comparison of native tensors and whole modules with it.</summary>
internal static class ParityTensors
{
    /// <summary>A copy of a recorded tensor on the CPU, in its recorded type.</summary>
    internal static Tensor Tensor(this ParityCase c, string name)
    {
        var entry = c.Entry(name);
        var tensor = Ops.Empty([.. entry.Shape], entry.DType);
        c.Bytes(name).CopyTo(tensor.ByteSpan());
        return tensor;
    }

    /// <summary>A recorded tensor that collects a gradient.</summary>
    internal static Tensor Leaf(this ParityCase c, string name)
    {
        var tensor = c.Tensor(name);
        tensor.RequiresGrad = true;
        return tensor;
    }

    /// <summary>Compares a native tensor of any type and layout.</summary>
    internal static void Expect(this ParityCase c, string name, Tensor actual)
    {
        if (actual.DType.IsFloatingPoint())
            c.Expect(name, actual.ToArray<double>());
        else
            c.Expect(name, actual.ToArray<long>());
    }

    /// <summary>Sets a module's parameters and buffers from the file; every one of them must be there.</summary>
    /// <param name="c">The case.</param>
    /// <param name="module">What to fill.</param>
    /// <param name="prefix">Prefix in the file, for instance <c>param/student.</c>.</param>
    /// <param name="rename">The official name of one of our names; null where they agree. A null result skips the parameter.</param>
    internal static void Load(this ParityCase c, Module module, string prefix = "param/", Func<string, string?>? rename = null)
    {
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        foreach (var parameter in module.Parameters())
        {
            var name = rename is null ? parameter.FullName : rename(parameter.FullName);
            if (name is null)
                continue;
            var recorded = c.Tensor(prefix + name);
            if (recorded.ElementCount != parameter.Value.ElementCount)
                throw new InvalidDataException($"{prefix}{name} is {recorded}, the module's {parameter.FullName} is {parameter.Value}");
            parameter.Value.CopyFrom(recorded.View(parameter.Value.Shape));
        }
    }

    /// <summary>Compares the gradients of a module's parameters with those in the file; those the file lacks are not asked for.</summary>
    internal static void ExpectGradients(this ParityCase c, Module module, string prefix = "grad/", Func<string, string?>? rename = null)
    {
        foreach (var parameter in module.TrainableParameters())
        {
            var name = rename is null ? parameter.FullName : rename(parameter.FullName);
            if (name is null || !c.Has(prefix + name))
                continue;
            using var gradient = parameter.Value.Gradient;
            c.Expect(prefix + name, gradient is null ? new double[parameter.Value.ElementCount] : gradient.ToArray<double>());
        }
    }

    /// <summary>Compares updated parameters and buffers with <c>next/</c>; those the file lacks are not asked for.</summary>
    internal static void ExpectNext(this ParityCase c, Module module, string prefix = "next/", Func<string, string?>? rename = null)
    {
        foreach (var parameter in module.Parameters())
        {
            var name = rename is null ? parameter.FullName : rename(parameter.FullName);
            if (name is not null && c.Has(prefix + name))
                c.Expect(prefix + name, parameter.Value);
        }
    }
}
