using Selfsame.Models;
using Selfsame.Training.Schedules;

namespace Selfsame.Parity.Adapters;

/// <summary>MAE's learning rate over fractional epochs, and its layer-wise decay.</summary>
internal sealed class MaeLearningRate : IParityAdapter
{
    public string System => "mae";

    public string Case => "lr_schedule";

    public void Run(ParityCase c)
    {
        var schedule = new MaeCosineSchedule(c.Config.Number("lr"), c.Config.Number("min_lr"), c.Config.Number("warmup_epochs"), c.Config.Number("epochs"));
        var rates = schedule.AtAll(c.Doubles("in/epoch"));
        double[] groupScales = [.. c.Config.Numbers("lr_scales"), 1];
        c.Expect("out/lr", rates);
        c.Expect("out/group_lr", [.. rates.SelectMany(rate => groupScales.Select(scale => rate * scale))]);

        var decay = new LayerDecay(c.Config.Section("vit").Whole("depth"), c.Config.Number("layer_decay"));
        var weightDecay = c.Config.Number("weight_decay");
        var names = c.Config.Texts("parameter_names");
        c.Expect("out/lr_scale", Array.ConvertAll(names, decay.Scale));
        c.Expect("out/weight_decay", Array.ConvertAll(names, name => decay.DecaysWeight(name, DimensionsOf(name)) ? weightDecay : 0));
    }

    /// <summary>The file lists names only; in a ViT every bias and every norm gain is a vector, and nothing else is.</summary>
    private static int DimensionsOf(string name) =>
        name.EndsWith(".bias", StringComparison.Ordinal) || name.Contains("norm", StringComparison.Ordinal) ? 1 : 2;
}
