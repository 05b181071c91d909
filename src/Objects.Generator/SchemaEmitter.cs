namespace KubeSharp.Objects.Generator;

/// <summary>Writes the schema node of a model; children are lambdas, so that nothing is built before it is asked for.</summary>
internal sealed class SchemaEmitter(Code code)
{
    private const string M = "global::KubeSharp.Machinery.";

    public void Emit(string type, IReadOnlyList<Member> members, bool hasTypeMeta, bool isAtomic)
    {
        var name = Names.TypeName(type);
        code.Open((members.Any(m => m.Name == "Schema") ? $"static {M}Schema {M}IApiType<{name}>.Schema {{ get; }}" : $"public static {M}Schema Schema {{ get; }}") + $" = new({M}SchemaType.Object)");
        code.Line($"Name = {Names.Quote(Names.OpenApi(type))},");
        if (isAtomic)
            code.Line("IsAtomic = true,");
        code.Line("FieldsOf = static () =>");
        code.Line("[");
        if (hasTypeMeta)
            code.Line($"    new(\"kind\", {M}Schemas.Text),").Line($"    new(\"apiVersion\", {M}Schemas.Text),");
        foreach (var member in members)
            code.Line("    " + Field(member));
        code.Line("],");
        code.Close(";").Line();
    }

    private static string Field(Member member)
    {
        var field = member.Field;
        var facts = new List<string>();
        if (field.IsRequired || (!field.OmitsEmpty && !member.Shape.IsPointer && member.Shape.Form is not Form.Struct))
            facts.Add("IsRequired = true");
        if (!field.OmitsEmpty)
            facts.Add("IsAlwaysWritten = true");
        if (field.PatchStrategy.Contains("merge"))
            facts.Add("IsMerged = true");
        if (field.PatchStrategy.Contains("retainKeys"))
            facts.Add("RetainsKeys = true");
        if (field.MergeKey.Length > 0)
            facts.Add($"MergeKey = {Names.Quote(field.MergeKey)}");
        if (field.ListType is "set" or "map")
            facts.Add($"ListKind = {M}ListKind.{(field.ListType == "set" ? "Set" : "Map")}");
        if (field.MapKeys.Length > 0)
            facts.Add($"MapKeys = [{string.Join(", ", field.MapKeys.Words().Select(Names.Quote))}]");
        if (field.MapOrStructType.Length > 0)
            facts.Add($"IsAtomic = {(field.MapOrStructType == "atomic" ? "true" : "false")}");
        else if (member.Shape is { Form: Form.Raw, GoName: "RawExtension" })
            facts.Add("IsAtomic = true"); // of a kind's own; in a custom resource such a field is owned by its keys
        // What is written as a reference to a Go constant is no literal; none of those is a key.
        if (field.Default.Length > 0 && !field.Default.StartsWith("ref(", StringComparison.Ordinal))
            facts.Add($"Default = global::System.Text.Json.Nodes.JsonNode.Parse({Names.Quote(field.Default)})");
        return $"new({Names.Quote(field.Json)}, {Node(member.Shape)})" + (facts.Count == 0 ? "," : $" {{ {string.Join(", ", facts)} }},");
    }

    private static string Node(Shape shape) => shape.Form switch
    {
        Form.Struct => $"{M}Schemas.Of<{shape.Type}>()",
        Form.List => $"new({M}SchemaType.List) {{ ElementOf = static () => {Node(shape.Element!)} }}",
        Form.Map => $"new({M}SchemaType.Map) {{ ElementOf = static () => {Node(shape.Element!)} }}",
        // Of what is passed through unread the kinds differ in what may stand there.
        Form.Raw when shape.GoName is not ("RawExtension" or "Object") => $"{M}Schemas.{shape.GoName}",
        _ => $"{M}Schemas.{shape.Form}",
    };
}
