using Selfsame.Training;
using Selfsame.Training.Schedules;

namespace Selfsame.Parity.Adapters;

/// <summary>Momentum schedules, and a teacher that follows a recorded student.</summary>
internal sealed class EmaSchedules : IParityAdapter
{
    public string System => "ema";

    public string Case => "schedules";

    public void Run(ParityCase c)
    {
        var (start, end, total) = (c.Config.Number("base"), c.Config.Number("final"), c.Config.Number("total"));
        var steps = c.Integers("in/step");
        var dino = MomentumSchedules.Dino(start, end, total);
        c.Expect("out/moco_v3", MomentumSchedules.MocoV3(start, total).AtAll(steps));
        c.Expect("out/byol", MomentumSchedules.Byol(start, end, total).AtAll(steps));
        c.Expect("out/dino", dino.AtAll(steps));
        c.Expect("out/dinov2", MomentumSchedules.DinoV2(start, end, total).AtAll([.. steps, (long)total, (long)total + 5]));
        c.Expect("out/ijepa", MomentumSchedules.Jepa(start, end, total, c.Config.Number("ipe_scale")).AtAll(steps));
        c.Expect("out/data2vec", MomentumSchedules.Data2Vec(start, end, c.Config.Number("anneal_end_step")).AtAll(steps));
        c.Expect("out/lightly_cosine", MomentumSchedules.Lightly(start, end, total).AtAll(steps));
        c.Expect("out/constant", new ConstantSchedule(start).AtAll(steps));

        var teacher = c.Floats("param/target");
        var student = c.Floats("in/online_track");
        var track = new float[student.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            var row = i * teacher.Length;
            MovingAverage.Follow(teacher, student.AsSpan(row, teacher.Length), dino.At(steps[i]));
            teacher.CopyTo(track, row);
        }
        c.Expect("out/target_track", track);
        c.Expect("next/target", teacher);
    }
}
