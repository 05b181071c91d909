using System.Buffers;
using System.Text.Json;

namespace KubeSharp.ApiServer.Discovery;

/// <summary>A group as discovery shows it: its versions, the preferred one first.</summary>
public sealed record ServedGroup(string Name, IReadOnlyList<string> Versions);

/// <summary>The documents of unaggregated discovery (<c>/api</c>, <c>/apis</c>, <c>/apis/GROUP</c>, <c>/apis/GROUP/VERSION</c>). Pure.</summary>
internal static class DiscoveryDocuments
{
    /// <summary><c>/api</c></summary>
    /// <param name="address">Host and port under which clients outside reach this server.</param>
    public static byte[] LegacyVersions(string address) => Write(w =>
    {
        w.WriteStartObject();
        w.WriteString("kind"u8, "APIVersions"u8);
        w.WriteStartArray("versions"u8);
        w.WriteStringValue("v1"u8);
        w.WriteEndArray();
        w.WriteStartArray("serverAddressByClientCIDRs"u8);
        w.WriteStartObject();
        w.WriteString("clientCIDR"u8, "0.0.0.0/0"u8);
        w.WriteString("serverAddress"u8, address);
        w.WriteEndObject();
        w.WriteEndArray();
        w.WriteEndObject();
    });

    /// <summary><c>/apis</c></summary>
    public static byte[] Groups(IEnumerable<ServedGroup> groups) => Write(w =>
    {
        w.WriteStartObject();
        w.WriteString("kind"u8, "APIGroupList"u8);
        w.WriteString("apiVersion"u8, "v1"u8);
        w.WriteStartArray("groups"u8);
        foreach (var group in groups)
        {
            w.WriteStartObject();
            WriteGroup(w, group);
            w.WriteEndObject();
        }

        w.WriteEndArray();
        w.WriteEndObject();
    });

    /// <summary><c>/apis/GROUP</c></summary>
    public static byte[] Group(ServedGroup group) => Write(w =>
    {
        w.WriteStartObject();
        w.WriteString("kind"u8, "APIGroup"u8);
        w.WriteString("apiVersion"u8, "v1"u8);
        WriteGroup(w, group);
        w.WriteEndObject();
    });

    /// <summary><c>/api/v1</c> and <c>/apis/GROUP/VERSION</c></summary>
    public static byte[] Resources(string group, string version, IEnumerable<ResourceType> resources) => Write(w =>
    {
        w.WriteStartObject();
        w.WriteString("kind"u8, "APIResourceList"u8);
        if (group.Length > 0)
            w.WriteString("apiVersion"u8, "v1"u8);
        w.WriteString("groupVersion"u8, group.Length == 0 ? version : $"{group}/{version}");
        w.WriteStartArray("resources"u8);
        foreach (var resource in resources)
            WriteResource(w, resource);
        w.WriteEndArray();
        w.WriteEndObject();
    });

    internal static byte[] Write(Action<Utf8JsonWriter> body)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, Json.WriterOptions))
            body(writer);
        return buffer.WrittenSpan.ToArray();
    }

    internal static void WriteStrings(Utf8JsonWriter w, ReadOnlySpan<byte> name, IReadOnlyList<string> values)
    {
        w.WriteStartArray(name);
        foreach (var value in values)
            w.WriteStringValue(value);
        w.WriteEndArray();
    }

    private static void WriteGroup(Utf8JsonWriter w, ServedGroup group)
    {
        w.WriteString("name"u8, group.Name);
        w.WriteStartArray("versions"u8);
        foreach (var version in group.Versions)
        {
            w.WriteStartObject();
            WriteVersion(w, group.Name, version);
            w.WriteEndObject();
        }

        w.WriteEndArray();
        w.WriteStartObject("preferredVersion"u8);
        WriteVersion(w, group.Name, group.Versions[0]);
        w.WriteEndObject();
    }

    private static void WriteVersion(Utf8JsonWriter w, string group, string version)
    {
        w.WriteString("groupVersion"u8, $"{group}/{version}");
        w.WriteString("version"u8, version);
    }

    private static void WriteResource(Utf8JsonWriter w, ResourceType resource)
    {
        w.WriteStartObject();
        w.WriteString("name"u8, resource.Subresource.Length == 0 ? resource.Plural : $"{resource.Plural}/{resource.Subresource}");
        w.WriteString("singularName"u8, resource.Singular);
        w.WriteBoolean("namespaced"u8, resource.Namespaced);
        if (resource.ResponseGroup.Length > 0 && resource.ResponseGroup != resource.Group)
        {
            w.WriteString("group"u8, resource.ResponseGroup);
            w.WriteString("version"u8, resource.ResponseVersion);
        }

        w.WriteString("kind"u8, resource.Kind);
        WriteStrings(w, "verbs"u8, resource.Verbs);
        if (resource.ShortNames.Count > 0)
            WriteStrings(w, "shortNames"u8, resource.ShortNames);
        if (resource.Categories.Count > 0)
            WriteStrings(w, "categories"u8, resource.Categories);
        if (resource.StorageVersionHash.Length > 0)
            w.WriteString("storageVersionHash"u8, resource.StorageVersionHash);
        w.WriteEndObject();
    }
}
