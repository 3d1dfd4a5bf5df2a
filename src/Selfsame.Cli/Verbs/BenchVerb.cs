using System.CommandLine;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame bench</c>: how fast things are, beside the same in Python and beside what the machine can do.</summary>
internal static class BenchVerb
{
    /// <summary>Makes the verb.</summary>
    public static Command Create() => new Verb("bench", "Measure speed",
        new("bench train", "training steps of ours and of PyTorch, in turns"),
        new("bench data", "files to numbers, ours and Python's, in turns"),
        new("bench embed", "a folder of pictures to vectors, ours and Python's, in turns"),
        new("bench start", "a new process to its first vector, ours and Python's, in turns"),
        new("bench scale", "how the cost of a step grows with its sizes"),
        new("bench profile", "where the time of a step goes"),
        new("bench same", "whether the fused kernels train as plain operators do"))
    {
        BenchTrainVerb.Create(), BenchDataVerb.Create(), BenchEmbedVerb.Create(), BenchStartVerb.Create(), BenchScaleVerb.Create(), BenchProfileVerb.Create(), BenchSameVerb.Create(),
    };
}
