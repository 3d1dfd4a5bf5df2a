namespace Selfsame.Tests.Engine;

/// <summary>Tests that count the tensors of the process; nothing else may run beside them.</summary>
[CollectionDefinition(nameof(TensorCount), DisableParallelization = true)]
public sealed class TensorCount;
