using Selfsame.Torch;
using Selfsame.Training;

namespace Selfsame.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private RunFolder Run => new(_folder["run"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void State_and_tensors_read_back_as_they_were()
    {
        using var scope = Scope.Enter();
        var state = State(7) with
        {
            Skipped = 2, Loss = 0.1, RecentLosses = [0.1, 1.0 / 3, double.MaxValue], BestValue = 0.25, BestStep = 5,
            Baselines = new Dictionary<string, IReadOnlyDictionary<string, double>> { ["raw_input"] = new Dictionary<string, double> { ["knn_accuracy"] = 0.7, ["odd"] = double.NaN } },
        };
        var path = Save(state, ("a", Tensor.From<float>([1, 2, 3, 4], [2, 2])), ("b", Tensor.From<long>([5])));

        var read = Checkpoint.Read(path);
        Assert.Equal(state with { Files = read.Files, RecentLosses = read.RecentLosses, Baselines = read.Baselines, Sha256 = read.Sha256 }, read);
        Assert.Equal(state.RecentLosses, read.RecentLosses);
        Assert.Equal(state.Baselines["raw_input"], read.Baselines["raw_input"]);
        Assert.Equal(["model.safetensors"], read.Files.Keys);
        var (a, b) = (Ops.Zeros([2, 2]), Tensor.From<long>([0]));
        Checkpoint.Load(path, "model.safetensors", [("a", a), ("b", b)]);
        Assert.Equal([1f, 2, 3, 4], a.ToArray<float>());
        Assert.Equal([5L], b.ToArray<long>());
    }

    [Fact]
    public void A_model_that_does_not_fit_is_told_by_three_lists()
    {
        using var scope = Scope.Enter();
        var path = Save(State(1), ("same", Ops.Zeros([2])), ("old", Ops.Zeros([3, 4])), ("grown", Ops.Zeros([2, 2])));
        var problem = Assert.Throws<CheckpointException>(() => Checkpoint.Load(path, "model.safetensors", [("same", Ops.Zeros([2])), ("new", Ops.Zeros([5])), ("grown", Ops.Zeros([2, 3]))]));
        Assert.Equal(
            $"{path}/model.safetensors does not fit the model of this recipe:\n  + old (3, 4) only in the file\n  - new (5) only in the model\n  ~ grown (2, 2) -> (2, 3)",
            problem.Message);
    }

    [Fact]
    public void Only_the_latest_and_the_best_are_kept()
    {
        using var scope = Scope.Enter();
        foreach (var step in new[] { 1L, 2, 3, 4, 5 })
            Checkpoint.Save(Run, State(step), Files(("a", Ops.Zeros([1]))), keep: 2, keepAlso: 2);
        Assert.Equal([2, 4, 5], Run.CheckpointSteps());
    }

    [Fact]
    public void Half_written_and_damaged_checkpoints_make_way()
    {
        using var scope = Scope.Enter();
        foreach (var step in new[] { 1L, 2, 3 })
            Checkpoint.Save(Run, State(step), Files(("a", Ops.Zeros([1]))), keep: 3);
        Directory.CreateDirectory(Run.Checkpoint(4) + ".partial");
        File.Delete(Path.Combine(Run.Checkpoint(2), "model.safetensors"));
        File.WriteAllText(Path.Combine(Run.Checkpoint(3), "state.json"), "{");
        var told = new List<string>();

        var latest = Checkpoint.Latest(Run, told.Add)!.Value;
        Checkpoint.SetAside(Run, latest.State.Step);

        Assert.Equal((1, Run.Checkpoint(1)), (latest.State.Step, latest.Path));
        Assert.Equal(2, told.Count);
        Assert.StartsWith($"{Run.Checkpoint(3)}/state.json can't be read (", told[0], StringComparison.Ordinal);
        Assert.Equal($"{Run.Checkpoint(2)}/model.safetensors is missing; delete {Run.Checkpoint(2)} to go on from an older checkpoint", told[1]);
        Assert.Equal(["step-1", "step-2.damaged", "step-3.damaged"], Directory.EnumerateDirectories(Run.CheckpointsPath).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Without_checkpoints_there_is_no_latest() => Assert.Null(Checkpoint.Latest(Run, _ => { }));

    private string Save(CheckpointState state, params (string, Tensor)[] tensors) => Checkpoint.Save(Run, state, Files(tensors), keep: 3);

    private static Dictionary<string, IReadOnlyList<(string Name, Tensor Value)>> Files(params (string, Tensor)[] tensors) => new() { ["model.safetensors"] = tensors };

    private static CheckpointState State(long step) => new()
    {
        Step = step, Samples = step * 8, Position = step * 8, Seconds = 0.1 * step, Seed = ulong.MaxValue, OptimizerSteps = step - 1,
        Started = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };
}
