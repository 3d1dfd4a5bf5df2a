using Selfsame.Corruption;

namespace Selfsame.Tests.Corruption;

public sealed class NoiseLevelTests
{
    public static TheoryData<INoiseLevels> All => new()
    {
        new UniformNoiseLevels(), new UniformNoiseLevels(4.63),
        new LogitNormalNoiseLevels(), new LogitNormalNoiseLevels(-0.5, 0.8, 2), new LogitNormalNoiseLevels(0.3, 2.5),
        new PlateauNoiseLevels(new(0, 1, 4.63)), new PlateauNoiseLevels(new(-1, 2.2)),
        new TailMixtureNoiseLevels(new LogitNormalNoiseLevels(), 0.05, 0.95),
        new EdmNoiseLevels(),
    };

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_drawn_follows_the_density(INoiseLevels levels)
    {
        // Shares of 40,000 draws in ten bins, against the integral of the density; five standard deviations of a share of 1/2.
        const int count = 40_000, bins = 10, points = 2_000;
        var drawn = new double[count];
        levels.Sample(new SeededDraws(1, 2), drawn);
        Assert.All(drawn, level => Assert.InRange(level, 0, 1));

        var total = 0.0;
        for (var bin = 0; bin < bins; bin++)
        {
            double[] middles = [.. Enumerable.Range(0, points).Select(i => (bin + ((i + 0.5) / points)) / bins)];
            var density = new double[points];
            levels.Density(middles, density);
            var expected = density.Average() / bins;
            total += expected;
            var share = drawn.Count(level => Math.Min(bins - 1, (int)(level * bins)) == bin) / (double)count;
            Assert.InRange(share, expected - 0.0125, expected + 0.0125);
        }
        Assert.Equal(1, total, 3);
    }

    [Theory]
    [InlineData(0, 1, 1, 0.5)]
    [InlineData(0, 1, 4.63, 0.9137267)]
    [InlineData(0, 1, 0.2159827213822894, 0.0862733)] // the mirror image
    [InlineData(0, 2, 1, 0.9787512)] // two peaks, the noisier one: log-odds x with x = 4 tanh(x / 2)
    public void The_mode_is_the_highest_point(double location, double scale, double shift, double expected)
    {
        var levels = new LogitNormalNoiseLevels(location, scale, shift);
        var mode = levels.Mode();
        Assert.Equal(expected, mode, 5);
        for (var level = 0.0005; level < 1; level += 0.0005)
            Assert.True(levels.Density(level) <= levels.Density(mode) * (1 + 1e-9));
    }

    [Fact]
    public void Draws_depend_on_seed_step_name_and_position_only()
    {
        var (first, again, longer) = (new double[3], new double[3], new double[8]);
        new SeededDraws(5, 7).Normal("z", first);
        new SeededDraws(5, 7).Normal("z", again);
        new SeededDraws(5, 7).Normal("z", longer);
        Assert.Equal(first, again);
        Assert.Equal(first, longer[..3]);
        foreach (var other in new[] { (Seed: 6L, Step: 7L, Name: "z"), (5, 8, "z"), (5, 7, "y") })
        {
            new SeededDraws(other.Seed, other.Step).Normal(other.Name, again);
            Assert.NotEqual(first, again);
        }
    }

    [Fact]
    public void Normal_draws_have_mean_0_and_variance_1()
    {
        var values = new double[100_000];
        new SeededDraws(3, 0).Normal("z", values);
        Assert.Equal(0, values.Average(), 0.02);
        Assert.Equal(1, values.Average(value => value * value), 0.03);
        Assert.Equal(3, values.Average(value => value * value * value * value), 0.2);
    }

    [Fact]
    public void A_recording_must_be_there_and_long_enough()
    {
        var draws = new RecordedDraws(new Dictionary<string, double[]> { ["u"] = [0.5], ["a"] = [] });
        Assert.StartsWith("no recorded draws named 'z'; there are: a, u", Assert.Throws<ArgumentException>(() => draws.Normal("z", new double[1])).Message, StringComparison.Ordinal);
        Assert.StartsWith("2 draws named 'u' are needed, 1 are recorded", Assert.Throws<ArgumentException>(() => draws.Uniform("u", new double[2])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sampler_goes_from_noise_to_data()
    {
        Assert.Equal([1, 0.75, 0.5, 0.25, 0], NoiseLevels.SamplingGrid(4));
        Assert.Equal([1, 2 / 3.0, 0], NoiseLevels.SamplingGrid(2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => NoiseLevels.SamplingGrid(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => NoiseLevels.SamplingGrid(2, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TailMixtureNoiseLevels(new UniformNoiseLevels(), 0.1, 1));
    }
}
