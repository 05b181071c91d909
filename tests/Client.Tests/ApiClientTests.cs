using System.Net;
using System.Text;
using KubeSharp.Client.Http;
using KubeSharp.Objects.AppsV1;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Client.Tests;

public sealed class ApiClientTests
{
    private static readonly ObjectKey Web = new("default", "web");
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_verb_goes_to_its_path()
    {
        var server = new ScriptedServer(_ => ScriptedServer.Json("{}"));
        var client = Client(server);
        var pod = new Pod { Metadata = new() { Namespace = "default", Name = "web" } };

        await client.FindAsync<Pod>(Web, Token);
        await client.FindAsync<Node>(new("", "n1"), Token);
        await client.CreateAsync(pod, Token);
        await client.UpdateAsync(pod, Token);
        await client.UpdateStatusAsync(pod, Token);
        await client.PatchAsync<Deployment>(Web, Patch.Merge("{\"spec\":{}}"), "scale", Token);
        await client.DeleteAsync<Pod>(Web, new(), Token);
        await client.DeleteCollectionAsync<Pod>(new("default", "a=b"), new(), Token);
        await client.PostAsync<Pod, Binding, Status>(Web, "binding", new Binding().WithTypeMeta(), Token);
        await client.ListAsync<Pod>(new("", FieldSelector: "spec.nodeName=n1"), Token);
        using var version = await client.SendAsync(new(HttpMethod.Get, "/version"), Token);

        Assert.Equal(
            [
                "GET /prefix/api/v1/namespaces/default/pods/web",
                "GET /prefix/api/v1/nodes/n1",
                "POST /prefix/api/v1/namespaces/default/pods",
                "PUT /prefix/api/v1/namespaces/default/pods/web",
                "PUT /prefix/api/v1/namespaces/default/pods/web/status",
                "PATCH /prefix/apis/apps/v1/namespaces/default/deployments/web/scale",
                "DELETE /prefix/api/v1/namespaces/default/pods/web",
                "DELETE /prefix/api/v1/namespaces/default/pods?labelSelector=a%3Db",
                "POST /prefix/api/v1/namespaces/default/pods/web/binding",
                "GET /prefix/api/v1/pods?fieldSelector=spec.nodeName%3Dn1&limit=500",
                "GET /prefix/version",
            ],
            server.Requests.Select(r => $"{r.Method} {r.Path}"));
        Assert.All(server.Requests, r => Assert.Equal("tests/kubesharp", r.UserAgent));
        Assert.StartsWith("{\"kind\":\"Pod\",\"apiVersion\":\"v1\"", server.Requests[2].Body, StringComparison.Ordinal);
        Assert.Equal("application/merge-patch+json", server.Requests[5].ContentType);
    }

    [Fact]
    public async Task An_object_that_is_not_there_is_null_but_an_unknown_path_is_an_error()
    {
        var absent = Client(new(_ => ScriptedServer.Refuse(ApiException.NotFound("", "pods", "web"))));
        var unknown = Client(new(_ => ScriptedServer.Refuse(ApiException.NoSuchPath())));
        var proxy = Client(new(_ => ScriptedServer.Json("<html>nothing here</html>", HttpStatusCode.NotFound)));

        Assert.Null(await absent.FindAsync<Pod>(Web, Token));
        Assert.False(await absent.DeleteAsync<Pod>(Web, new(), Token));
        await Assert.ThrowsAsync<ApiException>(() => unknown.FindAsync<Pod>(Web, Token));
        var quoted = await Assert.ThrowsAsync<ApiException>(() => proxy.FindAsync<Pod>(Web, Token));
        Assert.Equal("<html>nothing here</html>", quoted.Message);
        Assert.Equal(404, quoted.Code);
    }

    [Fact]
    public async Task A_refusal_carries_the_servers_status()
    {
        var client = Client(new(_ => ScriptedServer.Refuse(ApiException.Modified("", "pods", "web"))));

        var e = await Assert.ThrowsAsync<ApiException>(() => client.UpdateAsync(new Pod { Metadata = new() { Namespace = "default", Name = "web" } }, Token));

        Assert.True(e.IsConflict);
        Assert.Equal("web", e.Status.Details?.Name);
    }

