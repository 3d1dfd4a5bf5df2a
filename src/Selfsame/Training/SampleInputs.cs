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
    /// <summary>What is read of each sample.</summary>
    public IReadOnlyList<SampleField> Fields => fields;

    /// <summary>Views the loader's memory as tensors, without copying. Valid until the host batch is disposed.</summary>
    /// <param name="host">From a loader of these fields.</param>
    /// <returns>A field that no sample has is left out.</returns>
    public Batch Batch(HostBatch host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var parts = new Dictionary<string, BatchField>(StringComparer.Ordinal);
        for (var f = 0; f < fields.Count; f++)
            if (host.Fields[f].Any)
                Add(parts, fields[f], host.Fields[f]);
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
            parts[v == 0 ? field.Name : FormattableString.Invariant($"{field.Name}.{v}")] = new(all.Select(1, v), null, present);
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
