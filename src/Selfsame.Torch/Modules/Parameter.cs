namespace Selfsame.Torch;

/// <summary>A named tensor of a module: a trainable parameter, or a buffer that is saved but not trained.</summary>
public sealed class Parameter
{
    internal Parameter(string name, Tensor value, Init? init, bool trainable) =>
        (Name, FullName, Value, Init, Trainable) = (name, name, value, init, trainable);

    /// <summary>Name within its module: <c>weight</c>.</summary>
    public string Name { get; }

    /// <summary>Name within the root that was last walked: <c>blocks.0.attn.qkv.weight</c>.</summary>
    public string FullName { get; internal set; }

    /// <summary>The numbers. Owned by the module.</summary>
    public Tensor Value { get; }

    /// <summary>Copy of the numbers in bfloat16, kept up to date by the optimizer; null until an arena makes it.</summary>
    public Tensor? Low { get; internal set; }

    /// <summary>True when the optimizer moves it.</summary>
    public bool Trainable { get; }

    /// <summary>An arena keeps a weight (outputs, inputs, height, width) with its inputs last, as convolutions of pictures in that layout read it.</summary>
    internal bool ChannelsLast { get; set; }

    internal Init? Init { get; }
}
