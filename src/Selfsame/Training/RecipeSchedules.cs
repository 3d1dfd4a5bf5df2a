using Selfsame.Recipes;
using Selfsame.Training.Schedules;

namespace Selfsame.Training;

/// <summary>Turns a recipe's schedule blocks into curves over steps.</summary>
public static class RecipeSchedules
{
    /// <summary>The learning rate.</summary>
    /// <param name="settings">The recipe's block.</param>
    /// <param name="peak">Rate after the warm-up.</param>
    /// <param name="total">Steps of the run.</param>
    /// <param name="batch">Samples in a step.</param>
    /// <param name="epoch">Samples in an epoch.</param>
    public static ISchedule Rate(ScheduleSettings settings, double peak, long total, long batch, long epoch)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var warmup = settings.Warmup.ToSteps(total, batch, epoch);
        var rest = Math.Max(1, total - warmup);
        ISchedule body = settings switch
        {
            ConstantScheduleSettings => new ConstantSchedule(peak),
            CosineScheduleSettings cosine => new CosineSchedule(peak, peak * cosine.End, rest),
            LinearScheduleSettings linear => new LinearSchedule(peak, peak * linear.End, rest),
            StepScheduleSettings steps => new StepSchedule(peak, [.. steps.At.Select(percent => (percent * total / 100) - warmup)], steps.Factor),
            InverseSqrtScheduleSettings => new InverseSqrtSchedule(peak, Math.Max(1, warmup)),
            _ => throw new ArgumentException($"a schedule of kind {settings.GetType().Name} is not known", nameof(settings)),
        };
        return warmup > 0 ? new WarmupSchedule(body, peak, warmup) : body;
    }

    /// <summary>The share of itself that the teacher keeps.</summary>
    /// <param name="settings">The recipe's block; null takes the method's own constant.</param>
    /// <param name="constant">The method's own choice.</param>
    /// <param name="total">Steps of the run.</param>
    /// <param name="batch">Samples in a step.</param>
    /// <param name="epoch">Samples in an epoch.</param>
    public static ISchedule Momentum(EmaSettings? settings, double constant, long total, long batch, long epoch)
    {
        if (settings is null)
            return new ConstantSchedule(constant);
        var course = settings.Over is { } over ? Math.Max(1, over.ToSteps(total, batch, epoch)) : total;
        ISchedule body = settings.Schedule switch
        {
            MomentumCourse.Constant => new ConstantSchedule(settings.Momentum),
            MomentumCourse.Cosine => new CosineSchedule(settings.Momentum, settings.End, course),
            MomentumCourse.Linear => new LinearSchedule(settings.Momentum, settings.End, course),
            _ => throw new ArgumentException($"a momentum course {settings.Schedule} is not known", nameof(settings)),
        };
        var warmup = settings.Warmup.ToSteps(total, batch, epoch);
        return warmup > 0 ? new MomentumWarmup(body, warmup) : body;
    }

    /// <summary>Steps at fixed moments.</summary>
    private sealed record StepSchedule(double Start, double[] At, double Factor) : ISchedule
    {
        double ISchedule.At(double step) => Start * Math.Pow(Factor, At.Count(moment => step >= moment));
    }

    /// <summary>Falls with the root of the step.</summary>
    private sealed record InverseSqrtSchedule(double Start, double Warmup) : ISchedule
    {
        public double At(double step) => Start * Math.Sqrt(Warmup / (Warmup + step));
    }

    /// <summary>Rises linearly, reaching the peak with the first step after the warm-up.</summary>
    private sealed record WarmupSchedule(ISchedule Body, double Peak, double Steps) : ISchedule
    {
        public double At(double step) => step < Steps ? Peak * (step + 1) / (Steps + 1) : Body.At(step - Steps);
    }

    /// <summary>Rises linearly from 0, so that the first teachers forget the random start.</summary>
    private sealed record MomentumWarmup(ISchedule Body, double Steps) : ISchedule
    {
        public double At(double step) => Body.At(step) * Math.Min(1, (step + 1) / Steps);
    }
}
