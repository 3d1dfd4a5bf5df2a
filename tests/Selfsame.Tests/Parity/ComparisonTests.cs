using Selfsame.Parity;

namespace Selfsame.Tests.Parity;

public sealed class ComparisonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2f, 3.25, true)] // 0.25 + 0.5 * 2 = 1.25, exactly reached
    [InlineData(2f, 3.2500001, false)]
    [InlineData(-2f, -3.25, true)]
    [InlineData(-2f, -3.2500001, false)]
    [InlineData(0f, 0.25, true)]
    [InlineData(0f, -0.25000000001, false)]
    [InlineData(float.NaN, double.NaN, true)]
    [InlineData(float.NaN, 0.0, false)]
    [InlineData(0f, double.NaN, false)]
    [InlineData(float.PositiveInfinity, double.PositiveInfinity, true)]
    [InlineData(float.PositiveInfinity, double.NegativeInfinity, false)]
    [InlineData(float.PositiveInfinity, 1.0, false)]
    [InlineData(1f, double.PositiveInfinity, false)]
    public void An_element_passes_within_atol_plus_rtol_times_expected(float expected, double actual, bool passes)
    {
        var result = Verify(c => c.Expect("out/y", actual), ParityFiles.F32("out/y", [], expected));
        Assert.Equal(passes, result.Passed);
        Assert.Equal(passes, result.Worst!.ToleranceUsed <= 1);
    }

    [Theory]
    [InlineData(long.MaxValue, long.MaxValue, true)]
    [InlineData(long.MaxValue, long.MaxValue - 1, false)] // the same number as doubles
    [InlineData(0, 1, false)]
    public void Integers_are_compared_exactly(long expected, long actual, bool passes) =>
        Assert.Equal(passes, Verify(c => c.Expect("out/y", [actual]), ParityFiles.I64("out/y", [1], expected)).Passed);

    [Theory]
    [InlineData(3, 3.0, true)]
    [InlineData(3, 3.0000001, false)]
    [InlineData(long.MaxValue, 9223372036854775808.0, false)]
    [InlineData(0, double.NaN, false)]
    public void Integers_are_compared_exactly_with_floating_point_values_too(long expected, double actual, bool passes) =>
        Assert.Equal(passes, Verify(c => c.Expect("out/y", actual), ParityFiles.I64("out/y", [], expected)).Passed);

    [Fact]
    public void Without_tolerance_only_equality_passes()
    {
        var exact = ParityFiles.Metadata("""{"rtol":0,"atol":0}""");
        Assert.True(Verify(exact, c => c.Expect("out/y", 0.5), ParityFiles.F32("out/y", [], 0.5f)).Passed);
        var result = Verify(exact, c => c.Expect("out/y", 0.50000006), ParityFiles.F32("out/y", [], 0.5f));
        Assert.Equal("out/y: 1 of 1 elements differ; out/y: expected 0.5, computed 0.50000006, Infinity times the tolerance", result.Reason);
    }

    [Fact]
    public void Every_kind_of_value_can_be_handed_over()
    {
        var result = Verify(
            c =>
            {
                c.Expect("out/bytes", new byte[] { 1, 255 });
                c.Expect("next/flags", new[] { true, false });
                c.Expect("grad/w", new[] { 1f, 2f });
                c.Expect("out/loss", 3);
            },
            ("out/bytes", Torch.DType.UInt8, [2], new byte[] { 1, 255 }), ("next/flags", Torch.DType.Bool, [2], new byte[] { 1, 0 }),
            ParityFiles.F32("grad/w", [2, 1], 1, 2), ParityFiles.F32("out/loss", [], 3));
        Assert.Null(result.Reason);
        Assert.True(result.Passed);
    }

    [Fact]
    public void The_worst_element_of_all_tensors_is_kept_with_its_index()
    {
        var result = Verify(
            c =>
            {
                c.Expect("out/a", new[] { 1f, 1f, 1f, 1f, 1f, 1.5f });
                c.Expect("out/b", new[] { 100f, 0.1f });
            },
            ParityFiles.F32("out/a", [2, 3], 1, 1, 1, 1, 1, 1), ParityFiles.F32("out/b", [2], 110, 0));
        Assert.True(result.Passed);
        Assert.Equal(("out/a", 1.0, 1.5), (result.Worst!.Tensor, result.Worst.Expected, result.Worst.Actual));
        Assert.Equal([1, 2], result.Worst.Index);
        Assert.Equal(0.5 / 0.75, result.Worst.ToleranceUsed, 12);
    }

    [Fact]
    public void A_miss_says_how_many_where_and_by_how_much()
    {
        var result = Verify(c => c.Expect("grad/w", new[] { 1f, 4f, 2f, 9f }), ParityFiles.F32("grad/w", [2, 2], 1, 1, 1, 1));
        Assert.Equal("grad/w: 3 of 4 elements differ; grad/w[1, 1]: expected 1, computed 9, 10.7 times the tolerance", result.Reason);
        result = Verify(c => c.Expect("out/i", new long[] { 4, 5 }), ParityFiles.I64("out/i", [2], 4, 6));
        Assert.Equal("out/i: 1 of 2 elements differ; out/i[1]: expected exactly 6, computed 5", result.Reason);
    }

    [Fact]
    public void A_tensor_that_the_adapter_does_not_look_at_fails_the_case()
    {
        var result = Verify(c => c.Expect("out/a", 1), ParityFiles.F32("out/a", [], 1), ParityFiles.F32("out/b", [], 1), ParityFiles.F32("grad/w", [], 1), ParityFiles.F32("next/w", [], 1), ParityFiles.F32("in/x", [], 1));
        Assert.False(result.Passed);
        Assert.Equal("not checked by the adapter: grad/w, next/w, out/b", result.Reason);
    }

    [Fact]
    public void What_does_not_fit_the_file_fails_the_case()
    {
        Assert.Equal("out/b: the file has no such tensor", Verify(c => { c.Expect("out/a", 1); c.Expect("out/b", 1); }, ParityFiles.F32("out/a", [], 1)).Reason);
        Assert.Equal("out/a: computed shape (3), expected (2, 2)", Verify(c => c.Expect("out/a", new float[3]), ParityFiles.F32("out/a", [2, 2], 1, 1, 1, 1)).Reason);
        Assert.Equal("in/x: only out/, grad/ and next/ tensors are expectations; not checked by the adapter: out/a",
            Verify(c => c.Expect("in/x", 1), ParityFiles.F32("in/x", [], 1), ParityFiles.F32("out/a", [], 1)).Reason);
        Assert.Equal("the file records no out/, grad/ or next/ tensor, so there is nothing to reproduce", Verify(_ => { }, ParityFiles.F32("in/x", [], 1)).Reason);
    }

    [Fact]
    public void Many_faults_are_cut_short_but_not_the_tensors_left_out()
    {
        var tensors = Enumerable.Range(0, 8).Select(i => ParityFiles.F32($"out/{i}", [], 1)).ToArray();
        var reason = Verify(c => { for (var i = 0; i < 7; i++) c.Expect($"out/{i}", 9); }, tensors).Reason!;
        Assert.EndsWith("; out/4: 1 of 1 elements differ; out/4: expected 1, computed 9, 10.7 times the tolerance; and 2 more; not checked by the adapter: out/7", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_tensor_counts_as_checked()
    {
        var result = Verify(c => c.Expect("out/none", Array.Empty<float>()), ParityFiles.F32("out/none", [0, 4]));
        Assert.True(result.Passed);
        Assert.Null(result.Worst);
    }

    [Fact]
    public void A_case_gives_what_the_file_has()
    {
        var seen = false;
        var result = Verify(
            c =>
            {
                Assert.Equal(("toy", "sum", 0.5, 0.25, 2), (c.System, c.Case, c.RelativeTolerance, c.AbsoluteTolerance, c.Config.GetProperty("n").GetInt32()));
                Assert.True(c.Has("in/x"));
                Assert.False(c.Has("x"));
                Assert.Equal(["in/b", "in/x"], c.Names("in/"));
                Assert.Equal([1, 2], c.Shape("in/x"));
                Assert.Equal([1f, 2f], c.Floats("in/x"));
                Assert.Equal([7.0], c.Doubles("in/b"));
                Assert.Equal([7], c.Integers("in/b"));
                Assert.Equal(8, c.Bytes("in/b").Length);
                Assert.Equal(Torch.DType.Int64, c.Entry("in/b").DType);
                Assert.Same(c.Entry("in/b"), c.Source.Entry("in/b"));
                c.Expect("out/y", 0);
                seen = true;
            },
            ParityFiles.F32("in/x", [1, 2], 1, 2), ParityFiles.I64("in/b", [1], 7), ParityFiles.F32("out/y", [], 0));
        Assert.Null(result.Reason);
        Assert.True(seen);
    }

    private VerifyResult Verify(Action<ParityCase> run, params (string, Torch.DType, long[], ReadOnlyMemory<byte>)[] tensors) => Verify(ParityFiles.Metadata(), run, tensors);

    private VerifyResult Verify(Dictionary<string, string> metadata, Action<ParityCase> run, params (string, Torch.DType, long[], ReadOnlyMemory<byte>)[] tensors) =>
        Assert.Single(Verifier.Run([ParityFiles.Write(_folder["x.safetensors"], metadata, tensors)], ParityFiles.Toy(run)));
}
