using System.Security.Cryptography;
using KubeSharp.ApiServer.Discovery;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary><c>/api</c>, <c>/apis</c> and what is below them, plain and aggregated; written once for each set of resources.</summary>
internal sealed class DiscoveryPaths(IResourceVerbs verbs, string address) : IPathHandler
{
    private sealed record Documents(IReadOnlyList<ServedResource> Of, Dictionary<string, Document> Plain, Dictionary<string, Document> Aggregated, IReadOnlyList<string> Paths);

    private sealed record Document(byte[] Bytes, string Tag);

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
            await AnswerWriter.JsonAsync(call.Context, call.Form with { WireFormat = call.Form.WireFormat == WireFormat.Yaml ? WireFormat.Yaml : WireFormat.Json }, plain.Bytes, StatusCodes.Status200OK, call.Aborted);
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
        var all = verbs.All;
        var known = Volatile.Read(ref _documents);
        if (ReferenceEquals(known?.Of, all))
            return known;

        var made = Make(all);
        Volatile.Write(ref _documents, made);
        return made;
    }

    private Documents Make(IReadOnlyList<ServedResource> all)
    {
        var types = all.SelectMany(r => SubresourcesOf(r).Prepend(r.Type)).ToList();
        var groups = GroupsOf(all);
        var plain = new Dictionary<string, Document>
        {
            ["/api"] = Of(DiscoveryDocuments.LegacyVersions(address)),
            ["/apis"] = Of(DiscoveryDocuments.Groups(groups.Where(g => g.Name.Length > 0))),
        };
        foreach (var group in groups)
        {
            if (group.Name.Length > 0)
                plain["/apis/" + group.Name] = Of(DiscoveryDocuments.Group(group));
            foreach (var version in group.Versions)
                plain[group.Name.Length == 0 ? "/api/" + version : $"/apis/{group.Name}/{version}"] = Of(DiscoveryDocuments.Resources(group.Name, version, types.Where(t => t.Group == group.Name && t.Version == version)));
        }

        var aggregated = new Dictionary<string, Document>
        {
            ["/api"] = Of(AggregatedDiscovery.Document(groups.Where(g => g.Name.Length == 0), In)),
            ["/apis"] = Of(AggregatedDiscovery.Document(groups.Where(g => g.Name.Length > 0), In)),
        };
        return new(all, plain, aggregated, [.. plain.Keys]);

        IEnumerable<ResourceType> In(string group, string version) => types.Where(t => t.Group == group && t.Version == version);
    }

    /// <summary>By name; those of custom resources as upstream lists them, status first.</summary>
    private static IEnumerable<ResourceType> SubresourcesOf(ServedResource resource) =>
        resource.Custom is null ? resource.Subresources.Values.OrderBy(s => s.Subresource, StringComparer.Ordinal) : resource.Subresources.Values.OrderByDescending(s => s.Subresource, StringComparer.Ordinal);

    /// <summary>The built-in groups in their own order, then those of custom resources.</summary>
    private static List<ServedGroup> GroupsOf(IReadOnlyList<ServedResource> all)
    {
        var served = all.Select(r => (r.Type.Group, r.Type.Version)).ToHashSet();
        var builtIn = ApiCatalog.Groups
            .Select(g => new ServedGroup(g.Name, [.. g.Versions.Where(v => served.Contains((g.Name, v)))]))
            .Where(g => g.Versions.Count > 0);
        var names = ApiCatalog.Groups.Select(g => g.Name).ToHashSet();
        var custom = all.Select(r => r.Type).Where(t => !names.Contains(t.Group)).GroupBy(t => t.Group)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new ServedGroup(g.Key, [.. g.Select(t => t.Version).Distinct().Order(VersionOrder.Comparer)]));
        return [.. builtIn, .. custom];
    }

    private ApiException Unknown(string[] parts)
    {
        var groups = GroupsOf(Current().Of);
        if (parts is [_, "apis", var name, ..] && !groups.Any(g => g.Name == name))
            return ApiException.NoSuchPath(DidYouMean.Hint(name, groups.Select(g => g.Name)));

        return ApiException.NoSuchPath();
    }

    private static Document Of(byte[] bytes) => new(bytes, $"\"{Convert.ToHexString(SHA512.HashData(bytes))}\"");
}
