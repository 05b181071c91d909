namespace KubeSharp.Objects.Generator;

/// <summary>A property of a generated model: one Go field, inline structs flattened.</summary>
/// <param name="Path">The inline structs it came through, outermost first; protobuf nests where JSON does not.</param>
internal sealed record Member(GoField Field, Shape Shape, string Name, IReadOnlyList<GoField> Path)
{
    public string Json => Field.Json;

    /// <summary>A plain struct is written even when it is empty, whatever its tag says; Go's omitzero is the exception.</summary>
    public bool IsOmitted => Field.OmitsZero || (Field.OmitsEmpty && !(Shape is { IsPointer: false, Form: Form.Time or Form.MicroTime or Form.Raw }));

    public string PropertyType => Shape.IsNullable ? Shape.Type + "?" : Shape.Type;

    public string Initial => Shape switch
    {
        { IsNullable: true } => "",
        { Form: Form.Text } => " = \"\";",
        { Form: Form.Struct } => $" = {Shape.Type}.Empty;",
        { Form: Form.List } => $" = global::KubeSharp.Machinery.Nil.List<{Shape.Element!.Type}>();",
        { Form: Form.Map } => $" = global::KubeSharp.Machinery.Nil.Map<{Shape.Element!.Type}>();",
        _ => "",
    };

    public static List<Member> Of(ApiModel model, string type) => Flatten(model, type, type, []).ToList();

    private static IEnumerable<Member> Flatten(ApiModel model, string owner, string type, IReadOnlyList<GoField> path)
    {
        foreach (var field in model.FieldsOf(type))
        {
            if (field.IsInline && field.GoType == "meta.v1.TypeMeta")
                continue;

            if (field.IsInline)
            {
                foreach (var inner in Flatten(model, owner, field.GoType.TrimStart('*'), [.. path, field]))
                    yield return inner;
            }
            else if (field.Json.Length > 0 && field.Json != "-")
            {
                yield return new(field, model.Resolve(field.GoType), Names.Property(field, owner), path);
            }
        }
    }
}
