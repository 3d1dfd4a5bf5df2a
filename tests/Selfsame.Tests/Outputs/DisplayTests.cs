using Selfsame.Cli.Display;
using Selfsame.Evaluation.Report;
using Selfsame.Training.Progress;
using Spectre.Console;

namespace Selfsame.Tests.Outputs;

public sealed class DisplayTests : IDisposable
{
    private readonly FakeTime _time = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    [Fact]
    public void Plain_lines_are_these()
    {
        using var progress = new PlainProgress(_output, _time);
        progress.On(new TrainingEvent.Started("mae", "runs/mae", 0, 5000));
        for (var step = 100; step <= 1200; step += 100)
        {
            progress.On(Step(step, 0.5 - (step / 10_000.0)));
            _time.Advance(2.5);                       // a line every fourth time
        }
        progress.On(new TrainingEvent.Evaluated(1200, [new("knn_accuracy", 0.61), new("loss", double.NaN)]));
        progress.On(new TrainingEvent.CheckpointSaved(1200, "runs/mae/checkpoints/step-1200"));
        progress.On(new TrainingEvent.Warning("The loss rose [for 3 steps]."));
        for (var skipped = 1; skipped <= 12; skipped++)
            progress.On(new TrainingEvent.Skipped($"{skipped}.png", "cut short", skipped));
        progress.On(new TrainingEvent.Finished(1200, 812.5, 0.38, RunOutcome.Interrupted));

        Assert.Equal("""
            mae: 5,000 steps into runs/mae
            step 100/5,000  loss 0.4900  1,575 samples/s  data wait 3 %  ETA 3m 12s
            step 500/5,000  loss 0.4500  1,575 samples/s  data wait 3 %  ETA 3m 12s
            step 900/5,000  loss 0.4100  1,575 samples/s  data wait 3 %  ETA 3m 12s
            evaluation at step 1,200:  knn_accuracy 0.6100  loss NaN
            checkpoint at step 1,200: runs/mae/checkpoints/step-1200
            warning: The loss rose [for 3 steps].
            skipped 1.png: cut short
            skipped 2.png: cut short
            skipped 3.png: cut short
            skipped 4.png: cut short
            skipped 5.png: cut short
            skipped 6.png: cut short
            skipped 7.png: cut short
            skipped 8.png: cut short
            skipped 9.png: cut short
            skipped 10.png: cut short (further ones only in quarantine.jsonl)
            step 1,200/5,000  loss 0.3800  1,575 samples/s  data wait 3 %  ETA 3m 12s
            interrupted after 1,200 steps and 13m 32s, loss 0.3800

            """, _output.ToString());
    }

    [Fact]
    public void Json_lines_are_these()
    {
        using var progress = new JsonProgress(_output, _time);
        progress.On(new TrainingEvent.Started("mae", "runs/mae", 20, 5000));
        progress.On(Step(100, double.NaN));
        progress.On(new TrainingEvent.Evaluated(100, [new("knn_accuracy", 0.61)]));
        progress.On(new TrainingEvent.CheckpointSaved(100, "step-100"));
        progress.On(new TrainingEvent.Skipped("é\n.png", "cut", 1));
        progress.On(new TrainingEvent.Warning("hot"));
        progress.On(new TrainingEvent.Finished(100, 1.5, null, RunOutcome.Completed));

        Assert.Equal("""
            {"event":"started","time":"2026-01-02T03:04:05Z","system":"mae","folder":"runs/mae","step":20,"total":5000}
            {"event":"step","time":"2026-01-02T03:04:05Z","step":100,"total":5000,"loss":"NaN","samples_per_second":1575.4,"data_wait_share":0.031,"eta_seconds":192,"metrics":{"rate":0.00015}}
            {"event":"evaluated","time":"2026-01-02T03:04:05Z","step":100,"metrics":{"knn_accuracy":0.61}}
            {"event":"checkpoint","time":"2026-01-02T03:04:05Z","step":100,"path":"step-100"}
            {"event":"skipped","time":"2026-01-02T03:04:05Z","sample":"é\n.png","reason":"cut","count":1}
            {"event":"warning","time":"2026-01-02T03:04:05Z","message":"hot"}
            {"event":"finished","time":"2026-01-02T03:04:05Z","step":100,"seconds":1.5,"outcome":"completed"}

            """, _output.ToString());
    }

    [Fact]
    public void The_live_view_is_this_text()
    {
        Console(60).Write(View().Render());
        Assert.Equal("""
            mae  runs/[mae]
            ━━━━━━━━━━━━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
            1,250 / 5,000   loss 0.4000   1,575 samples/s
            data wait 3 %   ETA 3m 12s

              evaluation at step 1,000    value
            ─────────────────────────────────────
              knn_[accuracy]             0.6100

            last checkpoint: step 1,000
            skipped samples: 3, see quarantine.jsonl

            """, Trimmed());
    }

