using Selfsame.Cli.Verbs;
using Selfsame.Parity;

namespace Selfsame.Tests.Parity;

public sealed class VerifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ema/schedules.a.safetensors")]
    [InlineData("mae/lr_schedule.a.safetensors")]
    [InlineData("optimisers/schedules.a.safetensors")]
    [InlineData("self-flow/schedule.a.safetensors")]
    public void Recorded_results_are_reproduced(string file)
    {
        var result = Assert.Single(Verifier.Run([Path.Combine(ParityFiles.Root, file)]));
        Assert.Null(result.Reason);
        Assert.True(result.Passed);
        Assert.NotNull(result.Worst);
    }

    [Fact]
    public void A_folder_is_searched_in_ordinal_order_and_each_file_run_once()
    {
        Good("b/2.safetensors");
        Good("b/1.safetensors");
        Good("B/3.safetensors");
        ParityFiles.Write(_folder["b/model.safetensors"], new() { ["format"] = "pt" }, ParityFiles.F32("w", [], 1));
        ParityFiles.Write(_folder["b/plain.safetensors"], null, ParityFiles.F32("w", [], 1));
        _folder.Add("b/notes.txt", [1]);

        var report = Run(_folder.Path, _folder["b/1.safetensors"]);
        Assert.Equal(["B/3.safetensors", "b/1.safetensors", "b/2.safetensors"], report.Select(result => Path.GetRelativePath(_folder.Path, result.File)));
        Assert.Equal((3, 0), (report.Passed, report.Failed));
        Assert.Equal([_folder["b/model.safetensors"], _folder["b/plain.safetensors"]], report.Ignored);
    }

    [Fact]
    public void A_file_that_is_no_parity_file_fails_when_it_is_named()
    {
        var path = ParityFiles.Write(_folder["a/plain.safetensors"], null, ParityFiles.F32("w", [], 1));
        Good("a/good.safetensors");
        foreach (var report in new[] { Run(_folder["a"], path), Run(path, _folder["a"]) })
        {
            var failed = Assert.Single(report, result => !result.Passed);
            Assert.Equal($"{path}: the metadata has no 'format', which a selfsame-parity/1 file must have", failed.Reason);
            Assert.Empty(report.Ignored);
        }
    }

    [Fact]
    public void Broken_files_fail_with_their_fault()
    {
        Expect("{0}: found 3 bytes; expected at least 8, for the header's length", null, _folder.Add("f/broken.safetensors", [1, 2, 3]));
        Changed("format", "selfsame-parity/2", "{0}: format is 'selfsame-parity/2', expected 'selfsame-parity/1'");
        Changed("config", "[1]", "{0}: metadata 'config' is not a JSON object");
        Changed("tolerance", """{"rtol":1}""", "{0}: the tolerance has no number 'atol'");
        Changed("tolerance", """{"rtol":-1,"atol":0}""", "{0}: tolerance rtol is -1, expected a finite number from 0");
        Changed("case", "other", "no adapter for toy/other");
        Changed("system", "unheard-of", "no adapter for unheard-of/sum");

        void Changed(string key, string value, string reason)
        {
            var metadata = ParityFiles.Metadata();
            metadata[key] = value;
            Expect(reason, metadata["system"], ParityFiles.Write(_folder["f/x.safetensors"], metadata, ParityFiles.F32("out/y", [], 1)));
        }

        void Expect(string reason, string? system, string path)
        {
            foreach (var given in new[] { path, _folder["f"] }) // the same in a folder: nothing broken is ignored
            {
                var result = Assert.Single(Run(given));
                Assert.Equal((false, string.Format(null, reason, path), system), (result.Passed, result.Reason, result.System));
            }
            File.Delete(path);
        }
    }

    [Fact]
    public void An_exception_in_an_adapter_fails_its_case_only()
    {
        Good("1.safetensors");
        Good("2.safetensors");
        var report = Verifier.Run([_folder.Path], ParityFiles.Toy(c =>
        {
            if (c.Path.EndsWith("1.safetensors", StringComparison.Ordinal))
                throw new InvalidOperationException("no luck");
            c.Expect("out/y", 1);
        }));
        Assert.Equal("the adapter threw InvalidOperationException: no luck", report[0].Reason);
        Assert.Null(report[1].Reason);
    }

    [Fact]
    public void A_path_that_leads_nowhere_is_bad_usage()
    {
        Assert.Equal($"path '{_folder["none"]}' does not exist", Assert.Throws<VerifyUsageException>(() => Run(_folder["none"])).Message);
        Assert.Equal("no parity files found (0 other safetensors files); name files or folders with selfsame-parity/1 files", Assert.Throws<VerifyUsageException>(() => Run(_folder.Path)).Message);
    }

    [Fact]
    public void A_cancelled_run_stops()
    {
        Good("1.safetensors");
        Assert.Throws<OperationCanceledException>(() => Verifier.Run([_folder.Path], new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Results_become_json()
    {
        VerifyResult[] results =
        [
            new("a", "b", "a/b.safetensors", true, new("out/y", [1, 2], 0.5, double.NaN, 3), null),
            new(null, null, "x", false, null, "found 'x' < 3"),
        ];
        Assert.Equal(
            """[{"system":"a","case":"b","file":"a/b.safetensors","passed":true,"worst":{"tensor":"out/y","index":[1,2],"expected":0.5,"actual":"NaN"},"reason":null},{"system":null,"case":null,"file":"x","passed":false,"worst":null,"reason":"found'x'<3"}]""",
            string.Concat(VerifyJson.Write(results).Where(letter => !char.IsWhiteSpace(letter))));
    }

    [Fact]
    public void Two_adapters_for_one_case_are_refused()
    {
        var adapter = new Selfsame.Parity.Adapters.EmaSchedules();
        var error = Assert.Throws<ArgumentException>(() => new ParityAdapters([adapter, adapter]));
        Assert.StartsWith("two adapters for ema/schedules: EmaSchedules and EmaSchedules; keep one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_verb_prints_one_line_a_case_and_the_totals()
    {
        var bad = _folder.Add("bad.safetensors", [1]);
        var (status, output, errors) = Invoke(Path.Combine(ParityFiles.Root, "ema"), bad);
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(1, status);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("pass ema/schedules schedules.a.safetensors", string.Join(' ', lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains($"{bad}: found 1 bytes; expected at least 8, for the header's length", lines[1], StringComparison.Ordinal);
        Assert.Equal("1 passed, 1 failed", lines[2].TrimEnd());
        Assert.Empty(errors);
    }

    [Fact]
    public void The_verb_keeps_json_apart_from_messages()
    {
        ParityFiles.Write(_folder["plain.safetensors"], null, ParityFiles.F32("w", [], 1));
        var (status, output, errors) = Invoke("--json", Path.Combine(ParityFiles.Root, "mae"), _folder.Path);
        Assert.Equal(0, status);
        using var json = System.Text.Json.JsonDocument.Parse(output);
        Assert.True(json.RootElement[0].GetProperty("passed").GetBoolean());
        Assert.Equal($"verify: 1 files that are not parity files were ignored: {_folder["plain.safetensors"]}", errors.TrimEnd());
    }

    [Fact]
    public void The_verb_refuses_bad_usage_with_2()
    {
        Assert.Equal((2, "", "verify: no path given; name one or more parity files or folders\n"), Invoke());
        Assert.Equal((2, "", $"verify: path '{_folder["none"]}' does not exist\n"), Invoke(_folder["none"]));
    }

    private static (int Status, string Output, string Errors) Invoke(params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" }, errors = new() { NewLine = "\n" };
        var status = VerifyVerb.Create().Parse(arguments).Invoke(new() { Output = output, Error = errors });
        return (status, output.ToString(), errors.ToString());
    }

    private static VerifyReport Run(params string[] paths) => Verifier.Run(paths, ParityFiles.Toy(c => c.Expect("out/y", 1)));

    private void Good(string name) => ParityFiles.Write(_folder[name], ParityFiles.Metadata(), ParityFiles.F32("out/y", [], 1));
}
