using System.Globalization;
using System.Text;

namespace Selfsame.Torch.Generators;

/// <summary>Writes one typed method for one schema.</summary>
internal sealed class MethodWriter
{
    private static readonly HashSet<string> Hidden = new HashSet<string> { "layout", "pin_memory", "memory_format", "non_blocking" };

    private static readonly HashSet<string> First = new HashSet<string> { "self", "input", "A" };

    private static readonly HashSet<string> Keywords = new HashSet<string>
    {
        "params", "in", "out", "ref", "base", "checked", "default", "float", "double", "int", "long", "object", "string", "is", "as", "event", "implicit", "explicit", "operator", "this", "new",
    };

    private readonly Schema _schema;
    private readonly string _field;
    private readonly List<string> _parameters = new List<string>();
    private readonly List<string> _setup = new List<string>();
    private readonly List<string> _values = new List<string>();
    private readonly List<string> _alive = new List<string>();

    public MethodWriter(Schema schema, int index)
    {
        _schema = schema;
        _field = "Op" + index.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>True when the method belongs to the tensor that is its first argument.</summary>
    public bool IsInstance => _schema.Arguments.Count > 0 && _schema.Arguments[0].Type == "Tensor" && First.Contains(_schema.Arguments[0].Name);

    private bool InPlace => _schema.Name.EndsWith("_", StringComparison.Ordinal) && IsInstance;

    public string Field() =>
        $"    internal static readonly Operator {_field} = Operator.Declare(\"{_schema.Name}\", \"{_schema.Overload}\", \"{_schema.Text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\");";

    public string Method()
    {
        for (var k = 0; k < _schema.Arguments.Count; k++)
            Argument(_schema.Arguments[k], k == 0 && IsInstance);
        var text = new StringBuilder();
        text.Append("    /// <summary>Runs <c>").Append(_schema.Name).Append(_schema.Overload.Length > 0 ? "." + _schema.Overload : "").AppendLine("</c>.</summary>");
        text.Append("    /// <remarks><c>").Append(_schema.Text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;")).AppendLine("</c></remarks>");
        text.AppendLine("    /// <exception cref=\"TorchException\">libtorch refused the arguments; the message has their shapes and types.</exception>");
        text.Append("    public ").Append(IsInstance ? "" : "static ").Append("unsafe ").Append(ReturnType()).Append(' ').Append(MethodName())
            .Append('(').Append(string.Join(", ", _parameters)).AppendLine(")");
        text.AppendLine("    {");
        var blocks = 0;
        foreach (var line in _setup)
        {
            text.Append("        ").AppendLine(line);
            if (line.StartsWith("fixed", StringComparison.Ordinal))
            {
                text.AppendLine("        {");
                blocks++;
            }
        }

        var count = _values.Count;
        text.AppendLine($"        var args = stackalloc NativeValue[{Math.Max(1, count)}];");
        for (var k = 0; k < count; k++)
            text.AppendLine($"        args[{k}] = {_values[k]};");
        var results = Math.Max(1, _schema.Results.Count);
        text.AppendLine($"        var results = stackalloc NativeValue[{results}];");
        text.AppendLine($"        OperatorTable.{_field}.Call(args, {count}, results, {results});");
        foreach (var name in _alive)
            text.AppendLine($"        {name};");
        text.Append("        ").AppendLine(Return());
        for (var k = 0; k <= blocks; k++)
            text.AppendLine("    }");
        return text.ToString();
    }

    private string MethodName()
    {
        if (!string.IsNullOrEmpty(_schema.Rename))
            return _schema.Rename!;
        var name = _schema.Name.Substring(_schema.Name.IndexOf("::", StringComparison.Ordinal) + 2);
        var pascal = string.Concat(name.Split('_').Where(p => p.Length > 0).Select(p => char.ToUpperInvariant(p[0]) + p.Substring(1)));
        return InPlace ? pascal + "InPlace" : pascal;
    }

    private static string CamelCase(string name)
    {
        var parts = name.Split('_').Where(p => p.Length > 0).ToArray();
        var camel = parts[0] + string.Concat(parts.Skip(1).Select(p => char.ToUpperInvariant(p[0]) + p.Substring(1)));
        return Keywords.Contains(camel) ? "@" + camel : camel;
    }

    private void Argument(SchemaArgument argument, bool self)
    {
        if (self)
        {
            _values.Add("NativeValue.Of(this)");
            _alive.Add("global::System.GC.KeepAlive(this)");
            return;
        }

        if (Hidden.Contains(argument.Name) && argument.Default != null)
        {
            _values.Add(argument.Type switch
            {
                "bool" => $"NativeValue.Of({argument.Default!.ToLowerInvariant()})",
                "MemoryFormat" => "NativeValue.Of(0L)",
                _ => "default",
            });
            return;
        }

        var name = CamelCase(argument.Name);
        var bare = name.TrimStart('@');
        var optional = argument.Type.EndsWith("?", StringComparison.Ordinal);
        var type = optional ? argument.Type.Substring(0, argument.Type.Length - 1) : argument.Type;
        var bracket = type.IndexOf('[');
        if (bracket >= 0)
        {
            List(argument, name, bare, type.Substring(0, bracket), type.Substring(bracket).Trim('[', ']'));
            return;
        }

        switch (type)
        {
            case "Tensor":
                _parameters.Add(optional ? $"Tensor? {name}" + (argument.Default == "None" ? " = null" : "") : $"Tensor {name}");
                _values.Add(optional ? $"NativeValue.OfOptional({name})" : $"NativeValue.Of({name})");
                _alive.Add($"global::System.GC.KeepAlive({name})");
                break;
            case "Scalar":
                _parameters.Add(optional || argument.Default != null ? $"Scalar? {name} = null" : $"Scalar {name}");
                _values.Add(!optional && argument.Default != null ? $"NativeValue.Of({name} ?? {argument.Default})"
                    : optional ? $"NativeValue.OfOptional({name})" : $"NativeValue.Of({name})");
                break;
            case "int":
                Plain(argument, name, "long", optional, argument.Default == "Mean" ? "1" : argument.Default);
                break;
            case "float":
                Plain(argument, name, "double", optional, argument.Default != null && argument.Default.EndsWith(".", StringComparison.Ordinal) ? argument.Default + "0" : argument.Default);
                break;
            case "bool":
                Plain(argument, name, "bool", optional, argument.Default?.ToLowerInvariant());
                break;
            case "ScalarType":
                Plain(argument, name, "DType", optional, argument.Default is null or "None" ? argument.Default : "(DType)" + argument.Default);
                break;
            case "Device":
                Plain(argument, name, "Device", optional, argument.Default);
                break;
            case "Generator":
                _parameters.Add($"Generator? {name} = null");
                _values.Add($"NativeValue.OfOptional({name})");
                _alive.Add($"global::System.GC.KeepAlive({name})");
                break;
            case "str":
                _parameters.Add($"string{(optional ? "?" : "")} {name}" + (argument.Default == null ? "" : argument.Default == "None" ? " = null" : " = " + argument.Default.Replace('\'', '"')));
                _setup.Add($"var utf8{bare} = {name} is null ? null : global::System.Text.Encoding.UTF8.GetBytes({name});");
                _setup.Add($"fixed (byte* pointer{bare} = utf8{bare})");
                _values.Add($"NativeValue.OfText(pointer{bare}, utf8{bare})");
                break;
            default:
                throw new FormatException($"argument {argument.Name} has type {argument.Type}, which the generator does not know");
        }
    }

    private void Plain(SchemaArgument argument, string name, string type, bool optional, string? defaultValue)
    {
        if (optional)
        {
            var literal = defaultValue == null ? "" : defaultValue is "None" or "none" ? " = null" : " = " + defaultValue;
            _parameters.Add($"{type}? {name}{literal}");
            _values.Add($"NativeValue.OfOptional({name})");
        }
        else
        {
            _parameters.Add($"{type} {name}" + (defaultValue == null ? "" : " = " + defaultValue));
            _values.Add($"NativeValue.Of({name})");
        }
    }

    private void List(SchemaArgument argument, string name, string bare, string element, string size)
    {
        switch (element)
        {
            case "int":
            case "float":
            case "bool":
                var type = element == "int" ? "long" : element == "float" ? "double" : "bool";
                var fallback = argument.Default != null && argument.Default != "None" && argument.Default != "[]";
                _parameters.Add($"scoped global::System.ReadOnlySpan<{type}> {name}" + (argument.Default != null ? " = default" : ""));
                if (fallback)
                {
                    var one = argument.Default!.Trim('[', ']').Split(',')[0].ToLowerInvariant();
                    var values = string.Join(", ", Enumerable.Repeat(one, int.Parse(size, CultureInfo.InvariantCulture)));
                    _setup.Add($"if ({name}.IsEmpty) {name} = [{values}];");
                }

                if (element == "bool")
                    throw new FormatException("bool lists are not supported");
                _setup.Add($"fixed ({type}* pointer{bare} = {name})");
                var none = argument.Type.EndsWith("?", StringComparison.Ordinal) ? "true" : "false";
                _values.Add($"NativeValue.OfList(pointer{bare}, {name}.Length, {none})");
                break;
            case "Tensor":
            case "Tensor?":
                var optionalElement = element.EndsWith("?", StringComparison.Ordinal);
                _parameters.Add($"scoped global::System.ReadOnlySpan<Tensor{(optionalElement ? "?" : "")}> {name}");
                _setup.Add($"var handles{bare} = stackalloc nint[global::System.Math.Max(1, {name}.Length)];");
                _setup.Add($"for (var k = 0; k < {name}.Length; k++) handles{bare}[k] = NativeValue.Handle({name}[k]);");
                _values.Add($"NativeValue.{(optionalElement ? "OfOptionalTensors" : "OfTensors")}(handles{bare}, {name}.Length)");
                _alive.Add($"NativeValue.KeepAlive({name})");
                break;
            default:
                throw new FormatException($"argument {argument.Name} has type {argument.Type}, which the generator does not know");
        }
    }

    private static string ResultType(string type) => type switch
    {
        "Tensor" => "Tensor",
        "Tensor[]" => "Tensor[]",
        "int" => "long",
        "float" => "double",
        "bool" => "bool",
        "Scalar" => "Scalar",
        _ => throw new FormatException($"result type {type} is not known to the generator"),
    };

    private static string Take(string type, int index) => type switch
    {
        "Tensor" => $"results[{index}].TakeTensor()",
        "Tensor[]" => $"results[{index}].TakeTensors()",
        "int" => $"results[{index}].Integer",
        "float" => $"results[{index}].Real",
        "bool" => $"results[{index}].Truth",
        "Scalar" => $"results[{index}].TakeScalar()",
        _ => throw new FormatException($"result type {type} is not known to the generator"),
    };

    private string ReturnType()
    {
        if (InPlace)
            return _schema.Results.Count == 0 ? "void" : "Tensor";
        if (_schema.Results.Count == 0)
            return "void";
        if (_schema.Results.Count == 1)
            return ResultType(_schema.Results[0].Type);
        return "(" + string.Join(", ", _schema.Results.Select(r => ResultType(r.Type) + (r.Name.Length > 0 ? " " + char.ToUpperInvariant(r.Name[0]) + r.Name.Substring(1) : ""))) + ")";
    }

    private string Return()
    {
        if (_schema.Results.Count == 0)
            return "return;";
        if (InPlace)
            return "results[0].Drop(); return this;";  // the result is this very tensor
        if (_schema.Results.Count == 1)
            return $"return {Take(_schema.Results[0].Type, 0)};";
        return "return (" + string.Join(", ", _schema.Results.Select((r, k) => Take(r.Type, k))) + ");";
    }
}
