using System.Globalization;
using System.Text.Json;
using Selfsame.Torch;

namespace Selfsame.Parity.Adapters;

/// <summary>Several steps of an optimizer along recorded gradients.</summary>
internal abstract class OptimiserSteps(string @case) : IParityAdapter
{
    public string System => "optimisers";

    public string Case => @case;

    public void Run(ParityCase c)
    {
        var group = new ParameterGroup { Decay = c.Config.TryGetProperty("weight_decay", out var decay) ? decay.GetDouble() : 0 };
        using var run = new RecordedRun(c, Settings(c.Config), _ => group);
        var rates = c.Config.TryGetProperty("lrs", out _) ? c.Config.Numbers("lrs") : null;
        var steps = c.Config.Whole("steps");
        for (var t = 0; t < steps; t++)
        {
            var step = t.ToString(CultureInfo.InvariantCulture);
            Before(c, run, t);
            run.Step($"in/grad.{step}.", rates?[t] ?? c.Config.Number("lr"));
            run.ExpectParameters($"next/{step}.");
        }

        run.ExpectRecordedState();
        After(c, run);
    }

    protected abstract OptimizerSettings Settings(JsonElement config);

    protected virtual void Before(ParityCase c, RecordedRun run, int step)
    {
    }

    protected virtual void After(ParityCase c, RecordedRun run)
    {
    }
}

/// <summary>AdamW, with and without AMSGrad.</summary>
internal sealed class AdamWSteps() : OptimiserSteps("adamw")
{
    protected override OptimizerSettings Settings(JsonElement config)
    {
        var betas = config.Numbers("betas");
        return new AdamWSettings { Beta1 = betas[0], Beta2 = betas[1], Eps = config.Number("eps"), Amsgrad = config.Flag("amsgrad") };
    }
}

/// <summary>Adam with coupled decay.</summary>
internal sealed class AdamSteps() : OptimiserSteps("adam")
{
    protected override OptimizerSettings Settings(JsonElement config)
    {
        var betas = config.Numbers("betas");
        return new AdamSettings { Beta1 = betas[0], Beta2 = betas[1], Eps = config.Number("eps"), Amsgrad = config.Flag("amsgrad") };
    }
}

/// <summary>SGD with momentum, dampening, look-ahead.</summary>
internal sealed class SgdSteps() : OptimiserSteps("sgd")
{
    protected override OptimizerSettings Settings(JsonElement config) => new SgdSettings
    {
        Momentum = config.Number("momentum"), Dampening = config.Number("dampening"), Nesterov = config.Flag("nesterov"),
    };
}

/// <summary>LAMB.</summary>
internal sealed class LambSteps() : OptimiserSteps("lamb")
{
    protected override OptimizerSettings Settings(JsonElement config)
    {
        var betas = config.Numbers("betas");
        return new LambSettings { Beta1 = betas[0], Beta2 = betas[1], Eps = config.Number("eps") };
    }

    protected override void After(ParityCase c, RecordedRun run)
    {
        var ratios = ((Lamb)run.Optimizer).Ratios;
        for (var k = 0; k < ratios.Count; k++)
            c.Expect($"next/state.trust_ratio.{run.Parameters[k].FullName}", ratios[k]);
    }
}

/// <summary>Sophia-G with recorded gradients against sampled labels.</summary>
internal sealed class SophiaSteps() : OptimiserSteps("sophia-g")
{
    protected override OptimizerSettings Settings(JsonElement config)
    {
        var betas = config.Numbers("betas");
        return new SophiaGSettings { Beta1 = betas[0], Beta2 = betas[1], Rho = config.Number("rho"), BatchSize = config.Number("bs") };
    }

    protected override void Before(ParityCase c, RecordedRun run, int step)
    {
        if (step % c.Config.Whole("hess_every") != 0)
            return;
        run.SetGradients(string.Create(CultureInfo.InvariantCulture, $"in/hess_grad.{step}."));
        ((SophiaG)run.Optimizer).UpdateHessian();
    }
}

