using System.Runtime.CompilerServices;
using KubeSharp.Machinery.Cel;

namespace KubeSharp.Objects.Policies;

/// <summary>The type that an expression sees of a document with a schema.</summary>
public static class SchemaTypes
{
    /// <summary>Objects by schema: schemas are shared and may contain themselves; those of custom resources come and go.</summary>
    private static readonly ConditionalWeakTable<Schema, CelType> Objects = [];

    public static CelType Of(Schema schema) => schema.Type switch
    {
        SchemaType.Object when schema.Fields.Count > 0 => Objects.GetValue(schema, static s => CelType.Object(s.Name.Length > 0 ? s.Name : "object", () => FieldsOf(s))),
        SchemaType.Map => CelType.Map(CelType.Text, schema.Element is { } value ? Of(value) : CelType.Dyn),
        SchemaType.List => CelType.List(schema.Element is { } item ? Of(item) : CelType.Dyn),
        SchemaType.Text => schema.Format switch
        {
            "date-time" or "date" => CelType.Timestamp,
            "duration" => CelType.Duration,
            "byte" => CelType.Bytes,
            _ => CelType.Text,
        },
        SchemaType.Integer => CelType.Int,
        SchemaType.Number => CelType.Double,
        SchemaType.Boolean => CelType.Bool,
        _ => CelType.Dyn,
    };

    /// <summary>Fields whose names no expression can write are left out.</summary>
    private static IEnumerable<CelField> FieldsOf(Schema schema)
    {
        foreach (var field in schema.Fields)
        {
            if (CelNames.TryEscape(field.Name, out var name))
                yield return new(name, field.Name, TypeOf(field));
        }
    }

    private static CelType TypeOf(SchemaField field)
    {
        var type = Of(field.Schema);
        return field.Schema.Type == SchemaType.List && field.ListKind != ListKind.Atomic ? type.WithListKind(field.ListKind, field.MapKeys) : type;
    }
}
