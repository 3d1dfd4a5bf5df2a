using Selfsame.Objectives;
using Selfsame.Recipes;
using Selfsame.Torch;

namespace Selfsame.Training;

/// <summary>An objective made ready for training: weights initialised and packed, teachers apart, optimizer on top.</summary>
public sealed class TrainingModel : IDisposable
{
    internal const string WeightsFile = "model.safetensors", TeacherFile = "teacher.safetensors";

    private const string OptimizerFile = "optimizer.safetensors";

    private readonly List<(string Name, Tensor Value)> _weights = [], _teacherWeights = [];
    private readonly List<Teacher> _teachers = [];

    /// <summary>Builds everything from a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="context">Sizes that the data decides.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="low">Keep bfloat16 copies of the weights.</param>
    /// <exception cref="ArgumentException">A parameter matches no rule of the recipe, or method and encoder do not go together.</exception>
    public TrainingModel(Recipe recipe, ModelContext context, Device device, bool low)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        Objective = recipe.Objective.Build(context);
        Objective.Initialize(recipe.Seed);
        Objective.MoveTo(device);
        var inTeacher = Objective.Teachers.SelectMany(pair => pair.Teacher.Parameters()).Select(p => p.Value).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var all = Objective.Parameters();
        foreach (var parameter in all)
            (inTeacher.Contains(parameter.Value) ? _teacherWeights : _weights).Add((parameter.FullName, parameter.Value));
        var trained = all.Where(p => p.Trainable && !inTeacher.Contains(p.Value)).ToArray();
        Arena = new ParameterArena(trained, gradients: true, low);
        foreach (var (student, teacher) in Objective.Teachers)
            _teachers.Add(new Teacher(teacher, student, Arena, low, name => Objective.IsCopied(teacher, name)));
        Objective.Parameters();  // full names as seen from the root, after teachers were walked on their own
        Optimizer = RecipeOptimizers.Build(recipe, Arena, Objective.RateScale);
    }

    /// <summary>The method.</summary>
    public Objective Objective { get; }

    /// <summary>Everything that is trained.</summary>
    public ParameterArena Arena { get; }

    /// <summary>The optimizer.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>True when the method has a teacher.</summary>
    public bool HasTeacher => _teachers.Count > 0;

    /// <summary>Moves all teachers.</summary>
    /// <param name="momentum">Share of the old teacher kept.</param>
    public void Follow(double momentum)
    {
        foreach (var teacher in _teachers)
            teacher.Follow(momentum);
    }

    /// <summary>Makes every teacher a copy of its student again, after the weights were set from elsewhere.</summary>
    public void FollowAnew()
    {
        Arena.RefreshLow();
        foreach (var (student, teacher) in Objective.Teachers)
            teacher.CopyFrom(student);
        Objective.Parameters();  // full names as seen from the root, after teachers were walked on their own
        foreach (var teacher in _teachers)
            teacher.Refresh();
    }

    /// <summary>Tensors of a checkpoint by file.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<(string Name, Tensor Value)>> Files()
    {
        var files = new Dictionary<string, IReadOnlyList<(string Name, Tensor Value)>> { [WeightsFile] = _weights, [OptimizerFile] = Optimizer.State };
        if (HasTeacher)
            files[TeacherFile] = _teacherWeights;
        return files;
    }

    /// <summary>Fills weights, teachers and optimizer from a checkpoint.</summary>
    /// <param name="path">The checkpoint's folder.</param>
    /// <param name="state">Its state.</param>
    /// <exception cref="CheckpointException">It does not fit.</exception>
    public void Load(string path, CheckpointState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        LoadWeights(path);
        Checkpoint.Load(path, OptimizerFile, Optimizer.State);
        Optimizer.StepCount = state.OptimizerSteps;
    }

    /// <summary>Fills weights and teachers only.</summary>
    /// <param name="path">The checkpoint's folder.</param>
    /// <exception cref="CheckpointException">It does not fit.</exception>
    public void LoadWeights(string path)
    {
        Checkpoint.Load(path, WeightsFile, _weights);
        if (HasTeacher)
            Checkpoint.Load(path, TeacherFile, _teacherWeights);
        Arena.RefreshLow();
        foreach (var teacher in _teachers)
            teacher.Refresh();
    }

    /// <summary>Frees everything.</summary>
    public void Dispose()
    {
        Optimizer.Dispose();
        foreach (var teacher in _teachers)
            teacher.Dispose();
        Arena.Dispose();
        Objective.Dispose();
    }
}
