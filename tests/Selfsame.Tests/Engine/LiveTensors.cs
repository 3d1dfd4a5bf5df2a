namespace Selfsame.Tests.Torch;

/// <summary>Tests that count live tensors run alone: the count belongs to the process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LiveTensors
{
    public const string Name = "live tensors";
}
