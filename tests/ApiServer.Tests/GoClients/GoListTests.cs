using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.GoClients;

/// <summary>Lists, watches and partial objects, as Go's informers and kubectl ask for them.</summary>
public sealed class GoListTests
{
    private const string ConfigMaps = "/api/v1/namespaces/demo/configmaps";
    private const string Partial = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
    private const string Ships = "/apis/sea.example.com/v1/ships";

    private const string Definition = """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"ships.sea.example.com"},
         "spec":{"group":"sea.example.com","scope":"Cluster","names":{"plural":"ships","singular":"ship","kind":"Ship","listKind":"ShipList"},
                 "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_comes_in_pages()
    {
        await using var server = await GoServer.StartAsync();
        foreach (var name in new[] { "a", "b", "c" })
            await server.JsonAsync("POST", ConfigMaps, $$$"""{"metadata":{"name":"{{{name}}}"},"data":{"is":"{{{name}}}"}}""");

        var first = await server.SendAsync("GET", ConfigMaps + "?limit=2");
        Assert.Equal((200, "v1 ConfigMapList", 1UL), (first.Code, first.Type, first.Object.Number(1, 4)));
        Assert.Equal(["a", "b"], first.Object.All(2).Select(m => m.Text(1, 1)));
        Assert.Equal("b", first.Object.All(2)[1].Text(2, 2));

        var rest = await server.SendAsync("GET", $"{ConfigMaps}?limit=2&continue={Uri.EscapeDataString(first.Object.Text(1, 3))}");
        Assert.Equal(["c"], rest.Object.All(2).Select(m => m.Text(1, 1)));
        Assert.Equal((first.Object.Text(1, 2), ""), (rest.Object.Text(1, 2), rest.Object.Text(1, 3)));
        Assert.False(rest.Object.Message(1).Has(4));
    }

    [Fact]
    public async Task A_watch_tells_every_change_and_where_the_beginning_ends()
    {
        await using var server = await GoServer.StartAsync();
        await server.SendAsync("POST", ConfigMaps, GoServer.Golden("configmap"));
        using var response = await server.AskAsync("GET", ConfigMaps + "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
        Assert.Equal("application/vnd.kubernetes.protobuf;stream=watch", response.Content.Headers.ContentType!.ToString().Replace(" ", "", StringComparison.Ordinal));
        await using var stream = await response.Content.ReadAsStreamAsync(Ct);

        var added = await GoServer.FrameAsync(stream);
        Assert.Equal(("ADDED", "v1 ConfigMap", "settings"), (added.Type, added.Kind, added.Object.Text(1, 1)));
        var bookmark = await GoServer.FrameAsync(stream);
        Assert.Equal(("BOOKMARK", "v1 ConfigMap"), (bookmark.Type, bookmark.Kind));
        Assert.Equal(("k8s.io/initial-events-end", "true"), (bookmark.Object.Text(1, 12, 1), bookmark.Object.Text(1, 12, 2)));

        await server.SendAsync("PATCH", ConfigMaps + "/settings", "{\"immutable\":true}"u8.ToArray(), "application/merge-patch+json");
        var modified = await GoServer.FrameAsync(stream);
        Assert.Equal(("MODIFIED", 1UL), (modified.Type, modified.Object.Number(4)));
        await server.SendAsync("DELETE", ConfigMaps + "/settings", GoServer.Golden("deleteoptions-background"));
        var deleted = await GoServer.FrameAsync(stream);
        Assert.Equal(("DELETED", "settings"), (deleted.Type, deleted.Object.Text(1, 1)));
        Assert.True(Version(deleted.Object) > Version(modified.Object), "the version of the deletion is not newer");
    }

    [Fact]
    public async Task A_table_has_no_protobuf_and_falls_back()
    {
        await using var server = await GoServer.StartAsync();
        await server.SendAsync("POST", ConfigMaps, GoServer.Golden("configmap"));
        var (code, type, table) = await server.JsonAsync("GET", ConfigMaps, accept: Table);
        Assert.Equal((200, "application/json", "Table"), (code, type, (string?)table["kind"]));
        (code, type, table) = await server.JsonAsync("GET", ConfigMaps, accept: "application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io," + Table);
        Assert.Equal((200, "application/json", "Table"), (code, type, (string?)table["kind"]));
        using var refused = await server.AskAsync("GET", ConfigMaps, accept: "application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal(406, (int)refused.StatusCode);
    }

    [Fact]
    public async Task A_scale_has_a_table_of_its_own()
    {
        await using var server = await GoServer.StartAsync();
        await server.SendAsync("POST", "/apis/apps/v1/namespaces/demo/deployments", GoServer.Golden("deployment"));
        var (_, _, table) = await server.JsonAsync("GET", "/apis/apps/v1/namespaces/demo/deployments/web/scale", accept: Table);
        Assert.Equal(["Name", "Desired", "Available", "Age"], table["columnDefinitions"]!.AsArray().Select(c => (string?)c!["name"]));
        Assert.Equal("""["web",0,0,"0s"]""", table["rows"]![0]!["cells"]!.ToJsonString());
    }

    [Fact]
    public async Task Metadata_comes_as_protobuf_for_every_kind_even_a_custom_one()
    {
        await using var server = await GoServer.StartAsync();
        await server.SendAsync("POST", ConfigMaps, GoServer.Golden("configmap"));
        await DefineAsync(server);
        await server.JsonAsync("POST", Ships, """{"apiVersion":"sea.example.com/v1","kind":"Ship","metadata":{"name":"anna"},"spec":{"port":"hamburg"}}""");
        foreach (var (path, name) in new[] { (ConfigMaps, "settings"), (Ships, "anna") })
        {
            var list = await server.SendAsync("GET", path, accept: Partial);
            Assert.Equal((200, "meta.k8s.io/v1 PartialObjectMetadataList"), (list.Code, list.Type));
            var item = Assert.Single(list.Object.All(2), m => m.Text(1, 1) == name);
            Assert.False(item.Has(2));

            using var response = await server.AskAsync("GET", $"{path}?watch=true&resourceVersion=0&allowWatchBookmarks=true", accept: Partial.Replace("List", "", StringComparison.Ordinal));
            await using var stream = await response.Content.ReadAsStreamAsync(Ct);
            var added = await GoServer.FrameAsync(stream);
            Assert.Equal(("ADDED", "meta.k8s.io/v1 PartialObjectMetadata", name), (added.Type, added.Kind, added.Object.Text(1, 1)));
        }
    }

    [Fact]
    public async Task A_custom_resource_is_JSON_to_whoever_would_rather_have_protobuf()
    {
        await using var server = await GoServer.StartAsync();
        await DefineAsync(server);
        var (code, type, made) = await server.JsonAsync("POST", Ships, """{"apiVersion":"sea.example.com/v1","kind":"Ship","metadata":{"name":"anna"}}""", accept: GoServer.Accept);
        Assert.Equal((201, "application/json", "anna"), (code, type, (string?)made["metadata"]!["name"]));
        (code, type, _) = await server.JsonAsync("GET", Ships, accept: GoServer.Accept);
        Assert.Equal((200, "application/json"), (code, type));
        using var refused = await server.AskAsync("POST", Ships, GoServer.Golden("configmap"));
        Assert.Equal(415, (int)refused.StatusCode);
    }

    private static ulong Version(WireMessage obj) => ulong.Parse(obj.Text(1, 6), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task DefineAsync(GoServer server)
    {
        await server.JsonAsync("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Definition);
        using var response = await server.AskAsync("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true", accept: "application/json");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        while (await lines.ReadLineAsync(Ct) is { } line)
        {
            var conditions = JsonNode.Parse(line)!["object"]!["status"]?["conditions"]?.AsArray();
            if (conditions?.Any(c => ((string?)c!["type"], (string?)c["status"]) == ("Established", "True")) == true)
                return;
        }
    }
}
