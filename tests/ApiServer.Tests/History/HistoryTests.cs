using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.Objects.RbacV1;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.History;

/// <summary>Looking at what was, over HTTP.</summary>
public sealed class HistoryTests : IAsyncLifetime
{
    private const string ConfigMaps = "/api/v1/namespaces/demo/configmaps";
    private const string Exact = "resourceVersionMatch=Exact";

    private WholeServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await WholeServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Every_kept_version_can_be_read_and_others_are_refused_in_upstreams_form()
    {
        var first = await PutAsync("POST", ConfigMaps, Map("a", "1"));
        var second = await PutAsync("PUT", ConfigMaps + "/a", Map("a", "2"));
        await _server.SendAsync("DELETE", ConfigMaps + "/a");
        var gone = _server.Core.Store.Revision;
        var again = await PutAsync("POST", ConfigMaps, Map("a", "3"));

        Assert.Equal(("1", $"{first}"), await ReadAsync(first));
        Assert.Equal(("2", $"{second}"), await ReadAsync(gone - 1));
        Assert.Equal(("3", $"{again}"), await ReadAsync(again));
        await RefusedAsync($"/a?resourceVersion={gone}&{Exact}", 404, $"configmaps \"a\" not found (it did not exist at resourceVersion {gone})");
        await RefusedAsync($"/a?resourceVersion={again + 100}&{Exact}", 504, $"Timeout: Too large resource version: {again + 100}, current: {again}");
        await RefusedAsync($"/a?resourceVersion=0&{Exact}", 422, "GetOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch \"exact\" needs a resourceVersion other than \"0\"");
        await RefusedAsync($"/a?resourceVersion=x&{Exact}", 400, "resourceVersion: Invalid value: \"x\": strconv.ParseUint: parsing \"x\": invalid syntax");

        await _server.Core.Store.CompactAsync(gone, Ct);
        var (code, expired) = await _server.SendAsync("GET", $"{ConfigMaps}/a?resourceVersion={first}&{Exact}");
        Assert.Equal((410, "Expired", $"too old resource version: {first} ({gone})"), (code, (string?)expired["reason"], (string?)expired["message"]));

        async Task<(string?, string?)> ReadAsync(long version)
        {
            var (status, map) = await _server.SendAsync("GET", $"{ConfigMaps}/a?resourceVersion={version}&{Exact}");
            Assert.True(status == 200, map.ToJsonString());
            return ((string?)map["data"]!["k"], (string?)map["metadata"]!["resourceVersion"]);
        }

        async Task RefusedAsync(string path, int expected, string message)
        {
            if (expected == 504)
                _server.Core.Clock.AutoAdvanceAmount = TimeSpan.FromSeconds(1);
            var asked = _server.SendAsync("GET", ConfigMaps + path);
            while (!asked.IsCompleted)
            {
                _server.Core.Clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Ct);
            }

            var (status, answer) = await asked;
            Assert.Equal((expected, message), (status, (string?)answer["message"]));
        }
    }

    [Fact]
    public async Task The_history_of_an_object_says_what_was_done_when_and_by_whom()
    {
        var first = await PutAsync("POST", ConfigMaps + "?fieldManager=maker", Map("a", "1"));
        var began = _server.Core.Clock.GetUtcNow();
        _server.Core.Clock.Advance(TimeSpan.FromHours(1));
        var second = await PutAsync("PUT", ConfigMaps + "/a?fieldManager=changer", Map("a", "2"));
        await _server.SendAsync("DELETE", ConfigMaps + "/a");
        var gone = _server.Core.Store.Revision;

        var (_, list) = await _server.SendAsync("GET", ConfigMaps + "/a/history");
        Assert.Equal(("ObjectVersionList", "history.kubesharp.io/v1", $"{gone}"), ((string?)list["kind"], (string?)list["apiVersion"], (string?)list["metadata"]!["resourceVersion"]));
        Assert.Equal(
            [$"deleted {gone} {second} - 1", $"updated {second} {first} changer 1", $"created {first} - maker 0"],
            list["items"]!.AsArray().Select(i => $"{i!["verb"]} {i["metadata"]!["resourceVersion"]} {i["previousResourceVersion"] ?? "-"} {i["manager"] ?? "-"} {Hours(i)}"));
        Assert.Equal(["metadata", "verb", "time", "manager"], list["items"]![2]!.AsObject().Select(p => p.Key));

        var (_, whole) = await _server.SendAsync("GET", ConfigMaps + "/a/history?includeObject=Object");
        Assert.Equal(["2", "2", "1"], whole["items"]!.AsArray().Select(i => (string?)i!["object"]!["data"]!["k"]));
        Assert.Equal(404, (await _server.SendAsync("GET", ConfigMaps + "/never/history")).Code);

        int Hours(JsonNode item) => (int)Math.Round((DateTimeOffset.Parse((string)item["time"]!, System.Globalization.CultureInfo.InvariantCulture) - began).TotalHours);
    }

    [Fact]
    public async Task Histories_and_deleted_objects_come_in_pages()
    {
        await PutAsync("POST", ConfigMaps, Map("a", "0"));
        for (var i = 1; i < 7; i++)
            await PutAsync("PUT", ConfigMaps + "/a", Map("a", $"{i}"));
        for (var i = 0; i < 7; i++)
        {
            await PutAsync("POST", ConfigMaps, Map($"d{i}", "x"));
            await _server.SendAsync("DELETE", $"{ConfigMaps}/d{i}");
        }

        Assert.Equal(["6", "5", "4", "3", "2", "1", "0"], await PagesAsync("/a/history?includeObject=Object&limit=3", i => (string?)i["object"]!["data"]!["k"]));
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"d{i}"), await PagesAsync("?deleted=true&limit=3", i => (string?)i["metadata"]!["name"]));
        Assert.Equal(400, (await _server.SendAsync("GET", ConfigMaps + "/a/history?continue=abc")).Code);
        Assert.Equal(400, (await _server.SendAsync("GET", ConfigMaps + "?deleted=true&continue=abc")).Code);

        async Task<List<string?>> PagesAsync(string path, Func<JsonNode, string?> text)
        {
            var (seen, token) = (new List<string?>(), "");
            do
            {
                var (code, page) = await _server.SendAsync("GET", $"{ConfigMaps}{path}{(token.Length > 0 ? "&continue=" + token : "")}");
                Assert.True(code == 200, page.ToJsonString());
                Assert.InRange(page["items"]!.AsArray().Count, 1, 3);
                seen.AddRange(page["items"]!.AsArray().Select(i => text(i!)));
                token = (string?)page["metadata"]!["continue"] ?? "";
            }
            while (token.Length > 0);
            return seen;
        }
    }

    [Fact]
    public async Task Deleted_objects_are_listed_in_a_namespace_or_everywhere_and_selected_by_labels()
    {
        await PutAsync("POST", "/api/v1/namespaces", """{"metadata":{"name":"other"}}""");
        foreach (var (ns, name, color) in new[] { ("demo", "a", "red"), ("demo", "b", "blue"), ("other", "a", "red") })
        {
            var path = $"/api/v1/namespaces/{ns}/configmaps";
            await PutAsync("POST", path, $$"""{"metadata":{"name":"{{name}}","labels":{"color":"{{color}}"} } }""");
            await _server.SendAsync("DELETE", $"{path}/{name}");
        }

        Assert.Equal(["demo/a", "demo/b"], await NamesAsync(ConfigMaps + "?deleted=true"));
        Assert.Equal(["demo/a", "demo/b", "other/a"], await NamesAsync("/api/v1/configmaps?deleted=true"));
        Assert.Equal(["demo/a", "other/a"], await NamesAsync("/api/v1/configmaps?deleted=true&labelSelector=color%3Dred"));
        Assert.Empty(await NamesAsync(ConfigMaps + "?deleted=false"));

        await PutAsync("POST", ConfigMaps, Map("a", "alive"));
        Assert.Equal(["demo/b"], await NamesAsync(ConfigMaps + "?deleted=true"));

        // What would delete living objects, or wait for ever, is not what was meant.
        foreach (var (method, query) in new[] { ("DELETE", "?deleted=true"), ("GET", "?deleted=true&watch=true") })
            Assert.Equal(405, (await _server.SendAsync(method, ConfigMaps + query)).Code);
        Assert.Equal(200, (await _server.SendAsync("GET", ConfigMaps + "/a")).Code);

        async Task<IEnumerable<string>> NamesAsync(string path) =>
            (await _server.SendAsync("GET", path)).Body["items"]!.AsArray().Select(i => $"{i!["metadata"]!["namespace"]}/{i["metadata"]!["name"]}");
    }

    [Fact]
    public async Task Lists_can_be_tables_and_yaml()
    {
        var first = await PutAsync("POST", ConfigMaps + "?fieldManager=maker", Map("a", "1"));
        await _server.SendAsync("DELETE", ConfigMaps + "/a");
        _server.Core.Clock.Advance(TimeSpan.FromMinutes(5));
        const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

        var (_, history) = await AskAsync("/a/history", Table);
        Assert.Equal(("Table", "Version Verb Manager Age"), ((string?)history["kind"], string.Join(' ', history["columnDefinitions"]!.AsArray().Select(c => (string?)c!["name"]))));
        Assert.Equal([$"{first + 1} deleted  5m", $"{first} created maker 5m"], history["rows"]!.AsArray().Select(r => string.Join(' ', r!["cells"]!.AsArray().Select(c => (string?)c))));
        Assert.Equal("PartialObjectMetadata", (string?)history["rows"]![0]!["object"]!["kind"]);

        var (_, deleted) = await AskAsync("?deleted=true", Table);
        Assert.Equal($"a {first + 1} 5m", string.Join(' ', deleted["rows"]![0]!["cells"]!.AsArray().Select(c => (string?)c)));
        var (_, exact) = await AskAsync($"/a?resourceVersion={first}&{Exact}", Table);
        Assert.Equal("a", (string?)exact["rows"]![0]!["cells"]![0]);

        var (code, yaml) = await _server.RawAsync("GET", ConfigMaps + "/a/history", "", [], new Dictionary<string, string> { ["Accept"] = "application/yaml" }, WholeServer.Admin);
        Assert.Equal((200, true), (code, yaml.Contains("kind: ObjectVersionList", StringComparison.Ordinal)));
        Assert.Equal(406, (await _server.RawAsync("GET", ConfigMaps + "/a/history", "", [], new Dictionary<string, string> { ["Accept"] = "application/vnd.kubernetes.protobuf" }, WholeServer.Admin)).Code);

        async Task<(int Code, JsonNode Body)> AskAsync(string path, string accept)
        {
            var at = path.IndexOf('?', StringComparison.Ordinal);
            var (plain, query) = at < 0 ? (path, "") : (path[..at], path[at..]);
            var (status, body) = await _server.RawAsync("GET", ConfigMaps + plain, query, [], new Dictionary<string, string> { ["Accept"] = accept }, WholeServer.Admin);
            return (status, JsonNode.Parse(body)!);
        }
    }

    [Fact]
    public async Task The_past_of_secrets_needs_the_right_to_read_them_and_undo()
    {
        const string Secrets = "/api/v1/namespaces/demo/secrets";
        var version = await PutAsync("POST", Secrets, """{"metadata":{"name":"s"},"data":{"k":"dg=="}}""");
        await _server.SendAsync("DELETE", Secrets + "/s");
        await GrantAsync("reader", "get", "list", "create");
        await GrantAsync("historian", "undo");
        await GrantAsync("both", "undo", "get", "list");
        await GrantAsync("restorer", "undo", "get", "create");

        foreach (var (path, query) in new[] { ("/s", $"?resourceVersion={version}&{Exact}"), ("/s/history", ""), ("/s/history", "?includeObject=Object"), ("", "?deleted=true") })
        {
            Assert.Equal((403, 403, 200), (await AskAsync("reader", "GET", path, query), await AskAsync("historian", "GET", path, query), await AskAsync("both", "GET", path, query)));
        }

        Assert.Equal(
            "secrets \"s\" is forbidden: User \"reader\" cannot undo resource \"secrets\" in API group \"\" in the namespace \"demo\"",
            (string?)JsonNode.Parse((await RawAsync("reader", "GET", "/s/history", "")).Body)!["message"]);
        foreach (var user in new[] { "reader", "historian", "both" })
            Assert.Equal(403, await AskAsync(user, "POST", "/s/restore", ""));
        Assert.Equal(404, (await _server.SendAsync("GET", Secrets + "/s")).Code);
        Assert.Equal(201, await AskAsync("restorer", "POST", "/s/restore", ""));
        Assert.Equal(403, await AskAsync("restorer", "POST", "/s/restore", $"?resourceVersion={version}"));

        var (_, review) = await _server.SendAsync("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", """{"spec":{"user":"both","resourceAttributes":{"verb":"undo","resource":"secrets","namespace":"demo"}}}""");
        Assert.True((bool)review["status"]!["allowed"]!);

        async Task<int> AskAsync(string user, string method, string path, string query) => (await RawAsync(user, method, path, query)).Code;

        Task<(int Code, string Body)> RawAsync(string user, string method, string path, string query) =>
            _server.RawAsync(method, Secrets + path, query, [], new Dictionary<string, string>(), new Identity(user, [Identity.Authenticated]));
    }

    [Fact]
    public async Task Lists_of_long_ago_are_for_those_who_may_undo()
    {
        var first = await PutAsync("POST", ConfigMaps, Map("a", "old"));
        await PutAsync("PUT", ConfigMaps + "/a", Map("a", "new"));
        await PutAsync("POST", ConfigMaps, Map("b", "new"));
        await GrantAsync("reader", "list");
        await GrantAsync("both", "undo", "list");
        var query = $"?resourceVersion={first}&{Exact}";
        Assert.Equal((200, 200), (await ListAsync("reader"), await ListAsync("both")));

        ((KubeSharp.Store.MemoryStore)_server.Core.Store).RecentRevision = first + 1;
        Assert.Equal((410, 200), (await ListAsync("reader"), await ListAsync("both")));

        async Task<int> ListAsync(string user) =>
            (await _server.RawAsync("GET", ConfigMaps, query, [], new Dictionary<string, string>(), new Identity(user, [Identity.Authenticated]))).Code;
    }

    [Fact]
    public async Task The_bootstrap_roles_let_editors_undo_and_viewers_not()
    {
        await _server.Core.Core.BootstrapAsync(Ct);
        var roles = _server.Core.Core.Objects.List<ClusterRole>();
        var edit = roles.Single(r => r.Metadata.Name == "kubesharp:aggregate-undo-to-edit");
        Assert.Equal("true", edit.Metadata.Labels["rbac.authorization.k8s.io/aggregate-to-edit"]);
        Assert.All(edit.Rules, r => Assert.Equal(["undo"], r.Verbs));
        Assert.Contains(edit.Rules, r => r.ApiGroups.Contains("apps") && r.Resources.Contains("deployments"));
        Assert.Contains("roles", roles.Single(r => r.Metadata.Name == "kubesharp:aggregate-undo-to-admin").Rules[0].Resources);
        Assert.DoesNotContain(roles.Where(r => r.Metadata.Labels.ContainsKey("rbac.authorization.k8s.io/aggregate-to-view")), r => r.Rules.Any(rule => rule.Verbs.Contains("undo")));

        // Whoever may undo by such a role may read and write the same too: the verb alone would be of no use.
        var held = roles.Where(r => r.Metadata.Labels.ContainsKey("rbac.authorization.k8s.io/aggregate-to-edit") || r.Metadata.Labels.ContainsKey("rbac.authorization.k8s.io/aggregate-to-view"))
            .SelectMany(r => r.Rules).ToList();
        foreach (var rule in edit.Rules)
        {
            foreach (var resource in rule.Resources)
                Assert.Contains(held, h => h.Verbs.Contains("get") && h.Resources.Contains(resource) && h.ApiGroups.Contains(rule.ApiGroups[0]));
        }
    }

    private async Task GrantAsync(string user, params string[] verbs)
    {
        await _server.Core.CreateAsync(new Role { Metadata = new() { Name = user, Namespace = "demo" }, Rules = [new() { ApiGroups = [""], Resources = ["secrets", "configmaps"], Verbs = verbs }] });
        await _server.Core.CreateAsync(new RoleBinding { Metadata = new() { Name = user, Namespace = "demo" }, RoleRef = new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "Role", Name = user }, Subjects = [new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "User", Name = user }] });
    }

    private async Task<long> PutAsync(string method, string path, string body)
    {
        var (code, answer) = await _server.SendAsync(method, path, body);
        Assert.True(code is 200 or 201, answer.ToJsonString());
        return long.Parse((string)answer["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Map(string name, string value) => $$"""{"metadata":{"name":"{{name}}"},"data":{"k":"{{value}}"} }""";
}
