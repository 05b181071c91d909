namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>What is written to: a version of a resource, or a subresource of it.</summary>
internal abstract class FieldScope(string apiVersion, string kind, Schema schema, string subresource)
{
    public string ApiVersion { get; } = apiVersion;

    public string Kind { get; } = kind;

    public Schema Schema { get; } = schema;

    public string Subresource { get; } = subresource;

    /// <summary>The object of which nothing is set, as this version encodes it: what a created object is compared with.</summary>
    public abstract ReadOnlyMemory<byte> Nothing { get; }

    /// <summary>Takes out of a set what a write to this place never changes, whatever it says.</summary>
    public abstract FieldSet Filter(FieldSet set);

    /// <summary>A document in another version; the same instance for its own. Null: that version is not served any longer.</summary>
    public abstract FieldDocument? Convert(FieldDocument document, string apiVersion);

    public FieldDocument Document(ReadOnlyMemory<byte> json) => new(ApiVersion, Schema, json);
}
