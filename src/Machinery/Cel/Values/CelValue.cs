using System.Runtime.CompilerServices;

namespace KubeSharp.Machinery.Cel;

/// <summary>A value of CEL. Scalars live in the struct itself; the default is <c>null</c>.</summary>
/// <remarks>Immutable and safe to share, as long as nobody changes the JSON document behind it.</remarks>
public readonly struct CelValue : IEquatable<CelValue>
{
    private readonly object? _reference;
    private readonly long _bits;
    private readonly int _nanos;

    private CelValue(CelKind kind, object? reference, long bits = 0, int nanos = 0)
    {
        Kind = kind;
        _reference = reference;
        _bits = bits;
        _nanos = nanos;
    }

    public static CelValue Null => default;

    public static CelValue True { get; } = new(CelKind.Bool, null, 1);

    public static CelValue False { get; } = new(CelKind.Bool, null);

    public static CelValue EmptyList { get; } = new(CelKind.List, CelList.Empty);

    /// <summary><c>optional.none()</c></summary>
    public static CelValue None { get; } = new(CelKind.Optional, null);

    public CelKind Kind { get; }

    public bool IsError => Kind == CelKind.Error;

    internal bool IsTrue => Kind == CelKind.Bool && _bits != 0;

    internal bool IsFalse => Kind == CelKind.Bool && _bits == 0;

    /// <summary>The value of a bool; the accessors below are likewise for their kinds only.</summary>
    public bool AsBool => Checked(CelKind.Bool)._bits != 0;

    public long AsInt => Checked(CelKind.Int)._bits;

    public ulong AsUint => (ulong)Checked(CelKind.Uint)._bits;

    public double AsDouble => BitConverter.Int64BitsToDouble(Checked(CelKind.Double)._bits);

    public string AsText => (string)Checked(CelKind.Text)._reference!;

    public ReadOnlyMemory<byte> AsBytes => (byte[])Checked(CelKind.Bytes)._reference!;

    /// <summary>In nanoseconds.</summary>
    public long AsDuration => Checked(CelKind.Duration)._bits;

    public CelTimestamp AsTimestamp => new(Checked(CelKind.Timestamp)._bits, _nanos);

    public CelList AsList => (CelList)Checked(CelKind.List)._reference!;

    public CelMap AsMap => (CelMap)Checked(CelKind.Map)._reference!;

    public CelObject AsObject => (CelObject)Checked(CelKind.Object)._reference!;

    public CelType AsType => (CelType)Checked(CelKind.Type)._reference!;

    public CelOpaque AsOpaque => (CelOpaque)Checked(CelKind.Opaque)._reference!;

    public CelError AsError => (CelError)Checked(CelKind.Error)._reference!;

    /// <summary>What an optional holds.</summary>
    public bool TryGetOptional(out CelValue value)
    {
        // The caller may pass this very value as the result: read first, then write.
        var box = (StrongBox<CelValue>?)Checked(CelKind.Optional)._reference;
        value = box is null ? default : box.Value;
        return box is not null;
    }

    public static CelValue Of(bool value) => value ? True : False;

    public static CelValue Of(long value) => new(CelKind.Int, null, value);

    public static CelValue OfUint(ulong value) => new(CelKind.Uint, null, (long)value);

    public static CelValue Of(double value) => new(CelKind.Double, null, BitConverter.DoubleToInt64Bits(value));

    public static CelValue Of(string value) => new(CelKind.Text, value);

    public static CelValue OfBytes(byte[] value) => new(CelKind.Bytes, value);

    public static CelValue OfDuration(long nanoseconds) => new(CelKind.Duration, null, nanoseconds);

    public static CelValue Of(CelTimestamp value) => new(CelKind.Timestamp, null, value.Seconds, value.Nanos);

    public static CelValue Of(CelList value) => new(CelKind.List, value);

    public static CelValue Of(CelMap value) => new(CelKind.Map, value);

    public static CelValue Of(CelObject value) => new(CelKind.Object, value);

    public static CelValue Of(CelType value) => new(CelKind.Type, value);

    public static CelValue Of(CelOpaque value) => new(CelKind.Opaque, value);

    public static CelValue Some(CelValue value) => new(CelKind.Optional, new StrongBox<CelValue>(value));

    public static CelValue Error(string message) => new(CelKind.Error, new CelError(message));

    public static CelValue Of(CelError error) => new(CelKind.Error, error);

    /// <summary>Equality as <c>==</c> of CEL has it: numbers of different types may be equal, values of other types are not.</summary>
    public bool Equals(CelValue other) => CelEquality.AreEqual(this, other);

    public override bool Equals(object? obj) => obj is CelValue other && Equals(other);

    public override int GetHashCode() => CelEquality.Hash(this);

    public static bool operator ==(CelValue left, CelValue right) => left.Equals(right);

    public static bool operator !=(CelValue left, CelValue right) => !left.Equals(right);

    /// <summary>For people: as <c>%s</c> of <c>format</c> shows it.</summary>
    public override string ToString() => CelText.Show(this);

    /// <summary>The run-time type; containers do not know their parameters.</summary>
    internal CelType TypeOf() => Kind switch
    {
        CelKind.Null => CelType.Null,
        CelKind.Bool => CelType.Bool,
        CelKind.Int => CelType.Int,
        CelKind.Uint => CelType.Uint,
        CelKind.Double => CelType.Double,
        CelKind.Text => CelType.Text,
        CelKind.Bytes => CelType.Bytes,
        CelKind.Duration => CelType.Duration,
        CelKind.Timestamp => CelType.Timestamp,
        CelKind.List => RuntimeTypes.List,
        CelKind.Map => RuntimeTypes.Map,
        CelKind.Object => AsObject.Type,
        CelKind.Type => CelType.Type,
        CelKind.Optional => RuntimeTypes.Optional,
        CelKind.Opaque => AsOpaque.Type,
        _ => CelType.Error,
    };

    private CelValue Checked(CelKind kind) =>
        Kind == kind ? this : throw new InvalidOperationException($"a value of kind {Kind} is not a {kind}");

    private static class RuntimeTypes
    {
        public static readonly CelType List = CelType.List(CelType.Dyn);
        public static readonly CelType Map = CelType.Map(CelType.Dyn, CelType.Dyn);
        public static readonly CelType Optional = CelType.Optional(CelType.Dyn);
    }
}
