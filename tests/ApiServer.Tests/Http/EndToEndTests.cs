using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using ListOptions = KubeSharp.ApiServer.Verbs.ListOptions;

namespace KubeSharp.ApiServer.Tests.Http;

public sealed class EndToEndTests : IDisposable
{
    private const string ConfigMaps = "/api/v1/namespaces/ns/configmaps";
    private const string One = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"v"}}""";
    private readonly Server _server = new();

    private ServedResource Resource => _server.Verbs.Find("", "v1", "configmaps")!;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_posted_object_comes_back_and_can_be_read()
    {
        var (code, created) = await _server.JsonAsync("POST", ConfigMaps, One);
        Assert.Equal(201, code);
        Assert.Equal("ns", (string?)created["metadata"]!["namespace"]);

        var (_, read) = await _server.JsonAsync("GET", ConfigMaps + "/a");
        Assert.Equal("v", (string?)read["data"]!["k"]);
        var (_, again) = await _server.JsonAsync("POST", ConfigMaps, One);
        Assert.Equal("configmaps \"a\" already exists", (string?)again["message"]);
    }

    [Fact]
    public async Task Yaml_and_protobuf_bodies_are_objects_too()
    {
        var (code, _) = await _server.JsonAsync("POST", ConfigMaps, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yam}\ndata: {a: b}\n", "application/yaml");
        Assert.Equal(201, code);

        var message = Protobuf.Encode(new ConfigMap { Metadata = new() { Name = "pro" }, Data = new Dictionary<string, string> { ["a"] = "b" } }, "v1", "ConfigMap");
        using var content = new ByteArrayContent(message);
        content.Headers.ContentType = new("application/vnd.kubernetes.protobuf");
        using var request = new HttpRequestMessage(HttpMethod.Post, ConfigMaps) { Content = content };
        request.Headers.TryAddWithoutValidation("Accept", "application/vnd.kubernetes.protobuf");
        using var response = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = Protobuf.Decode<ConfigMap>(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("pro", "ns", "b"), (answer.Metadata.Name, answer.Metadata.Namespace, answer.Data["a"]));
    }

    [Fact]
    public async Task Unknown_fields_warn_or_refuse_as_asked()
    {
        const string Body = """{"metadata":{"name":"a"},"dat":{},"data":{"k":"v"}}""";
        using var warned = await _server.SendAsync("POST", ConfigMaps, Body);
        Assert.Equal(["299 - \"unknown field \\\"dat\\\"\""], warned.Headers.GetValues("Warning"));

        var (code, refused) = await _server.JsonAsync("POST", ConfigMaps + "?fieldValidation=Strict", Body);
        Assert.Equal(400, code);
        Assert.Equal("ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"dat\"", (string?)refused["message"]);

        using var ignored = await _server.SendAsync("PUT", ConfigMaps + "/a?fieldValidation=Ignore", Body);
        Assert.False(ignored.Headers.Contains("Warning"));
    }

    [Fact]
    public async Task A_list_is_the_stored_bytes_without_kind_and_apiVersion()
    {
        _server.Verbs.Put(Resource, Map("a"));
        _server.Verbs.Put(Resource, Map("b"));
        var (_, list) = await _server.JsonAsync("GET", ConfigMaps);
        Assert.Equal(("ConfigMapList", "v1", "102"), ((string?)list["kind"], (string?)list["apiVersion"], (string?)list["metadata"]!["resourceVersion"]));
        Assert.Equal(["a", "b"], list["items"]!.AsArray().Select(i => (string?)i!["metadata"]!["name"]));
        Assert.Null(list["items"]![0]!["kind"]);
    }

    [Fact]
    public async Task A_table_has_columns_cells_and_metadata()
    {
        _server.Verbs.Put(Resource, Map("a"));
        const string Accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
        foreach (var path in new[] { ConfigMaps, ConfigMaps + "/a" })
        {
            var (_, table) = await _server.JsonAsync("GET", path, accept: Accept);
            Assert.Equal("Table", (string?)table["kind"]);
            Assert.Equal("Name", (string?)table["columnDefinitions"]![0]!["name"]);
            Assert.Equal("a", (string?)table["rows"]![0]!["cells"]![0]);
            Assert.Equal("PartialObjectMetadata", (string?)table["rows"]![0]!["object"]!["kind"]);
        }

        var (_, none) = await _server.JsonAsync("GET", ConfigMaps + "?includeObject=None", accept: Accept);
        Assert.Null(none["rows"]![0]!["object"]);
        var (_, whole) = await _server.JsonAsync("GET", ConfigMaps + "?includeObject=Object", accept: Accept);
        Assert.Equal("v", (string?)whole["rows"]![0]!["object"]!["data"]!["k"]);
        var (code, _) = await _server.JsonAsync("GET", ConfigMaps + "?includeObject=Foo", accept: Accept);
        Assert.Equal(400, code);
    }

    [Fact]
    public async Task Partial_objects_are_metadata_only_in_json_and_protobuf()
    {
        _server.Verbs.Put(Resource, Map("a"));
        var (_, one) = await _server.JsonAsync("GET", ConfigMaps + "/a", accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
        Assert.Equal(["kind", "apiVersion", "metadata"], one.AsObject().Select(p => p.Key));

        var (_, list) = await _server.JsonAsync("GET", ConfigMaps, accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");
        Assert.Equal(("PartialObjectMetadataList", "PartialObjectMetadata"), ((string?)list["kind"], (string?)list["items"]![0]!["kind"]));

        using var response = await _server.SendAsync("GET", ConfigMaps, accept: "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal("PartialObjectMetadataList", Protobuf.Open(bytes).Kind);
        Assert.Equal("a", Protobuf.Decode<ConfigMapList>(bytes).Items.Single().Metadata.Name);
    }

    [Fact]
    public async Task A_large_list_is_compressed_when_that_is_accepted()
    {
        for (var i = 0; i < 200; i++)
            _server.Verbs.Put(Resource, Map($"m{i}") with { Data = new Dictionary<string, string> { ["k"] = new('x', 1000) } });
        using var response = await _server.SendAsync("GET", ConfigMaps, headers: ("Accept-Encoding", "gzip"));
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        await using var zip = new System.IO.Compression.GZipStream(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), System.IO.Compression.CompressionMode.Decompress);
        var list = await JsonNode.ParseAsync(zip, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(200, list!["items"]!.AsArray().Count);
    }

    [Theory]
    [InlineData(ConfigMaps + "?watch=1")]
    [InlineData("/api/v1/watch/namespaces/ns/configmaps")]
    public async Task A_watch_is_a_line_an_event_sent_at_once(string path)
    {
        using var response = await _server.SendAsync("GET", path);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        _server.Verbs.Put(Resource, Map("a"));
        var added = JsonNode.Parse((await lines.ReadLineAsync(TestContext.Current.CancellationToken))!)!;
        Assert.Equal(("ADDED", "ConfigMap"), ((string?)added["type"], (string?)added["object"]!["kind"]));

        _server.Verbs.Tell(new(WatchEventType.Bookmark, null, 200, EndsInitialEvents: true));
        var bookmark = JsonNode.Parse((await lines.ReadLineAsync(TestContext.Current.CancellationToken))!)!;
        Assert.Equal("200", (string?)bookmark["object"]!["metadata"]!["resourceVersion"]);
        Assert.Equal("true", (string?)bookmark["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);

        _server.Verbs.Tell(new(WatchEventType.Error, null, Error: ApiException.Expired("too old resource version: 1 (7166)").Status));
        var error = JsonNode.Parse((await lines.ReadLineAsync(TestContext.Current.CancellationToken))!)!;
        Assert.Equal((410, "Status"), ((int)error["object"]!["code"]!, (string?)error["object"]!["kind"]));
        Assert.Null(await lines.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_watch_from_a_version_too_old_is_told_so_in_the_stream()
    {
        _server.Verbs.Fault = ApiException.Expired("too old resource version: 1 (7166)");
        var (code, error) = await _server.JsonAsync("GET", ConfigMaps + "?watch=1&resourceVersion=1");
        Assert.Equal((200, "ERROR"), (code, (string?)error["type"]));

        _server.Verbs.Fault = ApiException.BadRequest("unable to parse requirement");
        (code, _) = await _server.JsonAsync("GET", ConfigMaps + "?watch=1&labelSelector=a");
        Assert.Equal(400, code);
    }

    [Fact]
    public async Task A_protobuf_watch_is_length_prefixed_messages()
    {
        using var response = await _server.SendAsync("GET", ConfigMaps + "?watch=1", accept: "application/vnd.kubernetes.protobuf");
        _server.Verbs.Put(Resource, Map("a"));
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var length = new byte[4];
        await stream.ReadExactlyAsync(length, TestContext.Current.CancellationToken);
        var frame = new byte[System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(frame, TestContext.Current.CancellationToken);
        Assert.Equal(("ADDED", "a"), Read(frame));
        Assert.Equal("application/vnd.kubernetes.protobuf; stream=watch", response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Giving_up_the_answer_ends_the_watch()
    {
        var response = await _server.SendAsync("GET", ConfigMaps + "?watch=1");
        response.Dispose();
        using var next = await _server.SendAsync("GET", ConfigMaps);
        Assert.Equal(200, (int)next.StatusCode);
    }

    [Fact]
    public async Task A_deletion_answers_a_status_or_the_object_as_upstream_does()
    {
        _server.Verbs.Put(Resource, Map("a"));
        var (_, status) = await _server.JsonAsync("DELETE", ConfigMaps + "/a", """{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":3}""");
        Assert.Equal(("Status", "Success", "configmaps"), ((string?)status["kind"], (string?)status["status"], (string?)status["details"]!["kind"]));
        var (seen, _) = Assert.IsType<ValueTuple<DeleteOptions, WriteOptions>>(_server.Verbs.Seen);
        Assert.Equal(3, seen.GracePeriodSeconds);

        _server.Verbs.Put(_server.Verbs.Find("", "v1", "pods")!, new Pod { Kind = "Pod", ApiVersion = "v1", Metadata = new() { Name = "p", Namespace = "ns" } });
        var (_, pod) = await _server.JsonAsync("DELETE", "/api/v1/namespaces/ns/pods/p");
        Assert.Equal("Pod", (string?)pod["kind"]);
    }

    [Fact]
    public async Task Patches_reach_the_verbs_as_json()
    {
        _server.Verbs.Put(Resource, Map("a"));
        await _server.JsonAsync("PATCH", ConfigMaps + "/a?fieldManager=m&force=true", "data: {a: b}", "application/apply-patch+yaml");
        var patch = Assert.IsType<PatchBody>(_server.Verbs.Seen);
        Assert.Equal("""{"data":{"a":"b"}}""", Encoding.UTF8.GetString(patch.Json.Span));
        Assert.True(patch.Force);
    }

    [Fact]
    public async Task A_bug_is_500_and_the_server_goes_on()
    {
        _server.Verbs.Fault = new InvalidOperationException("oops");
        var (code, status) = await _server.JsonAsync("GET", ConfigMaps);
        Assert.Equal((500, "InternalError"), (code, (string?)status["reason"]));
        _server.Verbs.Fault = null;
        (code, _) = await _server.JsonAsync("GET", ConfigMaps);
        Assert.Equal(200, code);
    }

    [Fact]
    public async Task List_options_arrive_as_they_were_written()
    {
        await _server.JsonAsync("GET", ConfigMaps + "?labelSelector=a%3Db&limit=5&continue=x&resourceVersion=7&resourceVersionMatch=Exact");
        Assert.Equal(
            new ListOptions { Namespace = "ns", LabelSelector = "a=b", Limit = 5, Continue = "x", ResourceVersion = "7", ResourceVersionMatch = "Exact" },
            ((ListOptions)_server.Verbs.Seen!) with { MayReadPast = null });
    }

    [Fact]
    public async Task Outside_a_credential_is_needed_but_for_health_and_version()
    {
        Assert.Equal((200, "ok"), await _server.FromOutsideAsync("/healthz"));
        Assert.Equal(200, (await _server.FromOutsideAsync("/version")).Code);
        Assert.Equal(401, (await _server.FromOutsideAsync("/api")).Code);
        Assert.Equal(401, (await _server.FromOutsideAsync("/healthz", "wrong")).Code);
        var (code, text) = await _server.FromOutsideAsync("/api/v1/namespaces/y/pods", "jane");
        Assert.Equal(403, code);
        Assert.Equal("pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in the namespace \"y\"", (string?)JsonNode.Parse(text)!["message"]);
    }

    [Fact]
    public async Task Health_checks_are_told_one_by_one_and_reasons_withheld()
    {
        using var well = await _server.SendAsync("GET", "/readyz?verbose");
        Assert.Equal("[+]ping ok\n[+]etcd ok\n[+]shutdown ok\nreadyz check passed\n", await well.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        _server.StoreFault = "secret words";
        using var ill = await _server.SendAsync("GET", "/livez");
        Assert.Equal(500, (int)ill.StatusCode);
        Assert.Equal("[+]ping ok\n[-]etcd failed: reason withheld\nlivez check failed\n", await ill.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var excluded = await _server.SendAsync("GET", "/livez?exclude=etcd");
        Assert.Equal("ok", await excluded.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Metrics_count_requests_but_not_made_up_resources()
    {
        await _server.JsonAsync("GET", ConfigMaps);
        await _server.JsonAsync("GET", "/apis/made.up/v1/things");
        using var response = await _server.SendAsync("GET", "/metrics");
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("apiserver_request_total{code=\"200\",component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"configmaps\",scope=\"namespace\",subresource=\"\",verb=\"LIST\",version=\"v1\"}", text);
        Assert.Contains("apiserver_request_duration_seconds_bucket", text);
        Assert.Contains("process_resident_memory_bytes", text);
        Assert.DoesNotContain("made.up", text);
    }

    /// <summary>The type of an event and the name of its object, which has an envelope of its own.</summary>
    private static (string Type, string Name) Read(byte[] frame)
    {
        var (type, name) = ("", "");
        var reader = new ProtoReader(frame);
        while (reader.Next(out var field))
        {
            if (field == 1)
            {
                type = Encoding.UTF8.GetString(reader.Bytes());
                continue;
            }

            var extension = new ProtoReader(reader.Bytes());
            while (extension.Next(out _))
                name = Protobuf.Decode<ConfigMap>(extension.Bytes()).Metadata.Name;
        }

        return (type, name);
    }

    private static ConfigMap Map(string name) => new()
    {
        Kind = "ConfigMap",
        ApiVersion = "v1",
        Metadata = new() { Name = name, Namespace = "ns" },
        Data = new Dictionary<string, string> { ["k"] = "v" },
    };
}
