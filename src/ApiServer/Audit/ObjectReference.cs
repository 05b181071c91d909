using System.Text.Json;

namespace KubeSharp.ApiServer.Audit;

/// <summary>What a request is about. Empty fields are not written.</summary>
internal sealed record ObjectReference
{
    public string Resource { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Name { get; init; } = "";

    public string Uid { get; init; } = "";

    public string ApiGroup { get; init; } = "";

    public string ApiVersion { get; init; } = "";

    public string ResourceVersion { get; init; } = "";

    public string Subresource { get; init; } = "";

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        Write("resource"u8, Resource);
        Write("namespace"u8, Namespace);
        Write("name"u8, Name);
        Write("uid"u8, Uid);
        Write("apiGroup"u8, ApiGroup);
        Write("apiVersion"u8, ApiVersion);
        Write("resourceVersion"u8, ResourceVersion);
        Write("subresource"u8, Subresource);
        writer.WriteEndObject();

        void Write(ReadOnlySpan<byte> name, string value)
        {
            if (value.Length > 0)
                writer.WriteString(name, value);
        }
    }
}