    [Theory]
    [InlineData(200)]
    [InlineData(40)]
    [InlineData(20)]
    [InlineData(8)]
    public void The_live_view_keeps_to_the_width(int width)
    {
        Console(width).Write(View().Render());
        Assert.All(_output.ToString().Split('\n'), line => Assert.InRange(line.Length, 0, width));
    }

    [Fact]
    public void The_live_display_leaves_its_last_state_on_the_screen()
    {
        using (var progress = new LiveProgress(Console(80), _time))
        {
            progress.On(new TrainingEvent.Started("mae", "runs/[mae]", 0, 5000));
            progress.On(Step(5000, 0.25));
            progress.On(new TrainingEvent.Warning("[red] is no colour here"));
            progress.On(new TrainingEvent.Finished(5000, 60, 0.25, RunOutcome.Completed));
        }
        Assert.Contains("warning: [red] is no colour here\n", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("finished after 5,000 steps and 1m 00s, loss 0.2500\n", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("5,000 / 5,000   loss 0.2500", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_kind_of_display_follows_the_terminal()
    {
        var console = Console(80);
        using (var plain = ProgressDisplay.Create(console, _output, json: false, _time))
            Assert.IsType<PlainProgress>(plain);
        using (var json = ProgressDisplay.Create(console, _output, json: true, _time))
            Assert.IsType<JsonProgress>(json);
        (console.Profile.Capabilities.Interactive, console.Profile.Capabilities.Ansi) = (true, true);
        using (var live = ProgressDisplay.Create(console, _output, json: false, _time))
            Assert.IsType<LiveProgress>(live);
    }

    [Fact]
    public void The_result_is_this_text()
    {
        ResultTable.Write(Console(100), RunFolderTests.Example() with { FinalLoss = 0.25 }, "runs/my run");
        Assert.Equal("""

              metric          trained   random_init   raw_input
            ─────────────────────────────────────────────────────
              knn_accuracy   * 0.7100        0.4200      0.5500

            Learned: knn_accuracy is 0.7100, against 0.4200 for random weights and 0.5500 for the raw input
            (higher is better).

            What to try next
              Look at the curves and samples in a browser:
                'runs/my run/report.html'
              Turn your own files into vectors:
                ./selfsame embed 'runs/my run' --data FOLDER --out vectors.npz
              Measure it by other protocols:
                ./selfsame evaluate 'runs/my run' --set evaluate.features.pooling=mean
              Take the weights elsewhere; they are safetensors under the official names:
                'runs/my run/checkpoints'

            """, Trimmed());
    }

    [Fact]
    public void Every_verdict_has_a_next_step()
    {
        foreach (var kind in Enum.GetValues<VerdictKind>())
            Assert.NotEmpty(ResultTable.NextSteps(kind, "run"));
        // Nobody is told to run what is not there.
        var verbs = Enum.GetValues<VerdictKind>().SelectMany(kind => ResultTable.NextSteps(kind, "run", generates: true))
            .Select(step => step.Command).OfType<string>().Where(command => command.StartsWith("./selfsame ", StringComparison.Ordinal)).Select(command => command.Split(' ')[1]);
        Assert.Subset(new HashSet<string> { "generate", "evaluate", "data", "embed", "probe" }, verbs.ToHashSet());
        Assert.Equal("./selfsame evaluate 'it'\\''s'", ResultTable.NextSteps(VerdictKind.Unknown, "it's")[1].Command);
    }

    public void Dispose() => _output.Dispose();

    private static TrainingEvent.StepDone Step(long step, double loss) =>
        new(step, 5000, loss, [new("rate", 1.5e-4)], 1575.4, 0.031, TimeSpan.FromSeconds(192));

    private static LiveView View() => new LiveView()
        .After(new TrainingEvent.Started("mae", "runs/[mae]", 0, 5000))
        .After(Step(1250, 0.4))
        .After(new TrainingEvent.Evaluated(1000, [new("knn_[accuracy]", 0.61)]))
        .After(new TrainingEvent.CheckpointSaved(1000, "step-1000"))
        .After(new TrainingEvent.Skipped("a.png", "cut", 3))
        .After(new TrainingEvent.Warning("shown as a line"));

    private IAnsiConsole Console(int width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(_output),
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    private string Trimmed() => string.Join('\n', _output.ToString().Split('\n').Select(line => line.TrimEnd()));
}
