using Selfsame.Recipes;
using Selfsame.Training;

namespace Selfsame.Tests.Training;

public sealed class RecipeScheduleTests
{
    private static readonly Amount Four = new() { Steps = 4 };

    [Fact]
    public void A_warm_up_rises_to_the_peak_and_the_body_ends_with_the_run()
    {
        Assert.Equal([0.2, 0.4, 0.8, 1, 1], Rates(new ConstantScheduleSettings { Warmup = Four }, 0, 1, 3, 4, 99), Near);
        Assert.Equal([0.8, 1, 0.55, 0.1, 0.1], Rates(new CosineScheduleSettings { Warmup = Four, End = 0.1 }, 3, 4, 8, 12, 50), Near);
        Assert.Equal([1, 0.75, 0, 0], Rates(new LinearScheduleSettings { Warmup = Four }, 4, 6, 12, 50), Near);
        Assert.Equal([1, Math.Sqrt(0.5)], Rates(new InverseSqrtScheduleSettings { Warmup = Four }, 4, 8), Near);
    }

    [Fact]
    public void Moments_of_a_step_schedule_are_shares_of_the_whole_run()
    {
        var settings = new StepScheduleSettings { At = [50, 75], Factor = 0.1, Warmup = Four };
        Assert.Equal([1, 1, 0.1, 0.1, 0.01], Rates(settings, 4, 5, 6, 8, 9), Near);
    }

    [Fact]
    public void Units_are_converted_once()
    {
        double At(Amount warmup) => RecipeSchedules.Rate(new ConstantScheduleSettings { Warmup = warmup }, 1, 100, batch: 10, epoch: 45).At(0);
        Assert.Equal(1.0 / 6, At(new() { Steps = 5 }), 12);
        Assert.Equal(1.0 / 6, At(new() { Samples = 41 }), 12);
        Assert.Equal(1.0 / 6, At(new() { Epochs = 1 }), 12);
        Assert.Equal(1.0 / 6, At(new() { Percent = 5 }), 12);
        Assert.Equal(1, At(Amount.None));
    }

    [Fact]
    public void A_run_that_is_all_warm_up_works() =>
        Assert.Equal([0.2, 0.8, 1], Array.ConvertAll([0.0, 3, 4], RecipeSchedules.Rate(new CosineScheduleSettings { Warmup = Four }, 1, 4, 1, 1).At), Near);

    [Fact]
    public void Momentum_follows_its_course()
    {
        double At(EmaSettings? settings, double step) => RecipeSchedules.Momentum(settings, 0.9999, 10, 1, 1).At(step);
        Assert.Equal(0.9999, At(null, 3));
        Assert.Equal(0.99, At(new() { Momentum = 0.99 }, 9));
        Assert.Equal(0.995, At(new() { Momentum = 0.99, Schedule = MomentumCourse.Cosine }, 5), 12);
        Assert.Equal(0.992, At(new() { Momentum = 0.99, Schedule = MomentumCourse.Linear }, 2), 12);
        Assert.Equal(1, At(new() { Momentum = 0.99, Schedule = MomentumCourse.Linear }, 10));
        Assert.Equal([0.2, 0.8, 0.8], Array.ConvertAll([0.0, 3, 9], step => At(new() { Momentum = 0.8, Warmup = Four }, step)), Near);
    }

    [Fact]
    public void What_repeats_is_due_by_steps_samples_epochs_or_time()
    {
        Assert.Equal([3, 6, 9], Due(new() { Steps = 3 }));
        Assert.Equal([4, 8], Due(new() { Samples = 40 }));
        Assert.Equal([5, 10], Due(new() { Epochs = 1 }));
        Assert.Empty(Due(null));
        Assert.Equal([3, 6, 9], Due(new() { Time = TimeSpan.FromSeconds(2.5) }));  // a second a step
        Assert.Equal([3, 6, 9], Due(new() { Time = TimeSpan.FromSeconds(2.5) }, start: 1000));  // earlier sessions do not count

        static int[] Due(Duration? interval, double start = 0)
        {
            var every = new Every(interval, batch: 10, epoch: 45, TimeSpan.FromSeconds(start));
            return [.. Enumerable.Range(1, 10).Where(step => every.Due(step, TimeSpan.FromSeconds(start + step)))];
        }
    }

    private static double[] Rates(ScheduleSettings settings, params double[] steps) => Array.ConvertAll(steps, RecipeSchedules.Rate(settings, 1, 12, 1, 1).At);

    private static bool Near(double left, double right) => Math.Abs(left - right) < 1e-12;
}
