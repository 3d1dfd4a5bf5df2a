using System.Text;

namespace Selfsame.Torch;

/// <summary>One dispatcher operator: found once by name, called many times.</summary>
internal sealed unsafe class Operator
{
    private static readonly List<Operator> Declared = [];

    private readonly string _name;
    private readonly string _overload;
    private readonly string _schema;
    private nint _native;

    private Operator(string name, string overload, string schema) => (_name, _overload, _schema) = (name, overload, schema);

    private string FullName => _overload.Length == 0 ? _name : $"{_name}.{_overload}";

    internal static Operator Declare(string name, string overload, string schema)
    {
        var op = new Operator(name, overload, schema);
        lock (Declared)
            Declared.Add(op);
        return op;
    }

    /// <summary>Compares every declared schema with the library's; all differences come in one error.</summary>
    internal static int CheckAll()
    {
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(OperatorTable).TypeHandle);
        var problems = new List<string>();
        foreach (var op in Declared)
        {
            var text = new byte[4096];
            fixed (byte* buffer = text)
            {
                if (Native.Find(op._name, op._overload, out op._native, buffer, text.Length) != 0)
                {
                    problems.Add($"Operator {op.FullName}: the library does not have it.");
                    continue;
                }
            }

            var found = Encoding.UTF8.GetString(text, 0, Array.IndexOf(text, (byte)0));
            if (!SchemaComparison.Fits(op._schema, found))
                problems.Add($"Operator {op.FullName}: this build expects {op._schema}, the library has {found}. Correct its line in Operators.schemas, or use libtorch 1.13 or newer.");
        }

        return problems.Count == 0 ? Declared.Count : throw new TorchException(string.Join('\n', problems));
    }

    internal void Call(NativeValue* args, int count, NativeValue* results, int capacity)
    {
        if (_native == 0)
            Find();
        if (Native.Call(_native, args, count, results, capacity, out _) != 0)
            throw Failure(args, count);
    }

    private void Find()
    {
        if (Native.Find(_name, _overload, out _native, null, 0) != 0)
            throw new TorchException(FullName, "", Native.LastError());
    }

    private TorchException Failure(NativeValue* args, int count)
    {
        var reason = Native.LastError();
        var text = new StringBuilder();
        for (var k = 0; k < count; k++)
            text.Append(k == 0 ? "" : ", ").Append(Describe(args[k]));
        return new TorchException(FullName, text.ToString(), reason);
    }

    private static string Describe(NativeValue value)
    {
        switch (value.Tag)
        {
            case NativeValue.Tags.Tensor:
                return Tensor.Describe(value.Pointer);
            case NativeValue.Tags.Integer:
                return FormattableString.Invariant($"{value.Integer}");
            case NativeValue.Tags.Real:
                return FormattableString.Invariant($"{value.Real}");
            case NativeValue.Tags.Truth:
                return value.Truth ? "true" : "false";
            case NativeValue.Tags.Integers:
                return $"[{string.Join(", ", new ReadOnlySpan<long>((void*)value.Pointer, value.Length).ToArray())}]";
            case NativeValue.Tags.Tensors or NativeValue.Tags.OptionalTensors:
                var parts = new string[value.Length];
                for (var k = 0; k < value.Length; k++)
                    parts[k] = ((nint*)value.Pointer)[k] == 0 ? "none" : Tensor.Describe(((nint*)value.Pointer)[k]);
                return $"[{string.Join(", ", parts)}]";
            case NativeValue.Tags.Text:
                return Encoding.UTF8.GetString((byte*)value.Pointer, value.Length);
            case NativeValue.Tags.None:
                return "none";
            default:
                return value.Tag.ToString();
        }
    }
}

/// <summary>Whether an operator that was declared can be called in a library that may be newer.</summary>
internal static class SchemaComparison
{
    /// <summary>True when the library takes the declared arguments first, in order, and any others have defaults.</summary>
    internal static bool Fits(string declared, string library)
    {
        var expected = Arguments(declared);
        var found = Arguments(library);
        if (found.Count < expected.Count)
            return false;
        for (var k = 0; k < expected.Count; k++)
        {
            if (expected[k].Type != found[k].Type || expected[k].Name != found[k].Name)
                return false;
        }

        for (var k = expected.Count; k < found.Count; k++)
        {
            if (!found[k].HasDefault)
                return false;
        }

        return true;
    }

    private static List<(string Type, string Name, bool HasDefault)> Arguments(string schema)
    {
        var open = schema.IndexOf('(', StringComparison.Ordinal);
        var close = schema.LastIndexOf(") ->", StringComparison.Ordinal);
        var list = new List<(string, string, bool)>();
        var depth = 0;
        var start = open + 1;
        for (var k = open + 1; k <= close; k++)
        {
            var c = schema[k];
            if (c is '(' or '[')
                depth++;
            else if (c is ']' || (c is ')' && k < close))
                depth--;
            if (k < close && (c != ',' || depth != 0))
                continue;
            var part = schema[start..k].Trim();
            start = k + 1;
            if (part.Length == 0 || part == "*")
                continue;
            list.Add(Split(part));
        }

        return list;
    }

    private static (string Type, string Name, bool HasDefault) Split(string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        var left = equals < 0 ? part : part[..equals];
        var blank = left.LastIndexOf(' ');
        var type = left[..blank];
        var mark = type.IndexOf('(', StringComparison.Ordinal);
        if (mark >= 0)  // alias marks differ between versions and do not matter to a caller
            type = type[..mark] + type[(type.IndexOf(')', StringComparison.Ordinal) + 1)..];
        return (type.Replace("SymInt", "int", StringComparison.Ordinal), left[(blank + 1)..], equals >= 0);
    }
}
