using Selfsame.Recipes;

namespace Selfsame.Modalities.Audio;

/// <summary>Settings handed to a constructor without a recipe that checked them.</summary>
internal static class SettingsProblems
{
    /// <exception cref="ArgumentException">The settings contradict themselves; the message names every problem.</exception>
    public static void Require(ICheckable settings, string parameter)
    {
        var problems = settings.Check().Select(problem => $"{problem.Key} {problem.Text}").ToList();
        if (problems.Count > 0)
            throw new ArgumentException(string.Join("; ", problems), parameter);
    }
}
