using Selfsame.Corruption;

namespace Selfsame.Recipes;

/// <summary>Every kind a recipe can name; a new one is added here and nowhere else.</summary>
public static class RecipeKinds
{
    /// <summary>Backbones, by <c>encoder.kind</c>.</summary>
    public static readonly KindTable<EncoderSettings> Encoders = new("encoder", new Dictionary<string, Type>
    {
        ["vit"] = typeof(VitEncoderSettings),
        ["dit"] = typeof(DitEncoderSettings),
        ["wave"] = typeof(WaveEncoderSettings),
        ["text"] = typeof(TokenEncoderSettings),
    });

    /// <summary>Update rules, by <c>optimizer.kind</c>.</summary>
    public static readonly KindTable<OptimizerSettings> Optimizers = new("optimizer", new Dictionary<string, Type>
    {
        ["adamw"] = typeof(AdamWSettings),
        ["adam"] = typeof(AdamSettings),
        ["sgd"] = typeof(SgdSettings),
        ["lars"] = typeof(LarsSettings),
        ["lamb"] = typeof(LambSettings),
        ["sophia_g"] = typeof(SophiaGSettings),
        ["swan"] = typeof(SwanSettings),
    });

    /// <summary>Courses of the learning rate, by <c>schedule.kind</c>.</summary>
    public static readonly KindTable<ScheduleSettings> Schedules = new("schedule", new Dictionary<string, Type>
    {
        ["constant"] = typeof(ConstantScheduleSettings),
        ["cosine"] = typeof(CosineScheduleSettings),
        ["linear"] = typeof(LinearScheduleSettings),
        ["step"] = typeof(StepScheduleSettings),
        ["inverse_sqrt"] = typeof(InverseSqrtScheduleSettings),
    });

    /// <summary>What is hidden from a student, by <c>mask.kind</c>.</summary>
    public static readonly KindTable<MaskSettings> Masks = new("mask", new Dictionary<string, Type>
    {
        ["block"] = typeof(BlockMaskSettings),
        ["span"] = typeof(SpanMaskSettings),
        ["random"] = typeof(RandomMaskSettings),
    });

    internal static IReadOnlyList<IKindTable> All { get; } = [Encoders, Optimizers, Schedules, Masks];
}
