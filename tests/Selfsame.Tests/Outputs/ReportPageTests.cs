using Selfsame.Evaluation.Gallery;
using Selfsame.Evaluation.Report;
using Selfsame.Tests.Training;
using Selfsame.Training;

namespace Selfsame.Tests.Outputs;

/// <summary>Pages of two small runs and of their comparison, made once.</summary>
public sealed class ReportPages : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Browser? _browser;

    internal Browser Browser => _browser!;

    internal string MaskedAutoencoder => _folder["mae/report.html"];

    internal string SelfFlow => _folder["flow/report.html"];

    internal string Comparison => _folder["compare.html"];

    internal IEnumerable<string> All => [MaskedAutoencoder, SelfFlow, Comparison];

    public async Task InitializeAsync()
    {
        if (Browser.Program is null)
            return;
        TinyRun.Pictures(_folder["pictures"], 80);
        foreach (var (name, yaml) in new[] { ("mae", TinyRun.Mae), ("flow", TinyRun.SelfFlow) })
        {
            await TinyRun.RunAsync(TinyRun.Load(yaml, _folder["pictures"], "duration.steps=30", "log.every.steps=3"), _folder[name]);
            using var run = await TrainedRun.OpenAsync(_folder[name], [], new Selfsame.Data.DataOptions(), default);
            var source = FigureSource.Of(run.Data, run.Recipe);
            RunFigures.DrawProgress(run.Folder, source, run.Objective, 10, default);
            RunFigures.DrawProgress(run.Folder, source, run.Objective, 30, default);
            RunFigures.Draw(run.Folder, source, run.Objective, run.State.Step, default);
            run.Folder.WriteResult(run.Folder.ReadResult()! with
            {
                Evaluation = new Dictionary<string, double> { ["knn_accuracy"] = name == "mae" ? 0.61 : 0.72 },
                Baselines = new Dictionary<string, IReadOnlyDictionary<string, double>> { [RunResult.RandomInit] = new Dictionary<string, double> { ["knn_accuracy"] = 0.5 } },
            });
            ReportBuilder.Build(run.Folder);
        }

        File.WriteAllText(Comparison, ComparisonPage.Html(RunComparison.Of([_folder["mae"], _folder["flow"]])));
        _browser = await Browser.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>Pages as a reader's browser shows them.</summary>
public sealed class ReportPageTests(ReportPages pages) : IClassFixture<ReportPages>
{
    private const string BlankCanvases = """
        [...document.querySelectorAll("canvas")].filter(c => c.width === 0 || !c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 3 && v > 0)).length
        """;

    private Browser Browser => pages.Browser;

    [ChromiumFact]
    public async Task Every_page_loads_without_complaint_or_request_and_draws_every_chart()
    {
        foreach (var page in pages.All)
        {
            await Browser.OpenAsync(page, 1200, 900);
            Assert.Empty(Browser.Complaints);
            Assert.Empty(Browser.Requests);
            var plots = await Browser.EvaluateAsync<int>("document.querySelectorAll('.plot').length");
            Assert.True(plots >= 2, $"{page} has {plots} charts");
            Assert.Equal(plots, await Browser.EvaluateAsync<int>("document.querySelectorAll('.plot canvas').length"));
            Assert.Equal(0, await Browser.EvaluateAsync<int>(BlankCanvases));
            Assert.Equal(0, await Browser.EvaluateAsync<int>("[...document.images].filter(i => !i.naturalWidth).length"));
        }
    }

    [ChromiumFact]
    public async Task A_phone_scrolls_down_alone()
    {
        foreach (var page in pages.All)
        {
            await Browser.OpenAsync(page, 390, 844);
            Assert.Empty(Browser.Complaints);
            var wide = await Browser.EvaluateAsync<string[]>("""
                document.documentElement.scrollWidth <= 390 ? [] : [...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > 391 && !e.closest(".scroll, .samples, pre")).map(e => e.tagName + "." + e.className).concat("the page")
                """);
            Assert.Empty(wide);
        }
    }

    [ChromiumFact]
    public async Task Dark_is_dark_and_paper_is_white()
    {
        const string Shade = "(() => { const [back, ink] = [\"backgroundColor\", \"color\"].map(k => getComputedStyle(document.body)[k].match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0) / 3); return [back, ink]; })()";
        foreach (var page in pages.All)
        {
            await Browser.OpenAsync(page, 1200, 900, dark: true);
            var shades = await Browser.EvaluateAsync<double[]>(Shade);
            Assert.True(shades[0] < 60 && shades[1] > 180, string.Join(", ", shades));
            Assert.Equal(0, await Browser.EvaluateAsync<int>(BlankCanvases));

            await Browser.OpenAsync(page, 800, 1100, dark: true, media: "print");
            shades = await Browser.EvaluateAsync<double[]>(Shade);
            Assert.True(shades[0] > 240 && shades[1] < 60, string.Join(", ", shades));
            Assert.True(await Browser.EvaluateAsync<bool>("[...document.querySelectorAll('.controls')].every(c => getComputedStyle(c).display === 'none')"));
            Assert.InRange((await Browser.PrintAsync()).Length, 20_000, 10_000_000);
            Assert.Empty(Browser.Complaints);
        }
    }

    [ChromiumFact]
    public async Task What_is_seen_is_also_said()
    {
        foreach (var page in pages.All)
        {
            await Browser.OpenAsync(page, 1200, 900);
            Assert.Equal(1, await Browser.EvaluateAsync<int>("document.querySelectorAll('h1').length"));
            Assert.Equal(0, await Browser.EvaluateAsync<int>("[...document.images].filter(i => !i.alt).length"));
            Assert.Equal(0, await Browser.EvaluateAsync<int>("[...document.querySelectorAll('[role=img], [role=region], [role=group]')].filter(e => !e.getAttribute('aria-label')).length"));
            Assert.Equal(0, await Browser.EvaluateAsync<int>("[...document.querySelectorAll('input, select')].filter(e => !e.getAttribute('aria-label') && !e.closest('label')).length"));
        }
    }

    [ChromiumFact]
    public async Task The_map_answers_keys_colours_and_layouts()
    {
        await Browser.OpenAsync(pages.SelfFlow, 1200, 900);
        var samples = await Browser.EvaluateAsync<int>("JSON.parse(document.getElementById('map-data').textContent).keys.length");
        Assert.True(samples >= 4, $"{samples} samples");
        await Browser.EvaluateAsync<bool>("document.getElementById('map-plot').focus(), true");
        await Browser.PressAsync("ArrowRight");
        var first = await Browser.EvaluateAsync<string>("document.querySelector('#map-card b').textContent");
        Assert.Contains(".png", first, StringComparison.Ordinal);
        Assert.False(await Browser.EvaluateAsync<bool>("document.getElementById('map-card').hidden"));
        Assert.StartsWith(first, await Browser.EvaluateAsync<string>("document.getElementById('map-said').textContent"), StringComparison.Ordinal);
        await Browser.PressAsync("Escape");
        Assert.True(await Browser.EvaluateAsync<bool>("document.getElementById('map-card').hidden"));

        foreach (var (id, value) in new[] { ("layout", "1"), ("marks", "pictures") })
            await Browser.EvaluateAsync<bool>($"(e => (e.value = '{value}', e.dispatchEvent(new Event('change'))))(document.getElementById('map-{id}'))");
        Assert.StartsWith("The two directions of greatest variance", await Browser.EvaluateAsync<string>("document.getElementById('map-note').textContent"), StringComparison.Ordinal);
        Assert.Equal(["blocks", "stripes"], (await Browser.EvaluateAsync<string[]>("[...document.querySelectorAll('#map-legend button')].map(b => b.textContent)")).Order());
        Assert.Equal(0, await Browser.EvaluateAsync<int>(BlankCanvases));
        Assert.Empty(Browser.Complaints);
    }

    [ChromiumFact]
    public async Task The_slider_goes_through_time()
    {
        await Browser.OpenAsync(pages.MaskedAutoencoder, 1200, 900);
        Assert.Equal("step 30", await Browser.EvaluateAsync<string>("document.querySelector('.timeline output').textContent"));
        await Browser.EvaluateAsync<bool>("(s => (s.value = 0, s.dispatchEvent(new Event('input'))))(document.querySelector('.timeline input'))");
        Assert.Equal("step 10", await Browser.EvaluateAsync<string>("document.querySelector('.timeline output').textContent"));
        Assert.True(await Browser.EvaluateAsync<bool>("document.querySelector('.timeline .large').src === document.querySelector('.timeline figure img').src"));
    }
}
