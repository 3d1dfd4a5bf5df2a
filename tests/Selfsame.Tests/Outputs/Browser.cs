using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Selfsame.Tests.Outputs;

/// <summary>A test that needs Chromium; skipped, and said so, where it isn't installed.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (Browser.Program is null)
            Skip = "chromium is not installed (Debian: apt-get install chromium)";
    }
}

/// <summary>A headless Chromium, spoken to by the DevTools protocol: one page at a time.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly TemporaryFolder _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _waiting = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private TaskCompletionSource _loaded = new();
    private string? _session;
    private int _last;

    private Browser(Process process, TemporaryFolder profile) => (_process, _profile) = (process, profile);

    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>What the page complained about: console errors and warnings, exceptions, refused content.</summary>
    public ConcurrentQueue<string> Complaints { get; } = [];

    /// <summary>What the page asked for, beside itself and what it carries.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public static async Task<Browser> StartAsync()
    {
        var profile = new TemporaryFolder();
        var start = new ProcessStartInfo(Program!) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--no-first-run", "--hide-scrollbars", "--remote-debugging-port=0", $"--user-data-dir={profile.Path}", "about:blank"])
            start.ArgumentList.Add(argument);
        var browser = new Browser(Process.Start(start)!, profile);
        var address = new TaskCompletionSource<string>();
        browser._process.ErrorDataReceived += (_, line) =>
        {
            const string heading = "DevTools listening on ";
            if (line.Data?.StartsWith(heading, StringComparison.Ordinal) == true)
                address.TrySetResult(line.Data[heading.Length..]);
        };
        browser._process.BeginErrorReadLine();
        browser._process.BeginOutputReadLine();
        await browser._socket.ConnectAsync(new Uri(await address.Task.WaitAsync(Patience)), CancellationToken.None);
        browser._reading = Task.Run(browser.ReadAsync);
        var target = (string)(await browser.CallAsync("Target.createTarget", new() { ["url"] = "about:blank" }))["targetId"]!;
        browser._session = (string)(await browser.CallAsync("Target.attachToTarget", new() { ["targetId"] = target, ["flatten"] = true }))["sessionId"]!;
        foreach (var domain in (string[])["Page", "Runtime", "Log", "Network"])
            await browser.CallAsync(domain + ".enable");
        return browser;
    }

    /// <summary>Opens a file at a size and in a scheme of colours, and waits until it is drawn.</summary>
    public async Task OpenAsync(string file, int width, int height, bool dark = false, string media = "screen")
    {
        (_loaded, var page) = (new TaskCompletionSource(), new Uri(file).AbsoluteUri);
        Complaints.Clear();
        Requests.Clear();
        await CallAsync("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        await CallAsync("Emulation.setEmulatedMedia", new()
        {
            ["media"] = media,
            ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }),
        });
        await CallAsync("Page.navigate", new() { ["url"] = page });
        await _loaded.Task.WaitAsync(Patience);
        await EvaluateAsync<bool>("new Promise(done => requestAnimationFrame(() => setTimeout(() => done(true), 150)))");
    }

    /// <summary>The value of an expression in the page.</summary>
    public async Task<T> EvaluateAsync<T>(string expression)
    {
        var answer = await CallAsync("Runtime.evaluate", new() { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true });
        if (answer["exceptionDetails"] is { } problem)
            throw new InvalidOperationException(problem.ToJsonString());
        return answer["result"]!["value"].Deserialize<T>()!;
    }

    /// <summary>Presses and releases a key that has a name, such as <c>ArrowRight</c>.</summary>
    public async Task PressAsync(string key)
    {
        foreach (var type in (string[])["keyDown", "keyUp"])
            await CallAsync("Input.dispatchKeyEvent", new() { ["type"] = type, ["key"] = key, ["code"] = key });
    }

    /// <summary>The page on paper, as PDF.</summary>
    public async Task<byte[]> PrintAsync() =>
        Convert.FromBase64String((string)(await CallAsync("Page.printToPDF", new() { ["printBackground"] = false }))["data"]!);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        try
        {
            await _reading;
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The connection ends with the browser.
        }

        _socket.Dispose();
        _process.Dispose();
        _stop.Dispose();
        _profile.Dispose();
    }

    private async Task<JsonNode> CallAsync(string method, JsonObject? parameters = null)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = _waiting[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (_session is not null)
            message["sessionId"] = _session;
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        return await answer.Task.WaitAsync(Patience);
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        while (!_stop.IsCancellationRequested)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(), _stop.Token);
            message.Write(buffer, 0, part.Count);
            if (!part.EndOfMessage)
                continue;
            var text = JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length))!;
            message.SetLength(0);
            if (text["id"] is { } id && _waiting.TryRemove((int)id, out var waiting))
                Answer(waiting, text);
            else if (text["method"] is { } method)
                Happened((string)method!, text["params"]!);
        }
    }

    private static void Answer(TaskCompletionSource<JsonNode> waiting, JsonNode text)
    {
        if (text["error"] is { } error)
            waiting.SetException(new InvalidOperationException(error.ToJsonString()));
        else
            waiting.SetResult(text["result"]!);
    }

    private void Happened(string method, JsonNode what)
    {
        switch (method)
        {
            case "Page.loadEventFired":
                _loaded.TrySetResult();
                break;
            case "Runtime.exceptionThrown":
                Complaints.Enqueue(what["exceptionDetails"]!.ToJsonString());
                break;
            case "Runtime.consoleAPICalled" when (string?)what["type"] is "error" or "warning" or "assert":
                Complaints.Enqueue(what["args"]!.ToJsonString());
                break;
            case "Log.entryAdded" when (string?)what["entry"]!["level"] is "error" or "warning":
                Complaints.Enqueue((string)what["entry"]!["text"]!);
                break;
            case "Network.requestWillBeSent" when (string)what["request"]!["url"]! is var url && !url.StartsWith("data:", StringComparison.Ordinal) && (string?)what["type"] != "Document":
                Requests.Enqueue(url);
                break;
        }
    }
}
