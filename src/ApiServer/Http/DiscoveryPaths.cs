using System.Collections.Immutable;
using System.Security.Cryptography;
using KubeSharp.ApiServer.Aggregation;
using KubeSharp.ApiServer.Discovery;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.ApiregistrationV1;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary><c>/api</c>, <c>/apis</c> and what is below them, plain and aggregated; written once for each set of resources.</summary>
internal sealed class DiscoveryPaths(IResourceVerbs verbs, Aggregator? aggregator, string address) : IPathHandler
{
    private sealed record Documents(Source Of, Dictionary<string, Document> Plain, Dictionary<string, Document> Aggregated, IReadOnlyList<string> Paths);

    private sealed record Document(byte[] Bytes, string Tag);

    /// <summary>What the documents are made of. Each part is the same instance until it changes.</summary>
    private readonly record struct Source(IReadOnlyList<ServedResource> Own, IReadOnlyList<APIService> Services, ImmutableDictionary<string, RemoteVersion>? Remote)
    {
        public bool IsSame(Source other) => ReferenceEquals(Own, other.Own) && ReferenceEquals(Services, other.Services) && ReferenceEquals(Remote, other.Remote);
    }

    private Documents? _documents;

    /// <summary>The paths, for the index.</summary>
    public IEnumerable<string> Paths() => Current().Paths;

    public async ValueTask<bool> TryHandleAsync(ApiCall call)
    {
        var path = call.Info.Path.TrimEnd('/');
        if (path != "/api" && path != "/apis" && !path.StartsWith("/api/", StringComparison.Ordinal) && !path.StartsWith("/apis/", StringComparison.Ordinal))
            return false;

        call.CheckIsRead();
        var documents = Current();
        if (AggregatedDiscovery.IsAccepted(call.Accept) && documents.Aggregated.TryGetValue(path, out var aggregated))
        {
            await SendAsync(call, aggregated, AggregatedDiscovery.ContentType);
            return true;
        }

        if (!documents.Plain.TryGetValue(path, out var plain))
            throw Unknown(path.Split('/'));

        if (HttpMethods.IsGet(call.Request.Method) && call.Form is { WireFormat: WireFormat.Json, IsPretty: false })
            await SendAsync(call, plain, Negotiation.Json);
        else
            await AnswerWriter.JsonAsync(call.Context, call.Form with { WireFormat = call.Form.WireFormat is WireFormat.Protobuf ? WireFormat.Json : call.Form.WireFormat }, plain.Bytes, StatusCodes.Status200OK, call.Aborted);
        return true;
    }

    private static async Task SendAsync(ApiCall call, Document document, string type)
    {
        call.Response.Headers.Append("Vary", "Accept");
        call.Response.Headers.ETag = document.Tag;
        if (call.Request.Headers.IfNoneMatch.ToString().Split(',').Any(t => t.Trim() == document.Tag))
            call.Response.StatusCode = StatusCodes.Status304NotModified;
        else
            await AnswerWriter.SendAsync(call.Context, type, document.Bytes, StatusCodes.Status200OK, call.Aborted);
    }

    private Documents Current()
    {
        var source = new Source(verbs.All, aggregator?.Apis.Services ?? [], aggregator?.Discovery.Known);
        var known = Volatile.Read(ref _documents);
        if (known?.Of.IsSame(source) == true)
            return known;

        var made = Make(source);
        Volatile.Write(ref _documents, made);
        return made;
    }

    private Documents Make(Source source)
    {
        var types = source.Own.SelectMany(r => SubresourcesOf(r).Prepend(r.Type)).ToList();
        var order = new GroupOrder(source.Own, source.Services);
        var groups = order.Plain();
        var plain = new Dictionary<string, Document>
        {
            ["/api"] = Of(DiscoveryDocuments.LegacyVersions(address)),
            ["/apis"] = Of(DiscoveryDocuments.Groups(groups.Where(g => g.Name.Length > 0))),
        };
        foreach (var group in groups)
        {
            if (group.Name.Length > 0)
                plain["/apis/" + group.Name] = Of(DiscoveryDocuments.Group(group));
            foreach (var version in group.Versions.Where(v => !order.IsRemote(group.Name, v)))
                plain[group.Name.Length == 0 ? "/api/" + version : $"/apis/{group.Name}/{version}"] = Of(DiscoveryDocuments.Resources(group.Name, version, In(group.Name, version)));
        }

        var listed = order.Aggregated();
        var aggregated = new Dictionary<string, Document>
        {
            ["/api"] = Of(AggregatedDiscovery.Document(listed.Where(g => g.Name.Length == 0), In, Remote)),
            ["/apis"] = Of(AggregatedDiscovery.Document(listed.Where(g => g.Name.Length > 0), In, Remote)),
        };
        return new(source, plain, aggregated, [.. plain.Keys]);

        IEnumerable<ResourceType> In(string group, string version) => types.Where(t => t.Group == group && t.Version == version);

        RemoteVersion? Remote(string group, string version) =>
            order.IsRemote(group, version) ? source.Remote?.GetValueOrDefault($"{version}.{group}") ?? RemoteVersion.Unknown : null;
    }

    /// <summary>By name; those of custom resources as upstream lists them, status first.</summary>
    private static IEnumerable<ResourceType> SubresourcesOf(ServedResource resource) =>
        resource.Custom is null ? resource.Subresources.Values.OrderBy(s => s.Subresource, StringComparer.Ordinal) : resource.Subresources.Values.OrderByDescending(s => s.Subresource, StringComparer.Ordinal);

    private ApiException Unknown(string[] parts)
    {
        var names = Current().Of.Own.Select(r => r.Type.Group).ToHashSet();
        if (parts is [_, "apis", var name, ..] && !names.Contains(name))
            return ApiException.NoSuchPath(DidYouMean.Hint(name, names));

        return ApiException.NoSuchPath();
    }

    private static Document Of(byte[] bytes) => new(bytes, $"\"{Convert.ToHexString(SHA512.HashData(bytes))}\"");
}
