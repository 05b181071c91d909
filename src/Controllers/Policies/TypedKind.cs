using KubeSharp.Machinery.Cel;
using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Objects.ApiextensionsV1;
using KubeSharp.Objects.Policies;

namespace KubeSharp.Controllers.Policies;

/// <summary>A kind with the type that expressions see of its objects.</summary>
internal sealed record TypedKind(string Group, string Version, string Plural, string Kind, CelType Type)
{
    private const string Established = "Established";

    /// <summary>As Go prints a GroupVersionKind.</summary>
    public override string ToString() => $"{Group}/{Version}, Kind={Kind}";

    /// <summary>What the server has by itself.</summary>
    public static IEnumerable<TypedKind> BuiltIn { get; } =
        [
            .. from type in ApiCatalog.All
               where type.Subresource.Length == 0
               let codec = ApiCatalog.CodecFor(type.Group, type.Version, type.Kind)
               where codec is not null
               select new TypedKind(type.Group, type.Version, type.Plural, type.Kind, SchemaTypes.Of(codec.Schema)),
        ];

    /// <summary>The versions of a custom resource that are served.</summary>
    public static IEnumerable<TypedKind> Of(CustomResourceDefinition definition) =>
        from version in definition.Spec.Versions
        where version.Served && IsEstablished(definition)
        select new TypedKind(definition.Spec.Group, version.Name, definition.Status.AcceptedNames.Plural, definition.Status.AcceptedNames.Kind, TypeOf(definition, version));

    public static bool IsEstablished(CustomResourceDefinition definition) => definition.Status.Conditions.Any(c => c is { Type: Established, Status: "True" });

    private static CelType TypeOf(CustomResourceDefinition definition, CustomResourceDefinitionVersion version)
    {
        if (definition.Spec.PreserveUnknownFields || version.Schema?.OpenAPIV3Schema is not { } props)
            return CelType.Dyn;

        var schema = JsonSchema.Of(JsonTree.Parse(Json.Encode(props), DecodeContext.Lenient));
        return SchemaTypes.Of(SchemaTrees.OfObject(schema, definition.Spec.Names.Kind, []));
    }
}
