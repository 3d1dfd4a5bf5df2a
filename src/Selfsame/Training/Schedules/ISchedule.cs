namespace Selfsame.Training.Schedules;

/// <summary>A value that changes over training: a learning rate, a teacher's momentum, a weight decay.</summary>
public interface ISchedule
{
    /// <summary>The value to use in a step.</summary>
    /// <param name="step">Steps completed before this one, from 0; may be a fraction. In whatever unit the schedule's lengths are in: steps or epochs.</param>
    double At(double step);
}
