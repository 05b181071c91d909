namespace KubeSharp.Machinery;

/// <summary>The leaves of every schema tree.</summary>
public static class Schemas
{
    /// <summary>How the published names of JSON of any type begin.</summary>
    public const string AnyJson = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON";

    /// <summary>The node of a model; models with a field named Schema show theirs only so.</summary>
    public static Schema Of<T>()
        where T : class, IApiType<T> => T.Schema;

    public static Schema Text { get; } = new(SchemaType.Text);

    public static Schema Int32 { get; } = new(SchemaType.Integer) { Format = "int32" };

    public static Schema Int64 { get; } = new(SchemaType.Integer) { Format = "int64" };

    public static Schema Float { get; } = new(SchemaType.Number) { Format = "double" };

    public static Schema Boolean { get; } = new(SchemaType.Boolean);

    public static Schema Bytes { get; } = new(SchemaType.Text) { Format = "byte" };

    public static Schema Time { get; } = new(SchemaType.Text) { Format = "date-time", Name = "io.k8s.apimachinery.pkg.apis.meta.v1.Time" };

    public static Schema MicroTime { get; } = new(SchemaType.Text) { Format = "date-time", Name = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime" };

    public static Schema Quantity { get; } = new(SchemaType.Quantity);

    public static Schema IntOrString { get; } = new(SchemaType.IntOrString);

    public static Schema Raw { get; } = new(SchemaType.Any) { Name = "io.k8s.apimachinery.pkg.runtime.RawExtension" };

    public static Schema FieldsV1 { get; } = new(SchemaType.Any) { Name = "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1", Description = "A set of fields as a tree: f: and a field's name, k: and the keys of a list's entry, v: and a value of a set, each leading to what is below it." };

    /// <summary>Any JSON at all, a number or a list too: what a custom resource's schema has as default.</summary>
    public static Schema JSON { get; } = new(SchemaType.Any) { Name = AnyJson, Description = "Any JSON value." };

    public static Schema JSONSchemaPropsOrArray { get; } = new(SchemaType.Any) { Name = AnyJson + "SchemaPropsOrArray", Description = "A schema, or a list of schemas." };

    public static Schema JSONSchemaPropsOrBool { get; } = new(SchemaType.Any) { Name = AnyJson + "SchemaPropsOrBool", Description = "A schema, or whether anything is allowed." };

    public static Schema JSONSchemaPropsOrStringArray { get; } = new(SchemaType.Any) { Name = AnyJson + "SchemaPropsOrStringArray", Description = "A schema, or a list of names." };
}
