using System.Net;
using System.Text.Json.Nodes;
using KubeSharp.Client;
using KubeSharp.Controllers.GarbageCollection;
using Microsoft.Extensions.Logging;
using static KubeSharp.Controllers.Tests.ControllerServer;

namespace KubeSharp.Controllers.Tests;

/// <summary>What the garbage collector's graph is told of resources that come and go.</summary>
public sealed class GraphSourceTests
{
    [Fact]
    public async Task A_resource_that_is_gone_when_it_is_listed_ends_quietly_and_is_followed_when_discovery_names_it_still()
    {
        await using var server = await StartAsync();
        await SendAsync(server.Client, HttpMethod.Post, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", """
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced",
            "names":{"plural":"widgets","singular":"widget","kind":"Widget"},
            "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
            """);
        const string Widget = """{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"}}""";
        JsonNode made;
        do
            made = await SendAsync(server.Client, HttpMethod.Post, "/apis/example.com/v1/namespaces/demo/widgets", Widget);
        while (made["kind"]!.GetValue<string>() != "Widget"); // until it is served

        using var logs = new TestLogs();
        using var late = new LateServer("/apis/example.com/v1/widgets", refusals: 2);
        var graph = new OwnerGraph(static _ => { });
        server.Run(new GraphSource(new AnyObjects(server.ClientThrough(late)), graph, TimeProvider.System, logs.CreateLogger<GraphSource>()).RunAsync);

        await late.Refused;
        var uid = made["metadata"]!["uid"]!.GetValue<string>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (graph.Find(uid) is null)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        Assert.Empty(logs.Warnings);
    }

    private static async Task<JsonNode> SendAsync(IClient client, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        using var answer = await client.SendAsync(request, Ct);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!;
    }

    /// <summary>A server that hears of a definition later than the one which answers discovery.</summary>
    private sealed class LateServer(string path, int refusals) : DelegatingHandler
    {
        private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = refusals;

        /// <summary>Ends when nothing is refused any more.</summary>
        public Task Refused => _refused.Task;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath != path || Volatile.Read(ref _left) == 0)
                return base.SendAsync(request, cancellationToken);

            if (Interlocked.Decrement(ref _left) == 0)
                _refused.SetResult();
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("404 page not found") });
        }
    }
}
