using System.Text;
using Selfsame.Torch;
using Selfsame.Torch.Safetensors;

namespace Selfsame.Training;

/// <summary>Named tensors in a safetensors file: weights, teachers, optimizer state.</summary>
public static class TensorFile
{
    /// <summary>Writes tensors, flushed to the disk.</summary>
    /// <param name="path">The file; replaced at once when complete.</param>
    /// <param name="tensors">Names and values; copied to the host where they are elsewhere.</param>
    /// <param name="metadata">Text by key.</param>
    /// <returns>SHA-256 of the file, hexadecimal.</returns>
    public static string Save(string path, IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        var host = tensors.ToDictionary(t => t.Name, t => t.Value.Detach().To(Device.Cpu, t.Value.DType).Contiguous(), StringComparer.Ordinal);
        using var writer = SafetensorsWriter.Create(path, host.Select(t => (t.Key, t.Value.DType, t.Value.Shape)), metadata);
        foreach (var entry in writer.Entries)
            writer.Write(entry.Name, host[entry.Name].ByteSpan());
        return writer.Finish();
    }

    /// <summary>Copies tensors from a file into existing ones of the same names, types and shapes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">What to fill.</param>
    /// <exception cref="CheckpointException">A name is only on one side, or a shape differs: the message has the +, - and ~ lists.</exception>
    public static void Load(string path, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        using var file = SafetensorsFile.Open(path);
        RequireFit(path, file, tensors);
        using var scope = Scope.Enter();
        using var guard = GradMode.Off();
        foreach (var (name, value) in tensors)
        {
            var entry = file.Entry(name);
            var recorded = Ops.Empty([.. entry.Shape], entry.DType);
            file.Bytes(name).CopyTo(recorded.ByteSpan());
            value.CopyFrom(recorded);
        }
    }

    private static void RequireFit(string path, SafetensorsFile file, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        var text = new StringBuilder();
        var wanted = tensors.ToDictionary(t => t.Name, t => t.Value, StringComparer.Ordinal);
        foreach (var entry in file.Entries.Where(e => !wanted.ContainsKey(e.Name)))
            text.Append($"\n  + {entry.Name} ({string.Join(", ", entry.Shape)}) only in the file");
        foreach (var (name, value) in tensors)
        {
            if (!file.TryGet(name, out var entry))
                text.Append($"\n  - {name} ({string.Join(", ", value.Shape)}) only in the model");
            else if (!entry.Shape.SequenceEqual(value.Shape))
                text.Append($"\n  ~ {name} ({string.Join(", ", entry.Shape)}) -> ({string.Join(", ", value.Shape)})");
        }

        if (text.Length > 0)
            throw new CheckpointException($"{path} does not fit the model of this recipe:{text}");
    }
}

/// <summary>A checkpoint is missing, damaged, or of another model.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Says which file, and what was found.</summary>
    public CheckpointException(string message)
        : base(message)
    {
    }

    /// <summary>Says which file, what was found, and what caused it.</summary>
    public CheckpointException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
