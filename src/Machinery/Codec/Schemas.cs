namespace KubeSharp.Machinery;

/// <summary>The leaves of every schema tree.</summary>
public static class Schemas
{
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
}