/// <summary>SWAN, its directions, and their limit.</summary>
internal sealed class SwanSteps() : OptimiserSteps("swan")
{
    protected override OptimizerSettings Settings(JsonElement config) => new SwanSettings
    {
        Iterations = config.Whole("ns_steps"), Beta = config.Number("beta"), Rescale = config.Flag("rescale"),
    };

    protected override void Before(ParityCase c, RecordedRun run, int step)
    {
        using var scope = Scope.Enter();
        foreach (var parameter in run.Parameters)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{step}.{parameter.FullName}");
            var gradient = c.Tensor($"in/grad.{name}");
            var rows = Whitening.StandardizeRows(gradient);
            c.Expect($"out/{name}.normalised", rows);
            c.Expect($"out/{name}.exact_whitening", Whitening.Exact(rows));
            c.Expect($"out/{name}.direction", ((Swan)run.Optimizer).Direction(gradient));
        }
    }
}

/// <summary>The Gauss-Newton-Bartlett estimate for a softmax of a linear layer.</summary>
internal sealed class SophiaHessian : IParityAdapter
{
    public string System => "optimisers";

    public string Case => "sophia-hessian";

    public void Run(ParityCase c)
    {
        var settings = new SophiaGSettings { Beta2 = c.Config.Number("beta2"), BatchSize = c.Config.Number("n") };
        using var run = new RecordedRun(c, settings, _ => ParameterGroup.Default);
        using var scope = Scope.Enter();
        var weight = run.Parameters.Single();
        var logits = c.Tensor("in/x").Matmul(weight.Value);
        var loss = logits.CrossEntropy(c.Tensor("in/targets"));
        loss.Backward(keepGraph: true);
        c.Expect("out/loss", loss);
        c.Expect("grad/weight", weight.Value.Gradient!);

        run.Optimizer.ClearGradients();
        var sampled = SophiaG.SampleLabels(logits, c.Tensor("in/u_sample"));
        var sampledLoss = logits.CrossEntropy(sampled);
        sampledLoss.Backward();
        ((SophiaG)run.Optimizer).UpdateHessian();
        c.Expect("out/sampled", sampled);
        c.Expect("out/loss_sampled", sampledLoss);
        c.Expect("grad/sampled.weight", weight.Value.Gradient!);
        run.ExpectState("hessian", "next/hessian", weight);
    }
}

/// <summary>Clipping by the global norm, as a step does it and in place.</summary>
internal sealed class ClipNorm : IParityAdapter
{
    public string System => "optimisers";

    public string Case => "clip-norm";

    public void Run(ParityCase c)
    {
        var kind = KindOf(c.Config.GetProperty("norm_type"));
        using var module = new GradientsAsParameters(c);
        using var arena = new ParameterArena(module);
        using var scope = Scope.Enter();
        using (GradMode.Off())
            arena.Gradients!.CopyFrom(arena.Weights);
        var norm = GradientClipping.Measure(arena, c.Config.Number("max_norm"), kind);
        var scaled = arena.Gradients! * norm.Factor;
        c.Expect("out/total_norm", GradientClipping.Clip(arena, c.Config.Number("max_norm"), kind));
        if (!arena.Gradients!.Allclose(scaled, rtol: 0, atol: 0))
            throw new InvalidOperationException("clipping in place and by the factor differ");
        foreach (var parameter in arena.Parameters)
            c.Expect($"out/clipped.{parameter.FullName}", parameter.Value.Gradient!);
    }

    private static GradientNormKind KindOf(JsonElement type) =>
        type.ValueKind == JsonValueKind.Number && type.GetDouble() == 2 ? GradientNormKind.Euclidean
        : type.ValueKind == JsonValueKind.String && type.GetString() is "inf" or "Infinity" or "max" ? GradientNormKind.Maximum
        : throw new InvalidDataException($"'norm_type' in the configuration is {type}, expected 2 or \"inf\"");

    private sealed class GradientsAsParameters : Module
    {
        internal GradientsAsParameters(ParityCase c)
        {
            foreach (var name in c.Names("in/grad."))
                Trainable(name["in/grad.".Length..], Init.Zeros, c.Shape(name));
            c.Load(this, "in/grad.");
        }
    }
}
