using System.Collections.Frozen;

namespace KubeSharp.Machinery.Cel;

/// <summary>A type of CEL: what the checker reasons with, and how a JSON document is to be read.</summary>
/// <remarks>Immutable. Object types may be cyclic: their fields are asked for when they are needed.</remarks>
public sealed class CelType
{
    /// <summary><see cref="MaxElements"/> of what has no bound.</summary>
    public const ulong Unbounded = ulong.MaxValue;

    private readonly Lazy<FrozenDictionary<string, CelField>>? _fields;
    private readonly Func<string, CelField?>? _anyField;

    private CelType(CelKind kind, string name, IReadOnlyList<CelType>? parameters = null)
    {
        Kind = kind;
        Name = name;
        Parameters = parameters ?? [];
        foreach (var parameter in Parameters)
            Size = Math.Min(MaxSize, Size + parameter.Size);
    }

    private CelType(CelType origin, ulong maxElements, ListKind listKind, IReadOnlyList<string> mapKeys)
        : this(origin.Kind, origin.Name, origin.Parameters)
    {
        _fields = origin._fields;
        _anyField = origin._anyField;
        MaxElements = maxElements;
        ListKind = listKind;
        MapKeys = mapKeys;
    }

    private CelType(string name, Lazy<FrozenDictionary<string, CelField>>? fields, Func<string, CelField?>? anyField)
        : this(CelKind.Object, name)
    {
        _fields = fields;
        _anyField = anyField;
    }

    public static CelType Null { get; } = new(CelKind.Null, "null_type");

    public static CelType Bool { get; } = new(CelKind.Bool, "bool");

    public static CelType Int { get; } = new(CelKind.Int, "int");

    public static CelType Uint { get; } = new(CelKind.Uint, "uint");

    public static CelType Double { get; } = new(CelKind.Double, "double");

    public static CelType Text { get; } = new(CelKind.Text, "string") { MaxElements = Unbounded };

    public static CelType Bytes { get; } = new(CelKind.Bytes, "bytes") { MaxElements = Unbounded };

    public static CelType Duration { get; } = new(CelKind.Duration, "google.protobuf.Duration");

    public static CelType Timestamp { get; } = new(CelKind.Timestamp, "google.protobuf.Timestamp");

    public static CelType Dyn { get; } = new(CelKind.Dyn, "dyn") { MaxElements = Unbounded };

    /// <summary>A value whose type only shows when it is evaluated: <see cref="Dyn"/> under the name of protobuf's Any.</summary>
    public static CelType Any { get; } = new(CelKind.Dyn, "google.protobuf.Any") { MaxElements = Unbounded };

    /// <summary>The type of types whose parameter is not known.</summary>
    public static CelType Type { get; } = new(CelKind.Type, "type");

    internal static CelType Error { get; } = new(CelKind.Error, "!error!");

    public CelKind Kind { get; }

    public string Name { get; }

    /// <summary>The element of a list; key and value of a map; what an optional holds; what a type is the type of.</summary>
    public IReadOnlyList<CelType> Parameters { get; }

    /// <summary>The most characters, bytes, items or entries a value may have: the ground of static cost estimates.</summary>
    public ulong MaxElements { get; private init; }

    /// <summary>Sets and lists with keys compare and add without regard to order.</summary>
    public ListKind ListKind { get; }

    /// <summary>The fields (JSON names) that identify an item of a <see cref="ListKind.Map"/>.</summary>
    public IReadOnlyList<string> MapKeys { get; } = [];

    /// <summary>The declared fields by CEL name; empty for anything but an object.</summary>
    public IReadOnlyDictionary<string, CelField> Fields => _fields?.Value ?? FrozenDictionary<string, CelField>.Empty;

    /// <summary>A type this large comes from nobody who means it; checking stops there.</summary>
    internal const int MaxSize = 10_000;

    /// <summary>How many types it is made of, up to <see cref="MaxSize"/>.</summary>
    internal int Size { get; } = 1;

    internal CelType Element => Parameters[^1];

    internal bool IsDyn => Kind == CelKind.Dyn;

    /// <summary>Whether it is <see cref="Any"/>, and not merely <c>dyn</c>.</summary>
    public bool IsAny => IsDyn && Name == Any.Name;

    /// <summary>As messages about results write it: <c>list(google.protobuf.Timestamp)</c>.</summary>
    public string FullName => Parameters.Count == 0 ? Name : $"{Name}({string.Join(", ", Parameters.Select(p => p.FullName))})";

    internal bool IsOptional => Kind == CelKind.Optional;

    public static CelType List(CelType element) => new(CelKind.List, "list", [element]) { MaxElements = Unbounded };

    public static CelType Map(CelType key, CelType value) => new(CelKind.Map, "map", [key, value]) { MaxElements = Unbounded };

    public static CelType Optional(CelType value) => new(CelKind.Optional, "optional_type", [value]);

    public static CelType TypeOf(CelType type) => new(CelKind.Type, "type", [type]);

    /// <summary>A type that only functions look into.</summary>
    public static CelType Opaque(string name) => new(CelKind.Opaque, name);

    /// <summary>A structure.</summary>
    /// <param name="name">What messages call it; equal names are equal types.</param>
    /// <param name="fields">Called once, when the fields are first needed, so types may refer to themselves.</param>
    public static CelType Object(string name, Func<IEnumerable<CelField>> fields) =>
        new(name, new(() => fields().ToFrozenDictionary(f => f.Name, StringComparer.Ordinal)), null);

    /// <summary>A structure that takes any field, such as <c>Object.spec</c> of a MutatingAdmissionPolicy.</summary>
    /// <param name="find">Called for every name that is written; <see langword="null"/>: no such field.</param>
    public static CelType OpenObject(string name, Func<string, CelField?> find) => new(name, null, find);

    /// <summary>The same type with a bound for cost estimates.</summary>
    public CelType WithMaxElements(ulong max) => new(this, max, ListKind, MapKeys);

    /// <summary>The same list type, as a set or a list with keys.</summary>
    public CelType WithListKind(ListKind kind, IReadOnlyList<string> mapKeys) => new(this, MaxElements, kind, mapKeys);

    public CelField? FindField(string name) => _anyField is { } find ? find(name) : Fields.GetValueOrDefault(name);

    /// <summary>As messages of the checker write it: <c>list(string)</c>.</summary>
    public override string ToString() => Kind switch
    {
        CelKind.Null => "null",
        CelKind.Duration => "duration",
        CelKind.Timestamp => "timestamp",
        CelKind.Dyn when IsAny => "any",
        _ when Parameters.Count == 0 => Name,
        _ => $"{Name}({string.Join(", ", Parameters)})",
    };

    internal static CelType Parameter(string name) => new(CelKind.Parameter, name);

    /// <summary>Exactly the same type, parameters included.</summary>
    internal bool Is(CelType other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (Kind != other.Kind || Parameters.Count != other.Parameters.Count || Name != other.Name)
            return false;
        for (var i = 0; i < Parameters.Count; i++)
        {
            if (!Parameters[i].Is(other.Parameters[i]))
                return false;
        }

        return true;
    }

    internal CelType With(IReadOnlyList<CelType> parameters) => new(Kind, Name, parameters) { MaxElements = MaxElements };
}
