namespace Selfsame.Training.Schedules;

/// <summary>How published methods move a teacher's momentum: the share of itself that the teacher keeps in each step.</summary>
/// <remarks>All end at their final value and stay there. They differ in the curve, and in the step at which the end is reached.</remarks>
public static class MomentumSchedules
{
    /// <summary>MoCo v3: a cosine from <paramref name="start"/> to 1, counted in epochs.</summary>
    /// <param name="start">Momentum at step 0, 0..1.</param>
    /// <param name="totalSteps">Steps of the whole training, more than 0.</param>
    /// <remarks>
    /// Chen, Xie and He 2021, https://arxiv.org/abs/2104.02057; facebookresearch/moco-v3, main_moco.py. The official code divides both
    /// the step and the total by the steps of an epoch, which cancels out.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    public static ISchedule MocoV3(double start, double totalSteps) => new CosineSchedule(start, 1, totalSteps);

    /// <summary>BYOL: a cosine that reaches <paramref name="end"/> one step after the last.</summary>
    /// <inheritdoc cref="Linear(double, double, double)"/>
    /// <remarks>Grill et al. 2020, https://arxiv.org/abs/2006.07733, section 3.3.</remarks>
    public static ISchedule Byol(double start, double end, double totalSteps) => new CosineSchedule(start, end, totalSteps);

    /// <summary>DINO: a cosine that reaches <paramref name="end"/> one step after the last.</summary>
    /// <inheritdoc cref="Linear(double, double, double)"/>
    /// <remarks>Caron et al. 2021, https://arxiv.org/abs/2104.14294; facebookresearch/dino, utils.py.</remarks>
    public static ISchedule Dino(double start, double end, double totalSteps) => new CosineSchedule(start, end, totalSteps);

    /// <summary>DINOv2: as DINO; the final value holds however long training goes on.</summary>
    /// <inheritdoc cref="Linear(double, double, double)"/>
    /// <remarks>Oquab et al. 2023, https://arxiv.org/abs/2304.07193; facebookresearch/dinov2, dinov2/utils/utils.py.</remarks>
    public static ISchedule DinoV2(double start, double end, double totalSteps) => new CosineSchedule(start, end, totalSteps);

    /// <summary>I-JEPA and V-JEPA: a straight line over a stretched training, so that <paramref name="end"/> lies beyond its last step.</summary>
    /// <param name="start">Momentum at step 0, 0..1.</param>
    /// <param name="end">Momentum at <paramref name="totalSteps"/> times <paramref name="stretch"/>, 0..1.</param>
    /// <param name="totalSteps">Steps of the whole training, more than 0.</param>
    /// <param name="stretch">The official <c>ipe_scale</c>, more than 0; 1.25 in V-JEPA.</param>
    /// <remarks>Assran et al. 2023, https://arxiv.org/abs/2301.08243; facebookresearch/ijepa, src/train.py.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    public static ISchedule Jepa(double start, double end, double totalSteps, double stretch = 1) => new LinearSchedule(start, end, totalSteps * stretch);

    /// <summary>data2vec: a straight line over the first steps of training, then constant.</summary>
    /// <param name="start">Momentum at step 0, 0..1.</param>
    /// <param name="end">Momentum from <paramref name="annealSteps"/> on, 0..1.</param>
    /// <param name="annealSteps">Steps of the line, more than 0. The official code counts updates already done.</param>
    /// <remarks>Baevski et al. 2022, https://arxiv.org/abs/2202.03555; facebookresearch/fairseq, examples/data2vec.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    public static ISchedule Data2Vec(double start, double end, double annealSteps) => new LinearSchedule(start, end, annealSteps);

    /// <summary>lightly: a cosine that reaches <paramref name="end"/> in the last step.</summary>
    /// <param name="start">Momentum at step 0, 0..1.</param>
    /// <param name="end">Momentum in the last step, 0..1.</param>
    /// <param name="totalSteps">Steps of the whole training, more than 1.</param>
    /// <remarks>lightly-ai/lightly, lightly/utils/scheduler.py, cosine_schedule.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two steps.</exception>
    public static ISchedule Lightly(double start, double end, double totalSteps) => new CosineSchedule(start, end, totalSteps - 1);

    /// <summary>A straight line that reaches <paramref name="end"/> one step after the last.</summary>
    /// <param name="start">Momentum at step 0, 0..1.</param>
    /// <param name="end">Momentum at <paramref name="totalSteps"/>, 0..1.</param>
    /// <param name="totalSteps">Steps of the whole training, more than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    public static ISchedule Linear(double start, double end, double totalSteps) => new LinearSchedule(start, end, totalSteps);
}
