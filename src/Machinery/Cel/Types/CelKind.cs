namespace KubeSharp.Machinery.Cel;

/// <summary>What a CEL value is, and what a CEL type describes.</summary>
public enum CelKind : byte
{
    Null,
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Duration,
    Timestamp,
    List,
    Map,

    /// <summary>A structure with declared fields.</summary>
    Object,

    /// <summary>A type as a value.</summary>
    Type,
    Optional,

    /// <summary>A value of a library, such as a quantity; only functions look inside.</summary>
    Opaque,

    /// <summary>As a type: anything, checked when it is evaluated.</summary>
    Dyn,

    /// <summary>As a type: a parameter of a generic function.</summary>
    Parameter,

    /// <summary>As a value: the evaluation failed. As a type: the check did.</summary>
    Error,
}
