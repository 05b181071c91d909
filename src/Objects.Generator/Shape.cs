namespace KubeSharp.Objects.Generator;

/// <summary>What a Go type is to the codecs.</summary>
internal enum Form
{
    Text,
    Int32,
    Int64,
    Float,
    Boolean,
    Bytes,
    Time,
    MicroTime,
    Quantity,
    IntOrString,
    Raw,
    Struct,
    List,
    Map,
}

/// <summary>A Go type resolved: aliases followed, pointers noted.</summary>
/// <param name="Type">The C# type without a question mark.</param>
/// <param name="IsChoice">Of the hand-written ones: a value of it may be nothing, and is left out then.</param>
/// <param name="GoName">The Go type as error messages name it.</param>
internal sealed record Shape(Form Form, string Type, string GoName, bool IsPointer = false, Shape? Element = null, bool IsListAlias = false, bool IsChoice = false)
{
    /// <summary>A C# struct, whose nullable is Nullable&lt;T&gt;.</summary>
    public bool IsValue => Form is Form.Int32 or Form.Int64 or Form.Float or Form.Boolean or Form.Bytes or Form.Time or Form.MicroTime
        or Form.Quantity or Form.IntOrString or Form.Raw;

    /// <summary>Whether the property may be null: pointers, and times, whose zero is absence.</summary>
    public bool IsNullable => (IsPointer && Form is not (Form.List or Form.Map)) || Form is Form.Time or Form.MicroTime;
}
