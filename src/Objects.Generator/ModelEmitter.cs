namespace KubeSharp.Objects.Generator;

/// <summary>Writes one struct as a record: properties, identity, and what the codecs' emitters add.</summary>
internal sealed class ModelEmitter(ApiModel model, IReadOnlyDictionary<string, KindRow> kinds)
{
    private const string Machinery = "global::KubeSharp.Machinery.";

    public void Emit(Code code, string type)
    {
        var name = Names.TypeName(type);
        var members = Member.Of(model, type);
        var hasTypeMeta = model.FieldsOf(type).Any(f => f.IsInline && f.GoType == "meta.v1.TypeMeta");
        var isObject = hasTypeMeta && members.Any(m => m.Json == "metadata" && m.Field.GoType == "meta.v1.ObjectMeta");
        var item = hasTypeMeta && members.Any(m => m.Field.GoType == "meta.v1.ListMeta") ? members.FirstOrDefault(m => m.Json == "items") : null;

        var bases = isObject ? $"{Machinery}IObject<{name}>" : $"{Machinery}IApiType<{name}>";
        if (item?.Shape is { Form: Form.List, Element.Form: Form.Struct } list)
            bases += $", {Machinery}IObjectList<{list.Element!.Type}>";

        code.Open($"public sealed record {name} : {bases}");
        code.Line($"public static {name} Empty {{ get; }} = new();").Line();
        if (hasTypeMeta)
            code.Line("public string Kind { get; init; } = \"\";").Line().Line("public string ApiVersion { get; init; } = \"\";").Line();
        foreach (var member in members)
            code.Line($"public {member.PropertyType} {member.Name} {{ get; init; }}{member.Initial}").Line();

        if (isObject)
            EmitObject(code, type, name, members);
        EmitIdentity(code, name);
        new JsonEmitter(code).Emit(type, members, hasTypeMeta);
        new ProtobufEmitter(code).Emit(name, members);
        new SchemaEmitter(code).Emit(type, members, hasTypeMeta, model.IsAtomic(type));
        code.Close().Line();
    }

    private void EmitObject(Code code, string type, string name, List<Member> members)
    {
        var hasOwnType = members.Any(m => m.Name == "Type");
        var kind = kinds.TryGetValue(type, out var row) ? row : null;
        var group = kind?.Group ?? model.Kinds.FirstOrDefault(k => k.BodyGoType == type)?.ResponseGroup ?? "";
        var version = kind?.Version ?? type.Split('.')[1];
        var apiVersion = group.Length == 0 ? version : $"{group}/{version}";
        var declaration = hasOwnType ? $"static {Machinery}ResourceType {Machinery}IObject<{name}>.Type {{ get; }}" : $"public static {Machinery}ResourceType Type {{ get; }}";
        var value = kind is null
            ? $"new {Machinery}ResourceType({Names.Quote(group)}, {Names.Quote(version)}, {Names.Quote(name)}, \"\", false)"
            : CatalogEmitter.ResourceType(kind);
        code.Line($"{declaration} = {value};").Line();
        code.Line($"public {name} With({Machinery}MetaV1.ObjectMeta metadata) => this with {{ Metadata = metadata }};").Line();
        code.Line($"public {Machinery}IObject CopyWith({Machinery}MetaV1.ObjectMeta metadata) => this with {{ Metadata = metadata }};").Line();
        code.Line($"public {Machinery}IObject WithStatusOf({Machinery}IObject? other) => " + (members.Any(m => m.Json == "status")
            ? $"this with {{ Status = (other as {name} ?? Empty).Status }};"
            : "this;")).Line();
        code.Line($"public {name} WithTypeMeta() => this with {{ Kind = {Names.Quote(name)}, ApiVersion = {Names.Quote(apiVersion)} }};").Line();
    }

    /// <summary>Equality by meaning, in three lines of machine code a type: the compiler's member-wise one would compare lists by reference.</summary>
    private static void EmitIdentity(Code code, string name)
    {
        code.Line($"public bool Equals({name}? other) => {Machinery}Json.AreAlike(this, other);").Line();
        code.Line($"public override int GetHashCode() => {Machinery}Json.HashOf(this);").Line();
        code.Line($"public override string ToString() => {Machinery}Json.TextOf(this);").Line();
    }
}
