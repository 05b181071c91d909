using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>An object in one version of the API, as ownership walks it. Dispose it when nothing reads it any longer.</summary>
internal sealed class FieldDocument : IDisposable
{
    private readonly JsonDocument _parsed;

    /// <exception cref="JsonException">Not JSON.</exception>
    public FieldDocument(string apiVersion, Schema schema, ReadOnlyMemory<byte> json)
    {
        (ApiVersion, Schema, Json) = (apiVersion, schema, json);
        _parsed = JsonDocument.Parse(json, new() { MaxDepth = Machinery.Json.ReaderOptions.MaxDepth });
    }

    public string ApiVersion { get; }

    public Schema Schema { get; }

    public ReadOnlyMemory<byte> Json { get; }

    public JsonElement Root => _parsed.RootElement;

    public FieldSet Fields => FieldSchemas.FieldsOf(Schema, Root);

    public FieldDocument With(JsonNode? content) => new(ApiVersion, Schema, JsonBytes.Of(content));

    public FieldDocument Without(FieldSet places) => With(FieldMerge.Remove(Schema, Root, places));

    public FieldDocument MergedWith(FieldDocument applied) => With(FieldMerge.Merge(Schema, Root, applied.Root));

    public FieldSet NamedFields() => FieldSchemas.WithNamedFields(Fields, Schema);

    public void Dispose() => _parsed.Dispose();
}
