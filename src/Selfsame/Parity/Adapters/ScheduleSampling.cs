using Selfsame.Training.Schedules;

namespace Selfsame.Parity.Adapters;

/// <summary>A schedule's values at many steps.</summary>
internal static class ScheduleSampling
{
    internal static double[] AtAll(this ISchedule schedule, long[] steps) => Array.ConvertAll(steps, step => schedule.At(step));

    internal static double[] AtAll(this ISchedule schedule, double[] steps) => Array.ConvertAll(steps, schedule.At);
}
