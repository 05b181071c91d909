using System.Net;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.Http;

public sealed class DocumentTests : IDisposable
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    private readonly Server _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Discovery_names_every_group_version_and_resource()
    {
        var (_, groups) = await _server.JsonAsync("GET", "/apis");
        foreach (var version in groups["groups"]!.AsArray().SelectMany(g => g!["versions"]!.AsArray()))
        {
            var (code, resources) = await _server.JsonAsync("GET", "/apis/" + (string)version!["groupVersion"]!);
            Assert.Equal((200, "APIResourceList"), (code, (string?)resources["kind"]));
            Assert.NotEmpty(resources["resources"]!.AsArray());
        }

        var (_, core) = await _server.JsonAsync("GET", "/api/v1");
        var names = core["resources"]!.AsArray().Select(r => (string?)r!["name"]).ToList();
        Assert.Contains("pods", names);
        Assert.Contains("pods/exec", names);
        Assert.Contains("serviceaccounts/token", names);
    }

    [Theory]
    [InlineData("/api", "pods")]
    [InlineData("/apis", "deployments")]
    public async Task Aggregated_discovery_is_sent_once_and_then_known_by_its_tag(string path, string resource)
    {
        using var first = await _server.SendAsync("GET", path, accept: Aggregated);
        Assert.Equal("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", string.Concat(first.Content.Headers.GetValues("Content-Type")).Replace(" ", "", StringComparison.Ordinal));
        var document = JsonNode.Parse(await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Contains(document["items"]!.AsArray().SelectMany(g => g!["versions"]!.AsArray()).SelectMany(v => v!["resources"]!.AsArray()), r => (string?)r!["resource"] == resource);

        using var again = await _server.SendAsync("GET", path, accept: Aggregated, headers: ("If-None-Match", first.Headers.GetValues("ETag").Single()));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task OpenApi_v3_is_an_index_of_immutable_documents()
    {
        var (_, index) = await _server.JsonAsync("GET", "/openapi/v3");
        foreach (var name in new[] { "api/v1", "apis/apps/v1", "apis/batch/v1" })
        {
            using var response = await _server.SendAsync("GET", (string)index["paths"]![name]!["serverRelativeURL"]!);
            Assert.Contains("immutable", response.Headers.GetValues("Cache-Control").Single(), StringComparison.Ordinal);
            var document = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
            AssertReferencesLead(document, document["components"]!["schemas"]!.AsObject(), "#/components/schemas/");
        }

        using var stale = await _server.SendAsync("GET", "/openapi/v3/api/v1?hash=OLD");
        Assert.Equal(HttpStatusCode.MovedPermanently, stale.StatusCode);
    }

    [Fact]
    public async Task OpenApi_v2_defines_all_it_refers_to_and_names_the_kinds()
    {
        var (_, document) = await _server.JsonAsync("GET", "/openapi/v2");
        var definitions = document["definitions"]!.AsObject();
        AssertReferencesLead(document, definitions, "#/definitions/");
        var pod = definitions["io.k8s.api.core.v1.Pod"]!;
        Assert.Contains(pod["x-kubernetes-group-version-kind"]!.AsArray(), k => (string?)k!["kind"] == "Pod" && (string?)k["version"] == "v1");
        Assert.Equal("name", (string?)definitions["io.k8s.api.core.v1.PodSpec"]!["properties"]!["containers"]!["x-kubernetes-patch-merge-key"]);
        Assert.NotNull(document["paths"]!["/apis/apps/v1/namespaces/{namespace}/deployments"]!["post"]);
    }

    [Fact]
    public async Task Older_kubectls_get_OpenApi_v2_as_the_protobuf_they_ask_for()
    {
        const string Type = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
        using var response = await _server.SendAsync("GET", "/openapi/v2", accept: Type);
        Assert.Equal(Type.Replace('@', '.'), response.Content.Headers.GetValues("Content-Type").Single());
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("2.0", true), (Field(bytes, 1), Names(bytes).Contains("io.k8s.api.core.v1.Pod")));

        static string Field(byte[] message, int number)
        {
            var reader = new ProtoReader(message);
            while (reader.Next(out var field))
            {
                if (field == number)
                    return System.Text.Encoding.UTF8.GetString(reader.Bytes());
                reader.Skip();
            }

            return "";
        }

        static List<string> Names(byte[] document)
        {
            var names = new List<string>();
            var reader = new ProtoReader(document);
            while (reader.Next(out var field))
            {
                if (field != 9)
                {
                    reader.Skip();
                    continue;
                }

                var definitions = new ProtoReader(reader.Bytes());
                while (definitions.Next(out _))
                    names.Add(Field(definitions.Bytes().ToArray(), 1));
            }

            return names;
        }
    }

    [Theory]
    [InlineData("/apis/app/v1/deployments", "did you mean \"apps\"?")]
    [InlineData("/apis/apps/v1/namespaces/x/deplyoments", "did you mean \"deployments\"?")]
    [InlineData("/api/v1/namespaces/x/deployments", "\"apps/v1\"")]
    [InlineData("/api/v1/namespaces/x/svc", "did you mean \"services\"?")]
    public async Task A_path_that_leads_nowhere_is_told_what_may_have_been_meant(string path, string hint)
    {
        var (code, status) = await _server.JsonAsync("GET", path);
        Assert.Equal(404, code);
        Assert.Contains(hint, (string?)status["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_the_one_clients_compare_with()
    {
        var (_, version) = await _server.JsonAsync("GET", "/version");
        Assert.Equal(("1", "36"), ((string?)version["major"], (string?)version["minor"]));
        var (_, index) = await _server.JsonAsync("GET", "/");
        Assert.Contains("/apis/apps/v1", index["paths"]!.AsArray().Select(p => (string?)p));
        Assert.Contains("/readyz/etcd", index["paths"]!.AsArray().Select(p => (string?)p));
    }

    private static void AssertReferencesLead(JsonNode node, JsonObject definitions, string prefix)
    {
        var missing = References(node).Where(r => !r.StartsWith(prefix, StringComparison.Ordinal) || !definitions.ContainsKey(r[prefix.Length..])).Distinct();
        Assert.Empty(missing);
        Assert.NotEmpty(definitions);
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject obj => obj.SelectMany(p => p is { Key: "$ref", Value: JsonValue target } ? [(string)target!] : References(p.Value)),
        JsonArray array => array.SelectMany(References),
        _ => [],
    };
}
