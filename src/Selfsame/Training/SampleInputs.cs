using Selfsame.Data.Loading;
using Selfsame.Modalities;
using Selfsame.Objectives;
using Selfsame.Torch;

namespace Selfsame.Training;

/// <summary>The fields of a loader, and how a batch of tensors is made of what it delivers.</summary>
/// <param name="fields">One for each modality, or several for its views.</param>
/// <param name="labelled">Whether labels come along.</param>
public sealed class SampleInputs(IReadOnlyList<SampleField> fields, bool labelled = false)
{
    /// <summary>Where batches are made. Default the host's memory.</summary>
    public Device Device { get; init; } = Device.Cpu;

    /// <summary>What is read of each sample.</summary>
    public IReadOnlyList<SampleField> Fields => fields;

    /// <summary>Transform and shape of the pictures, where these are read and nothing else; null otherwise.</summary>
    public (ISampleTransform Transform, BatchShape Shape)? Pictures => fields is [ImageField { Transform: var transform }] && transform.OutputShape is [var views, var channels, var height, var width]
        ? (transform, new BatchShape(views, channels, height, width, labelled))
        : null;

    /// <summary>Numbers of the longest sample in host memory, in units of 4 bytes.</summary>
    public long FloatsPerSample => fields.Sum(each => (long)each.Layout.Size * Math.Max(1, each.Layout.MaxLength) * (each.Layout.Type == FieldType.Int64 ? 2 : 1));

    /// <summary>Inputs of pictures alone.</summary>
    /// <param name="transform">What is done to each.</param>
    /// <param name="shape">What the transform puts out.</param>
    public static SampleInputs OfPictures(ISampleTransform transform, BatchShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return new([new ImageField(transform)], shape.Labelled);
    }

    /// <summary>Views the loader's memory as tensors, without copying where they are made on the host. Valid until the host batch is disposed.</summary>
    /// <param name="host">From a loader of these fields.</param>
    /// <returns>A field that no sample has is left out.</returns>
    public Batch Batch(HostBatch host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var parts = new Dictionary<string, BatchField>(StringComparer.Ordinal);
        for (var f = 0; f < fields.Count; f++)
            if (host.Fields[f].Any)
                Add(parts, fields[f], host.Fields[f]);
        var batch = Made(parts, host, labelled);
        return Device.IsCpu ? batch : batch.To(Device);
    }

    /// <summary>A batch of pictures alone, from a loader of any transform with this output.</summary>
    internal static Batch Pictured(HostBatch host, BatchShape shape)
    {
        ArgumentNullException.ThrowIfNull(host);
        var parts = new Dictionary<string, BatchField>(StringComparer.Ordinal);
        var all = Values(host.Fields[0]).View([host.Count, shape.Views, shape.Channels, shape.Height, shape.Width]);
        for (var v = 0; v < shape.Views; v++)
            parts[NameOf(Modality.Image, v)] = new(all.Select(1, v));
        return Made(parts, host, shape.Labelled);
    }

    private static Batch Made(Dictionary<string, BatchField> parts, HostBatch host, bool labelled)
    {
        Tensor? labels = null;
        if (labelled)
        {
            var ids = new long[host.Count];
            var given = host.Labels(0);
            for (var k = 0; k < ids.Length; k++)
                ids[k] = given[k];
            labels = Tensor.From<long>(ids);
        }

        return new Batch(parts) { Labels = labels, Indices = host.Indices.ToArray(), Drawn = host.Drawn };
    }

    private static string NameOf(string name, int view) => view == 0 ? name : FormattableString.Invariant($"{name}.{view}");

    private static void Add(Dictionary<string, BatchField> parts, SampleField field, HostField host)
    {
        var all = Values(host);
        var present = host.Present.Contains(false) ? Tensor.From<bool>(host.Present) : null;
        if (field.Layout.IsVariable)
        {
            parts[field.Name] = new(all, LengthsOf(host), present);
            return;
        }

        if (field is not ImageField)
        {
            parts[field.Name] = new(all, null, present);
            return;
        }

        for (var v = 0; v < field.Layout.Shape[0]; v++)
            parts[NameOf(field.Name, v)] = new(all.Select(1, v), null, present);
    }

    private static unsafe Tensor Values(HostField host)
    {
        long[] shape = host.Layout.IsVariable ? [host.Count, host.Length, .. host.Layout.Shape.Select(size => (long)size)] : [host.Count, .. host.Layout.Shape.Select(size => (long)size)];
        // The memory is pinned by its loader.
        if (host.Layout.Type == FieldType.Int64)
        {
            fixed (long* tokens = host.Tokens)
                return Tensor.View(tokens, shape, DType.Int64);
        }

        fixed (float* values = host.Floats)
            return Tensor.View(values, shape, DType.Float32);
    }

    private static Tensor LengthsOf(HostField host)
    {
        var lengths = new long[host.Count];
        for (var k = 0; k < lengths.Length; k++)
            lengths[k] = host.Lengths[k];
        return Tensor.From<long>(lengths);
    }
}