    [Fact]
    public async Task Pages_are_joined_and_their_objects_say_their_kind()
    {
        var server = new ScriptedServer(r => ScriptedServer.Json(r.Path.Contains("continue=", StringComparison.Ordinal)
            ? """{"kind":"PodList","metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"b"}}]}"""
            : """{"kind":"PodList","items":[{"metadata":{"name":"a"}}],"metadata":{"resourceVersion":"9","continue":"more/1"}}"""));

        var list = await Client(server).ListAsync<Pod>(new("default"), Token);

        Assert.Equal(["a", "b"], list.Items.Select(p => p.Metadata.Name));
        Assert.All(list.Items, p => Assert.Equal(("Pod", "v1"), (p.Kind, p.ApiVersion)));
        Assert.Equal("9", list.ResourceVersion);
        Assert.EndsWith("?limit=500&continue=more%2F1", server.Requests[1].Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_whose_continuation_expired_is_taken_in_one_piece()
    {
        var server = new ScriptedServer(r =>
            r.Path.Contains("continue=", StringComparison.Ordinal) ? ScriptedServer.Refuse(ApiException.Expired("too old"))
            : r.Path.Contains("limit=", StringComparison.Ordinal) ? ScriptedServer.Json("""{"items":[{"metadata":{"name":"a"}}],"metadata":{"continue":"x"}}""")
            : ScriptedServer.Json("""{"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}],"metadata":{"resourceVersion":"12"}}"""));

        var list = await Client(server).ListAsync<Pod>(new(), Token);

        Assert.Equal(["a", "b"], list.Items.Select(p => p.Metadata.Name));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_busy_server_is_asked_again_after_the_time_it_names()
    {
        var busy = 2;
        var server = new ScriptedServer(_ =>
        {
            if (busy-- <= 0)
                return ScriptedServer.Json("""{"metadata":{"name":"web"}}""");

            var answer = ScriptedServer.Refuse(ApiException.TooManyRequests("slow down", 3));
            answer.Headers.RetryAfter = new(TimeSpan.FromSeconds(3));
            return answer;
        });
        var began = _clock.GetTimestamp();

        var pod = await _clock.RunAsync(Client(server).FindAsync<Pod>(Web, Token), TimeSpan.FromSeconds(1), Token);

        Assert.Equal("web", pod?.Metadata.Name);
        Assert.Equal(3, server.Requests.Count);
        Assert.True(_clock.GetElapsedTime(began) >= TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task A_refusal_without_Retry_After_is_final()
    {
        var server = new ScriptedServer(_ => ScriptedServer.Refuse(ApiException.Unavailable("no")));

        await Assert.ThrowsAsync<ApiException>(() => Client(server).FindAsync<Pod>(Web, Token));

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_watch_yields_changes_however_the_bytes_are_cut()
    {
        const string Lines = """
            {"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"a","resourceVersion":"1"}}}
            {"type":"MODIFIED","object":{"kind":"Pod","metadata":{"name":"ä","resourceVersion":"2"}}}
            {"object":{"kind":"Pod","metadata":{"name":"a","resourceVersion":"3"}},"type":"DELETED"}
            {"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"7"}}}
            """;
        foreach (var size in (int[])[1, 7, 1000])
        {
            var server = new ScriptedServer(_ => ScriptedServer.Stream(new CutStream(Encoding.UTF8.GetBytes(Lines), size)));
            var isOpen = false;

            var seen = new List<string>();
            await foreach (var change in Client(server).WatchAsync<Pod>(new("5") { Opened = () => isOpen = true }, Token))
                seen.Add($"{change.Type} {change.Object.Metadata.Name} {change.Object.Metadata.ResourceVersion}");

            Assert.Equal(["Added a 1", "Modified ä 2", "Deleted a 3", "Bookmark  7"], seen);
            Assert.True(isOpen);
            Assert.StartsWith("/prefix/api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=", server.Requests[0].Path, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_error_in_a_watch_is_thrown_and_half_an_event_is_a_broken_connection()
    {
        var expired = Machinery.Json.TextOf(ApiException.Expired("too old resource version").Status);

        var e = await Assert.ThrowsAsync<ApiException>(() => WatchAll($"{{\"type\":\"ERROR\",\"object\":{expired}}}\n"));
        Assert.True(e.IsExpired);
        await Assert.ThrowsAsync<IOException>(() => WatchAll("{\"type\":\"ADDED\",\"obj"));

        async Task WatchAll(string text)
        {
            var server = new ScriptedServer(_ => ScriptedServer.Stream(new MemoryStream(Encoding.UTF8.GetBytes(text))));
            await foreach (var change in Client(server).WatchAsync<Pod>(new("5"), Token))
                Assert.Fail($"unexpected {change}");
        }
    }

    [Fact]
    public async Task A_deletion_says_its_preconditions_and_propagation()
    {
        var server = new ScriptedServer(_ => ScriptedServer.Json("{}"));

        await Client(server).DeleteAsync<Pod>(Web, new("u1", "", Propagation.Foreground, 0), Token);

        Assert.Equal(
            """{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0,"preconditions":{"uid":"u1"},"propagationPolicy":"Foreground"}""",
            server.Requests[0].Body);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_after_a_minute()
    {
        using var handler = new SilentServer();
        using var http = new HttpMessageInvoker(handler);
        var client = new ApiClient(http, new("https://server/"), "tests", _clock, new Random(1));

        await Assert.ThrowsAsync<IOException>(() => _clock.RunAsync(client.FindAsync<Pod>(Web, Token), TimeSpan.FromSeconds(10), Token));
    }

    private ApiClient Client(ScriptedServer server) =>
        new(new HttpMessageInvoker(server), new("https://server/prefix/"), "tests", _clock, new Random(1));

    private sealed class SilentServer : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            new TaskCompletionSource<HttpResponseMessage>().Task.WaitAsync(cancellationToken);
    }

    /// <summary>Gives out so many bytes at a time.</summary>
    private sealed class CutStream(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
