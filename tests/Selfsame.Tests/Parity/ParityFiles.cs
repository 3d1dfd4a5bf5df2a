using System.Runtime.InteropServices;
using Selfsame.Parity;
using Selfsame.Torch;
using Selfsame.Torch.Safetensors;

namespace Selfsame.Tests.Parity;

/// <summary>Recorded files of the repository, and small ones made for a test.</summary>
internal static class ParityFiles
{
    public static string Root { get; } = FindRoot();

    public static (string Name, DType DType, long[] Shape, ReadOnlyMemory<byte> Data) F32(string name, long[] shape, params float[] values) =>
        (name, DType.Float32, shape, MemoryMarshal.AsBytes<float>(values).ToArray());

    public static (string Name, DType DType, long[] Shape, ReadOnlyMemory<byte> Data) I64(string name, long[] shape, params long[] values) =>
        (name, DType.Int64, shape, MemoryMarshal.AsBytes<long>(values).ToArray());

    public static Dictionary<string, string> Metadata(string tolerance = """{"rtol":0.5,"atol":0.25}""") => new()
    {
        ["format"] = "selfsame-parity/1", ["system"] = "toy", ["case"] = "sum", ["config"] = """{"n":2}""", ["tolerance"] = tolerance,
    };

    public static string Write(string path, Dictionary<string, string>? metadata, params (string, DType, long[], ReadOnlyMemory<byte>)[] tensors)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SafetensorsWriter.Write(path, tensors, metadata, atomic: false);
        return path;
    }

    public static ParityAdapters Toy(Action<ParityCase> run) => new([new ToyAdapter(run)]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Selfsame.slnx")))
                return Path.Combine(folder.FullName, "tests", "parity");
        }
        throw new DirectoryNotFoundException($"no Selfsame.slnx above {AppContext.BaseDirectory}");
    }

    private sealed class ToyAdapter(Action<ParityCase> run) : IParityAdapter
    {
        public string System => "toy";

        public string Case => "sum";

        public void Run(ParityCase c) => run(c);
    }
}
