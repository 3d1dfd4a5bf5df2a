using Selfsame.Torch;

namespace Selfsame.Tests.Engine;

/// <summary>The optimizers' formulas on one parameter, element by element in double: what the fast steps are compared with.</summary>
internal sealed class OptimizerFormula(OptimizerSettings settings, ParameterGroup group, bool adapts, float[] start)
{
    private readonly double[] _first = new double[start.Length];
    private readonly double[] _second = new double[start.Length];
    private readonly double[] _peak = new double[start.Length];
    private int _step;

    public double[] Weights { get; } = Array.ConvertAll(start, value => (double)value);

    public void Step(float[] gradients, double baseRate)
    {
        var rate = baseRate * group.RateScale;
        var g = Array.ConvertAll(gradients, value => (double)value);
        _step++;
        switch (settings)
        {
            case AdamFamilySettings adam:
                Adam(adam, g, rate);
                break;
            case SgdSettings sgd:
                Descend(g, 1, group.Decay, rate, sgd.Momentum, _step == 1 ? 1 : 1 - sgd.Dampening, sgd.Nesterov);
                break;
            case LarsSettings lars:
                Lars(lars, g, rate);
                break;
            case LambSettings lamb:
                Lamb(lamb, g, rate);
                break;
            case SophiaGSettings sophia:
                Sophia(sophia, g, rate);
                break;
            default:
                throw new ArgumentException(settings.ToString());
        }
    }

    public void UpdateHessian(float[] gradients, double beta2)
    {
        for (var i = 0; i < gradients.Length; i++)
            _second[i] = (beta2 * _second[i]) + ((1 - beta2) * gradients[i] * gradients[i]);
    }

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));

    private void Adam(AdamFamilySettings o, double[] g, double rate)
    {
        for (var i = 0; i < g.Length; i++)
        {
            if (o is AdamSettings)
                g[i] += group.Decay * Weights[i];
            else
                Weights[i] -= rate * group.Decay * Weights[i];
            _first[i] = (o.Beta1 * _first[i]) + ((1 - o.Beta1) * g[i]);
            _second[i] = (o.Beta2 * _second[i]) + ((1 - o.Beta2) * g[i] * g[i]);
            _peak[i] = Math.Max(_peak[i], _second[i]);
            var m = _first[i] / (1 - Math.Pow(o.Beta1, _step));
            var v = (o.Amsgrad ? _peak[i] : _second[i]) / (1 - Math.Pow(o.Beta2, _step));
            Weights[i] -= rate * m / (Math.Sqrt(v) + o.Eps);
        }
    }

    private void Descend(double[] g, double gain, double decay, double rate, double momentum, double take, bool nesterov)
    {
        for (var i = 0; i < g.Length; i++)
        {
            var d = gain * (g[i] + (decay * Weights[i]));
            _first[i] = (momentum * _first[i]) + (take * d);
            Weights[i] -= rate * (nesterov ? d + (momentum * _first[i]) : _first[i]);
        }
    }

    private void Lars(LarsSettings o, double[] g, double rate)
    {
        var decay = adapts ? group.Decay : 0;
        var decayed = g.Select((value, i) => value + (decay * Weights[i])).ToArray();
        var take = _step == 1 ? 1 : 1 - o.Dampening;
        switch (o.Kind)
        {
            case LarsKind.Moco:
                Descend(g, Ratio(Norm(decayed)), decay, rate, o.Momentum, 1, o.Nesterov);
                break;
            case LarsKind.SimClr:
                Descend(g, rate * Ratio(Norm(decayed)), decay, 1, o.Momentum, 1, o.Nesterov);
                break;
            case LarsKind.SimClrAfterMomentum:
                for (var i = 0; i < g.Length; i++)
                    _first[i] = (o.Momentum * _first[i]) + decayed[i];
                var update = decayed.Select((value, i) => o.Nesterov ? value + (o.Momentum * _first[i]) : _first[i]).ToArray();
                var ratio = Ratio(Norm(update));
                for (var i = 0; i < g.Length; i++)
                    Weights[i] -= rate * ratio * update[i];
                break;
            case LarsKind.Bolts:
                var (w, n) = (Norm(Weights), Norm(g));
                if (!adapts || w == 0 || n == 0)
                {
                    Descend(g, 1, 0, rate, o.Momentum, take, o.Nesterov);
                    break;
                }

                var local = o.Trust * w / (n + (decay * w) + o.Eps);
                Descend(g, o.ClipRate ? Math.Min(local / rate, 1) : local, decay, rate, o.Momentum, take, o.Nesterov);
                break;
        }

        double Ratio(double denominator) => adapts && denominator > 0 && Norm(Weights) > 0 ? o.Trust * Norm(Weights) / denominator : 1;
    }

    private void Lamb(LambSettings o, double[] g, double rate)
    {
        var update = new double[g.Length];
        for (var i = 0; i < g.Length; i++)
        {
            _first[i] = (o.Beta1 * _first[i]) + ((1 - o.Beta1) * g[i]);
            _second[i] = (o.Beta2 * _second[i]) + ((1 - o.Beta2) * g[i] * g[i]);
            update[i] = (_first[i] / (Math.Sqrt(_second[i]) + o.Eps)) + (group.Decay * Weights[i]);
        }

        var ratio = adapts && Norm(update) > 0 && Norm(Weights) > 0 ? Math.Min(Norm(Weights), o.MaxNorm) / Norm(update) : 1;
        for (var i = 0; i < g.Length; i++)
            Weights[i] -= rate * ratio * update[i];
    }

    private void Sophia(SophiaGSettings o, double[] g, double rate)
    {
        for (var i = 0; i < g.Length; i++)
        {
            Weights[i] -= rate * group.Decay * Weights[i];
            _first[i] = (o.Beta1 * _first[i]) + ((1 - o.Beta1) * g[i]);
            Weights[i] -= rate * Math.Sign(_first[i]) * Math.Min(Math.Abs(_first[i]) / ((o.Rho * o.BatchSize * _second[i]) + 1e-15), 1);
        }
    }
}
