using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Aggregation;
using KubeSharp.ApiServer.Discovery;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.ApiregistrationV1;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.OpenApi;

/// <summary><c>/openapi/v2</c>, <c>/openapi/v3</c> and a document for each group and version, made on first use and kept.</summary>
internal sealed class OpenApiPaths(IResourceVerbs verbs, Aggregator? aggregator, string serverVersion) : IPathHandler
{
    private const string Root = "/openapi/v3";
    private const string NeverChanges = "public, immutable";

    /// <param name="Of">The own resources but those of versions that another server answers for.</param>
    private sealed record Documents(IReadOnlyList<ServedResource> All, IReadOnlyList<APIService> Services, ImmutableDictionary<string, RemoteSpec>? Remote, IReadOnlyList<ServedResource> Of)
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, KeptDocument> _made = new(StringComparer.Ordinal);

        public KeptDocument Get(string name, Func<byte[]> make)
        {
            lock (_gate)
            {
                if (!_made.TryGetValue(name, out var document))
                    _made[name] = document = KeptDocument.Of(make());
                return document;
            }
        }
    }

    private Documents? _documents;

    public async ValueTask<bool> TryHandleAsync(ApiCall call)
    {
        var path = call.Info.Path;
        if (!path.StartsWith("/openapi/", StringComparison.Ordinal))
            return false;

        var documents = Current();
        if (path == "/openapi/v2")
            await SendSecondAsync(call, documents);
        else if (path is Root or Root + "/")
            await SendAsync(call, documents.Get(Root, () => Index(documents)));
        else if (path.StartsWith(Root + "/", StringComparison.Ordinal) && aggregator?.Apis.OfPath(path[Root.Length..]) is { } api && documents.Remote?.GetValueOrDefault(api.Name)?.ThirdIndex.Length > 0)
            await aggregator.ForwardAsync(call, api);
        else if (path.StartsWith(Root + "/", StringComparison.Ordinal))
            await SendAsync(call, GroupDocument(documents, path[(Root.Length + 1)..]) ?? throw ApiException.NoSuchPath());
        else
            throw ApiException.NoSuchPath();
        return true;
    }

    private Task SendSecondAsync(ApiCall call, Documents documents)
    {
        var json = documents.Get("v2", () => Second(documents));
        return GnosticWriter.IsAccepted(call.Accept)
            ? SendAsync(call, documents.Get("v2 gnostic", () => GnosticWriter.Convert(json.ToBytes())), GnosticWriter.ContentType)
            : SendAsync(call, json);
    }

    private static async Task SendAsync(ApiCall call, KeptDocument document, string type = Negotiation.Json)
    {
        var headers = call.Response.Headers;
        var tag = $"\"{document.Hash}\"";
        headers.ETag = tag;
        headers.Vary = "Accept-Encoding, Accept";
        var asked = QueryOptions.Text(call.Request.Query, "hash");
        if (asked.Length > 0 && asked != document.Hash)
        {
            // The document has changed since the index was read: send the client to the one there is.
            call.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            headers.Location = $"{call.Info.Path}?hash={document.Hash}";
            return;
        }

        if (asked.Length > 0)
            headers.CacheControl = NeverChanges;
        if (call.Request.Headers.IfNoneMatch.ToString().Split(',').Any(t => t.Trim() == tag))
        {
            call.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (Compression.IsWanted(call.Request))
        {
            headers.ContentEncoding = "gzip";
            await AnswerWriter.SendAsync(call.Context, type, document.Zipped, StatusCodes.Status200OK, call.Aborted);
            return;
        }

        call.Response.ContentType = type;
        call.Response.ContentLength = document.Length;
        if (HttpMethods.IsHead(call.Request.Method))
            return;
        await using var plain = document.Open();
        await plain.CopyToAsync(call.Response.BodyWriter, call.Aborted);
    }

    private Documents Current()
    {
        var (all, services, remote) = (verbs.All, aggregator?.Apis.Services ?? [], aggregator?.OpenApi.Known);
        var known = Volatile.Read(ref _documents);
        if (known is not null && ReferenceEquals(known.All, all) && ReferenceEquals(known.Remote, remote)
            && (ReferenceEquals(known.Services, services) || aggregator!.Apis.All.Count == 0))
            return known;

        var made = new Documents(all, services, remote, [.. all.Where(r => aggregator?.Apis.Find(r.Type.Group, r.Type.Version) is null)]);
        Volatile.Write(ref _documents, made);
        return made;
    }

    private static IEnumerable<string> GroupPaths(IReadOnlyList<ServedResource> all) => all.Select(r => PathOf(r.Type)).Distinct();

    private static string PathOf(ResourceType type) => type.Group.Length == 0 ? $"api/{type.Version}" : $"apis/{type.Group}/{type.Version}";

    private KeptDocument? GroupDocument(Documents documents, string name)
    {
        var own = documents.Of.Where(r => PathOf(r.Type) == name).ToList();
        return own.Count == 0 ? null : documents.Get(name, () => Make(own, OpenApiVersion.V3));
    }

    private byte[] Index(Documents documents) => DiscoveryDocuments.Write(w =>
    {
        w.WriteStartObject();
        w.WriteStartObject("paths"u8);
        foreach (var name in GroupPaths(documents.Of))
        {
            w.WriteStartObject(name);
            w.WriteString("serverRelativeURL"u8, $"{Root}/{name}?hash={GroupDocument(documents, name)!.Hash}");
            w.WriteEndObject();
        }

        foreach (var api in aggregator?.Apis.All ?? [])
        {
            if (documents.Remote?.GetValueOrDefault(api.Name) is not { ThirdIndex.Length: > 0 } spec)
                continue;

            w.WritePropertyName(api.Path[1..]);
            w.WriteRawValue(spec.ThirdIndex);
        }

        w.WriteEndObject();
        w.WriteEndObject();
    });

    private byte[] Second(Documents documents)
    {
        var own = Make(documents.Of, OpenApiVersion.V2);
        var others = (aggregator?.Apis.All ?? []).Select(a => documents.Remote?.GetValueOrDefault(a.Name)?.Second).Where(s => s is { Length: > 0 }).ToList();
        if (others.Count == 0)
            return own;

        var merged = JsonNode.Parse(own)!.AsObject();
        foreach (var other in others)
            SecondMerge.Add(merged, JsonNode.Parse(other!)!.AsObject());
        return DiscoveryDocuments.Write(w => merged.WriteTo(w));
    }

    private byte[] Make(IEnumerable<ServedResource> resources, OpenApiVersion version) =>
        new OpenApiDocument([.. resources.SelectMany(Published)], version, serverVersion).ToBytes();

    private static IEnumerable<PublishedResource> Published(ServedResource resource)
    {
        yield return new(resource.Type, resource.Kind.Codec.Schema);
        foreach (var sub in resource.Subresources.Values)
        {
            var (group, version, kind) = OperationWriter.KindOf(sub);
            if ((ApiCatalog.CodecFor(group, version, kind) ?? ApiCatalog.CodecFor(sub.Group, sub.Version, kind)) is { } codec)
                yield return new(sub, codec.Schema);
            else if (kind == resource.Type.Kind)
                yield return new(sub, resource.Kind.Codec.Schema);
        }
    }
}
