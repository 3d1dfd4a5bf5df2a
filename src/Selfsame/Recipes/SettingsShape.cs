using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Selfsame.Recipes;

/// <summary>What a property holds.</summary>
internal enum Form
{
    /// <summary>Number, text, truth value, time or enum.</summary>
    Scalar,

    /// <summary>A list; <see cref="ValueShape.Element"/> says of what.</summary>
    List,

    /// <summary>Free keys with values of <see cref="ValueShape.Element"/>.</summary>
    Map,

    /// <summary>A settings record.</summary>
    Record,

    /// <summary>One of several settings records, picked by a kind.</summary>
    Kinds,
}

/// <summary>The type of a value, without nullability.</summary>
internal sealed record ValueShape(Form Form, Type Type, ValueShape? Element = null)
{
    public string Noun => Form switch
    {
        Form.Scalar => Scalars.Noun(Type),
        Form.List => $"a list of {Element!.Many}",
        Form.Map => $"a mapping to {Element!.Many}",
        _ => "a mapping of settings",
    };

    private string Many => Form switch
    {
        Form.Scalar => Scalars.Noun(Type, many: true),
        Form.List => "lists",
        _ => "mappings",
    };

    public static ValueShape Of(Type type)
    {
        if (Scalars.Handles(type))
            return new(Form.Scalar, type);
        if (type.IsArray)
            return new(Form.List, type, Of(type.GetElementType()!));
        if (type.IsGenericType)
        {
            var definition = type.GetGenericTypeDefinition();
            if (definition == typeof(EquatableList<>) || definition == typeof(IReadOnlyList<>))
                return new(Form.List, type, Of(type.GetGenericArguments()[0]));
            if (definition == typeof(EquatableDictionary<>))
                return new(Form.Map, type, Of(type.GetGenericArguments()[0]));
            if (definition == typeof(IReadOnlyDictionary<,>) && type.GetGenericArguments()[0] == typeof(string))
                return new(Form.Map, type, Of(type.GetGenericArguments()[1]));
        }
        else if (type.IsAbstract && type != typeof(object))
            return new(Form.Kinds, type);
        else if (type.IsClass && type.GetConstructor(Type.EmptyTypes) is not null)
            return new(Form.Record, type);
        throw new InvalidOperationException($"A recipe can't hold a {type}: use numbers, text, enums, TimeSpan, settings records, or lists and dictionaries of these.");
    }
}

/// <summary>One setting: an init property of a settings record.</summary>
internal sealed class Setting
{
    public Setting(PropertyInfo property, object blank)
    {
        var nullability = new NullabilityInfoContext().Create(property);
        Property = property;
        Key = property.GetCustomAttribute<KeyAttribute>()?.Name ?? Names.Snake(property.Name);
        Nullable = nullability.WriteState == NullabilityState.Nullable;
        Required = property.IsDefined(typeof(RequiredMemberAttribute));
        Limits = property.GetCustomAttribute<LimitsAttribute>();
        Count = property.GetCustomAttribute<CountAttribute>();
        KindFrom = property.GetCustomAttribute<KindFromAttribute>()?.Key;
        Unit = property.GetCustomAttribute<UnitAttribute>()?.Name;
        Shape = ValueShape.Of(System.Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
        Default = Required ? null : property.GetValue(blank);
    }

    public PropertyInfo Property { get; }

    public string Key { get; }

    public ValueShape Shape { get; }

    public bool Nullable { get; }

    public bool Required { get; }

    public LimitsAttribute? Limits { get; }

    public CountAttribute? Count { get; }

    public string? KindFrom { get; }

    public string? Unit { get; }

    public object? Default { get; }
}

/// <summary>The settings of a record type in declared order, those of base records first.</summary>
internal sealed class SettingsShape
{
    private static readonly ConcurrentDictionary<Type, SettingsShape> Known = new();

    private SettingsShape(Type type)
    {
        var blank = Activator.CreateInstance(type)!;
        Type = type;
        ExactlyOneOf = type.GetCustomAttribute<ExactlyOneOfAttribute>();
        var brief = type.GetCustomAttribute<ShortFormAttribute>()?.Key;
        Settings = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is { IsPublic: true } && p.GetIndexParameters().Length == 0)
            .OrderBy(p => Depth(p.DeclaringType!)).ThenBy(p => p.MetadataToken)
            .Select(p => new Setting(p, blank))];
        ShortForm = Settings.FirstOrDefault(s => s.Key == brief);
    }

    public Type Type { get; }

    public IReadOnlyList<Setting> Settings { get; }

    public ExactlyOneOfAttribute? ExactlyOneOf { get; }

    /// <summary>The setting that a single value in place of the block stands for; null for none.</summary>
    public Setting? ShortForm { get; }

    public static SettingsShape For(Type type) => Known.GetOrAdd(type, static t => new(t));

    /// <summary>A copy of a record, through the method <c>with</c> calls.</summary>
    public object Clone(object record) => Type.GetMethod("<Clone>$")?.Invoke(record, null)
        ?? throw new InvalidOperationException($"{Type} is not a record.");

    public Setting? Find(string key) => Settings.FirstOrDefault(s => s.Key == key);

    /// <summary>The key is one of several of which exactly one is given.</summary>
    public bool IsChoice(string key) => ExactlyOneOf?.Choices.Any(c => c.Contains(key)) ?? false;

    private static int Depth(Type type) => type.BaseType is { } parent ? 1 + Depth(parent) : 0;
}
