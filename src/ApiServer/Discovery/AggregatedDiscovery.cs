using System.Text.Json;
using KubeSharp.ApiServer.Aggregation;

namespace KubeSharp.ApiServer.Discovery;

/// <summary>All of discovery in two documents (KEP-3352, <c>apidiscovery.k8s.io/v2</c>): what a modern kubectl asks for first. Pure.</summary>
internal static class AggregatedDiscovery
{
    public const string ContentType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// <summary>Whether one of the client's accepted types is the aggregated document.</summary>
    public static bool IsAccepted(string accept) =>
        accept.Split(',').Any(t => Has(t, "as=APIGroupDiscoveryList") && Has(t, "v=v2") && Has(t, "g=apidiscovery.k8s.io"));

    /// <param name="remoteOf">What another server serves of a version; null if the version is this server's own.</param>
    public static byte[] Document(IEnumerable<ServedGroup> groups, Func<string, string, IEnumerable<ResourceType>> resourcesOf, Func<string, string, RemoteVersion?> remoteOf) =>
        DiscoveryDocuments.Write(w =>
        {
            w.WriteStartObject();
            w.WriteString("kind"u8, "APIGroupDiscoveryList"u8);
            w.WriteString("apiVersion"u8, "apidiscovery.k8s.io/v2"u8);
            w.WriteStartObject("metadata"u8);
            w.WriteEndObject();
            w.WriteStartArray("items"u8);
            foreach (var group in groups)
                WriteGroup(w, group, resourcesOf, remoteOf);
            w.WriteEndArray();
            w.WriteEndObject();
        });

    private static bool Has(string type, string parameter) => type.Split(';').Any(p => p.Trim() == parameter);

    private static void WriteGroup(Utf8JsonWriter w, ServedGroup group, Func<string, string, IEnumerable<ResourceType>> resourcesOf, Func<string, string, RemoteVersion?> remoteOf)
    {
        w.WriteStartObject();
        w.WriteStartObject("metadata"u8);
        if (group.Name.Length > 0)
            w.WriteString("name"u8, group.Name);
        w.WriteNull("creationTimestamp"u8);
        w.WriteEndObject();
        w.WriteStartArray("versions"u8);
        foreach (var version in group.Versions)
        {
            w.WriteStartObject();
            w.WriteString("version"u8, version);
            if (remoteOf(group.Name, version) is { } remote)
            {
                WriteRemote(w, remote);
                w.WriteEndObject();
                continue;
            }

            w.WriteStartArray("resources"u8);
            var all = resourcesOf(group.Name, version).ToList();
            foreach (var resource in all.Where(r => r.Subresource.Length == 0))
                WriteResource(w, resource, all.Where(r => r.Plural == resource.Plural && r.Subresource.Length > 0));
            w.WriteEndArray();
            w.WriteString("freshness"u8, "Current"u8);
            w.WriteEndObject();
        }

        w.WriteEndArray();
        w.WriteEndObject();
    }

    private static void WriteRemote(Utf8JsonWriter w, RemoteVersion remote)
    {
        if (remote.Resources.Length > 0)
        {
            w.WritePropertyName("resources"u8);
            w.WriteRawValue(remote.Resources);
        }

        w.WriteString("freshness"u8, remote.IsStale ? "Stale"u8 : "Current"u8);
    }

    private static void WriteResource(Utf8JsonWriter w, ResourceType resource, IEnumerable<ResourceType> subresources)
    {
        w.WriteStartObject();
        w.WriteString("resource"u8, resource.Plural);
        WriteKind(w, resource);
        w.WriteString("scope"u8, resource.Namespaced ? "Namespaced"u8 : "Cluster"u8);
        w.WriteString("singularResource"u8, resource.Singular);
        DiscoveryDocuments.WriteStrings(w, "verbs"u8, resource.Verbs);
        if (resource.ShortNames.Count > 0)
            DiscoveryDocuments.WriteStrings(w, "shortNames"u8, resource.ShortNames);
        if (resource.Categories.Count > 0)
            DiscoveryDocuments.WriteStrings(w, "categories"u8, resource.Categories);

        var isFirst = true;
        foreach (var subresource in subresources)
        {
            if (isFirst)
                w.WriteStartArray("subresources"u8);
            isFirst = false;
            w.WriteStartObject();
            w.WriteString("subresource"u8, subresource.Subresource);
            WriteKind(w, subresource);
            DiscoveryDocuments.WriteStrings(w, "verbs"u8, subresource.Verbs);
            w.WriteEndObject();
        }

        if (!isFirst)
            w.WriteEndArray();
        w.WriteEndObject();
    }

    private static void WriteKind(Utf8JsonWriter w, ResourceType resource)
    {
        w.WriteStartObject("responseKind"u8);
        w.WriteString("group"u8, resource.ResponseGroup.Length > 0 ? resource.ResponseGroup : resource.Group);
        w.WriteString("version"u8, resource.ResponseVersion.Length > 0 ? resource.ResponseVersion : resource.Version);
        w.WriteString("kind"u8, resource.Kind);
        w.WriteEndObject();
    }
}
