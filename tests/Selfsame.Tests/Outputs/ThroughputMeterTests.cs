using Selfsame.Training.Progress;

namespace Selfsame.Tests.Outputs;

public class ThroughputMeterTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public void Nothing_is_known_before_the_first_step()
    {
        var meter = new ThroughputMeter(_time);
        Assert.Equal(0, meter.SamplesPerSecond);
        Assert.Null(meter.Eta(0, 100));
        Assert.Equal(TimeSpan.Zero, meter.Eta(100, 100));
    }

    [Fact]
    public void A_steady_speed_is_exact_from_the_first_step()
    {
        var meter = new ThroughputMeter(_time);
        for (var step = 1; step <= 50; step++)
        {
            _time.Advance(0.5);
            meter.Step(64, TimeSpan.FromSeconds(0.05));
            Assert.InRange(meter.SamplesPerSecond, 64 / (0.5 * Math.Pow(2, 0.05)), 128.0001);
        }
        Assert.Equal(25, meter.Eta(50, 100)!.Value.TotalSeconds, 0.5);
        Assert.InRange(meter.DataWaitShare, 0.098, 0.102);
    }

    [Fact]
    public void The_speed_follows_a_change_by_half_in_a_half_life()
    {
        var meter = new ThroughputMeter(_time, TimeSpan.FromSeconds(10));
        void Run(int steps, double seconds)
        {
            for (var i = 0; i < steps; i++)
            {
                _time.Advance(seconds);
                meter.Step(10, TimeSpan.Zero);
            }
        }
        Run(10_000, 0.01);                                    // 1,000 samples a second for ten half-lives
        Assert.Equal(1000, meter.SamplesPerSecond, 0.5);
        Run(500, 0.02);                                       // then 500, for one half-life
        Assert.Equal(750, meter.SamplesPerSecond, 1.0);
    }

    [Fact]
    public void Pauses_leave_the_speed_and_lengthen_the_estimate_by_their_share()
    {
        var meter = new ThroughputMeter(_time);
        _time.Advance(10);
        meter.Step(1000, TimeSpan.Zero);
        meter.Pause();
        _time.Advance(5);
        Assert.Throws<InvalidOperationException>(() => meter.Step(1, TimeSpan.Zero));
        meter.Resume();

        Assert.Equal(100, meter.SamplesPerSecond, 1e-9);
        // 3 steps at 10 s each, and half of that again for pauses: 10 s trained, 5 s paused so far.
        Assert.Equal(45, meter.Eta(1, 4)!.Value.TotalSeconds, 1e-9);
    }

    [Fact]
    public void An_estimate_beyond_a_hundred_years_is_none()
    {
        var meter = new ThroughputMeter(_time);
        _time.Advance(60);
        meter.Step(1, TimeSpan.Zero);
        Assert.Null(meter.Eta(1, long.MaxValue));
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(59.7, "1m 00s")]
    [InlineData(192, "3m 12s")]
    [InlineData(3900, "1h 05m")]
    [InlineData(183_600, "2d 03h")]
    public void Durations(double seconds, string expected) => Assert.Equal(expected, HumanText.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0.43121, "0.4312")]
    [InlineData(12.345, "12.35")]
    [InlineData(1234567, "1,234,567")]
    [InlineData(1.234e-5, "1.234e-05")]
    [InlineData(-0.5, "-0.5000")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void Values(double value, string expected) => Assert.Equal(expected, HumanText.Value(value));
}
