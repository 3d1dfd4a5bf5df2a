using System.Text;
using Selfsame.Cli.Bench;

namespace Selfsame.Tests.Bench;

/// <summary>The line protocol, with shell scripts in the peer's place.</summary>
public sealed class PeerProcessTests : IDisposable
{
    private const string Shell = "/bin/sh";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rounds_are_asked_for_and_timed_one_by_one()
    {
        using var peer = await Start("echo ready 1.13.0 $PEER_THREADS; while read word count; do echo $count.25; done");

        Assert.Equal("torch 1.13.0", peer.Version);
        Assert.Equal(3.25, await peer.RoundAsync(3, default));
        Assert.Equal(7.25, await peer.RoundAsync(7, default));
    }

    [Fact]
    public async Task Another_number_of_threads_is_no_fair_peer()
    {
        var error = await Assert.ThrowsAsync<PeerException>(() => Start("echo ready 1.13.0 1"));

        Assert.EndsWith("answered 'ready 1.13.0 1'; wanted: ready VERSION 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_is_told_what_to_compute_in()
    {
        using var peer = await Start("echo ready $PEER_PRECISION 2");

        Assert.Equal("torch fp32", peer.Version);
    }

    [Fact]
    public async Task An_answer_that_is_no_time_is_an_error()
    {
        using var peer = await Start("echo ready 1.13.0 2; read line; echo nan-ish");

        var error = await Assert.ThrowsAsync<PeerException>(() => peer.RoundAsync(3, default));

        Assert.Equal("the peer answered 'nan-ish' to 'round 3'; wanted: seconds", error.Message);
    }

    [Fact]
    public async Task A_peer_that_dies_leaves_its_last_words()
    {
        using var peer = await Start("echo ready 1.13.0 2; read line; echo first >&2; echo 'MemoryError: full' >&2; exit 3");

        var error = await Assert.ThrowsAsync<PeerException>(() => peer.RoundAsync(1, default));

        Assert.EndsWith("ended early: MemoryError: full", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_PyTorch_the_error_says_how_to_get_it()
    {
        var error = await Assert.ThrowsAsync<PeerException>(() => Start("echo \"ModuleNotFoundError: No module named 'torch'\" >&2; exit 1"));

        Assert.Equal("/bin/sh has no PyTorch. On Debian: apt-get install python3-torch. Or measure without a peer: --no-peer.", error.Message);
    }

    [Fact]
    public async Task Without_Python_the_error_says_how_to_get_it()
    {
        var error = await Assert.ThrowsAsync<PeerException>(() => PeerProcess.StartAsync("/no/python3", "peer.py", 2, "fp32", new(), default));

        Assert.Equal("there is no /no/python3, which runs the peer. On Debian: apt-get install python3-torch. Or measure without a peer: --no-peer.", error.Message);
    }

    private Task<PeerProcess> Start(string script) => PeerProcess.StartAsync(Shell, _folder.Add("peer.sh", Encoding.UTF8.GetBytes(script)), 2, "fp32", new(), default);
}
