using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace KubeSharp.Controllers;

/// <summary>Requests about objects of any kind, known only at run time: what garbage collection and namespaces need.</summary>
internal sealed class AnyObjects(IClient client)
{
    private const string AsMetadata = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
    private const string AsMetadataList = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";

    /// <summary>How many are asked for at once: a namespace may hold more than should be in memory.</summary>
    private const int PageSize = 1000;

    /// <summary>Everything that can be listed, watched and deleted; events are not: they have no owners and go by themselves.</summary>
    public static IReadOnlyList<ResourceType> Deletable { get; } =
        [.. ApiCatalog.All.Where(t => t.Subresource.Length == 0 && t.Kind != "Event" && t.Verbs.Contains("list") && t.Verbs.Contains("watch") && t.Verbs.Contains("delete")
                && ApiCatalog.CodecFor(t.Group, t.Version, t.Kind) is not null)
            .DistinctBy(t => (t.Group, t.Plural))];

    /// <summary>The custom resources that are served now, and the resources of servers behind the API server.</summary>
    public Task<ServedBeyond> CustomAsync(CancellationToken ct) => ServedResources.CustomAsync(client, ct);

    /// <summary>As <see cref="Find"/>, custom resources included.</summary>
    public async Task<ResourceType?> FindServedAsync(string apiVersion, string kind, CancellationToken ct)
    {
        if (Find(apiVersion, kind) is { } own)
            return own;

        // Of a custom resource any version will do: its objects are the same.
        var group = apiVersion[..Math.Max(0, apiVersion.IndexOf('/', StringComparison.Ordinal))];
        return group.Length == 0 ? null : (await CustomAsync(ct)).Types.FirstOrDefault(t => t.Group == group && t.Kind == kind);
    }

    /// <summary>The resource of an owner reference, or <see langword="null"/> if this server does not serve it.</summary>
    public static ResourceType? Find(string apiVersion, string kind) =>
        ApiCatalog.All.FirstOrDefault(t => t.Subresource.Length == 0 && t.ApiVersion == apiVersion && t.Kind == kind && t.Verbs.Contains("get"));

    public async Task<PartialObjectMetadata?> FindAsync(ResourceType type, ObjectKey key, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path(type, key.Namespace, key.Name));
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(AsMetadata));
        using var answer = await client.SendAsync(request, ct);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : Json.Decode<PartialObjectMetadata>(await BytesAsync(answer, ct));
    }

    public Task<PartialObjectMetadataList> ListAsync(ResourceType type, string ns, CancellationToken ct) => CollectionAsync(HttpMethod.Get, Path(type, ns, ""), ct);

    /// <summary>The first of them, and in the list's metadata whether there are more.</summary>
    public Task<PartialObjectMetadataList> FirstAsync(ResourceType type, string ns, CancellationToken ct) =>
        CollectionAsync(HttpMethod.Get, $"{Path(type, ns, "")}?limit={PageSize}", ct);

    /// <summary>Opens a watch; each line of the answer is one event. The caller disposes it.</summary>
    public async Task<HttpResponseMessage> WatchAsync(ResourceType type, string resourceVersion, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Path(type, "", "")}?watch=true&allowWatchBookmarks=true&resourceVersion={resourceVersion}");
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(AsMetadata));
        var answer = await client.SendAsync(request, ct);
        if (answer.IsSuccessStatusCode)
            return answer;

        using (answer)
            throw await ErrorAsync(answer, ct);
    }

    public async Task DeleteAsync(ResourceType type, ObjectKey key, DeleteOptions options, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, Path(type, key.Namespace, key.Name)) { Content = Body(Json.Encode(options), "application/json") };
        using var answer = await client.SendAsync(request, ct);
        if (answer.StatusCode != HttpStatusCode.NotFound)
            await BytesAsync(answer, ct);
    }

    /// <summary>Page by page: the answer to a deletion lists what it deleted.</summary>
    public async Task DeleteAllAsync(ResourceType type, string ns, CancellationToken ct)
    {
        var after = "";
        do
        {
            var page = await CollectionAsync(HttpMethod.Delete, $"{Path(type, ns, "")}?limit={PageSize}{after}", ct);
            after = page.Metadata.Continue.Length == 0 ? "" : "&continue=" + Uri.EscapeDataString(page.Metadata.Continue);
        }
        while (after.Length > 0);
    }

    /// <summary>A merge patch; an object that is gone is no error.</summary>
    public async Task PatchAsync(ResourceType type, ObjectKey key, string body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, Path(type, key.Namespace, key.Name)) { Content = Body(Encoding.UTF8.GetBytes(body), "application/merge-patch+json") };
        using var answer = await client.SendAsync(request, ct);
        if (answer.StatusCode != HttpStatusCode.NotFound)
            await BytesAsync(answer, ct);
    }

    private async Task<PartialObjectMetadataList> CollectionAsync(HttpMethod method, string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(AsMetadataList));
        using var answer = await client.SendAsync(request, ct);
        return Json.Decode<PartialObjectMetadataList>(await BytesAsync(answer, ct));
    }

    private static string Path(ResourceType type, string ns, string name)
    {
        var root = type.Group.Length == 0 ? $"/api/{type.Version}" : $"/apis/{type.Group}/{type.Version}";
        var collection = type.Namespaced && ns.Length > 0 ? $"{root}/namespaces/{ns}/{type.Plural}" : $"{root}/{type.Plural}";
        return name.Length == 0 ? collection : $"{collection}/{Uri.EscapeDataString(name)}";
    }

    private static ByteArrayContent Body(byte[] bytes, string type) => new(bytes) { Headers = { ContentType = new(type) } };

    private static async Task<byte[]> BytesAsync(HttpResponseMessage answer, CancellationToken ct) =>
        answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync(ct) : throw await ErrorAsync(answer, ct);

    private static async Task<ApiException> ErrorAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsByteArrayAsync(ct);
        try
        {
            return new(Json.Decode<Status>(text));
        }
        catch (Exception e) when (e is DecodeException or JsonException)
        {
            return new(ApiException.Failure((int)answer.StatusCode, "Unknown", Encoding.UTF8.GetString(text)));
        }
    }
}
