using KubeSharp.ApiServer.Authentication;
using KubeSharp.Objects.FlowcontrolV1;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Fairness;

public sealed class PipelineTests
{
    private const string Pods = "/api/v1/namespaces/demo/pods";
    private static readonly Identity Eve = new("eve", [Identity.Authenticated]);

    [Fact]
    public async Task A_new_cluster_has_all_schemas_and_levels_none_of_them_dangling_and_a_second_start_writes_nothing()
    {
        await using var server = await StartAsync();
        await server.Core.BootstrapAsync(Ct);
        var schemas = server.Core.Objects.List<FlowSchema>();
        Assert.Equal(
            ["catch-all", "exempt", "global-default", "kube-controller-manager", "kube-scheduler", "kube-system-service-accounts", "probes", "service-accounts", "system-leader-election", "system-node-high", "system-nodes"],
            schemas.Select(s => s.Metadata.Name));
        Assert.All(schemas, s => Assert.Equal("true", s.Metadata.Annotations["apf.kubernetes.io/autoupdate-spec"]));
        Assert.All(schemas, s => Assert.Equal(("Dangling", "False", "Found"), (s.Status.Conditions[0].Type, s.Status.Conditions[0].Status, s.Status.Conditions[0].Reason)));
        Assert.Equal(8, server.Core.Objects.List<PriorityLevelConfiguration>().Count);
        var before = server.Store.Revision;
        await server.Core.BootstrapAsync(Ct);
        Assert.Equal(before, server.Store.Revision);
    }

    [Fact]
    public async Task A_deleted_or_changed_object_comes_back_but_not_what_an_administrator_took_over()
    {
        await using var server = await StartAsync();
        await server.Core.BootstrapAsync(Ct);
        var old = await server.GetAsync<FlowSchema>("catch-all");
        await server.DeleteAsync<FlowSchema>("catch-all");
        await UntilAsync(() => server.Core.Objects.List<FlowSchema>().Any(s => s.Metadata.Name == "catch-all" && s.Metadata.Uid != old.Metadata.Uid));

        var probes = await server.GetAsync<FlowSchema>("probes");
        await server.UpdateAsync(probes with { Spec = probes.Spec with { MatchingPrecedence = 77 } });
        await UntilAsync(() => server.Core.Objects.List<FlowSchema>().Any(s => s.Metadata.Name == "probes" && s.Spec.MatchingPrecedence == 2));

        probes = await server.GetAsync<FlowSchema>("probes");
        await server.UpdateAsync(probes with
        {
            Spec = probes.Spec with { MatchingPrecedence = 78 },
            Metadata = probes.Metadata with { Annotations = new Dictionary<string, string> { ["apf.kubernetes.io/autoupdate-spec"] = "false" } },
        });
        await server.CreateAsync(Schema("later", "nowhere", 5000));
        await UntilAsync(() => server.Core.Objects.List<FlowSchema>().Any(s => s.Metadata.Name == "later" && s.Status.Conditions is [{ Status: "True", Reason: "NotFound" }]));
        Assert.Equal(78, (await server.GetAsync<FlowSchema>("probes")).Spec.MatchingPrecedence);
    }

    [Fact]
    public async Task A_burst_waits_or_is_refused_with_a_plain_answer_and_another_user_is_served()
    {
        await using var server = await NarrowAsync(Level("narrow", new() { Queues = 64, HandSize = 1, QueueLengthLimit = 1 }));
        var level = server.Core.Core.Fairness!.Control.Levels.Single(l => l.Name == "narrow");
        var flow = server.Core.Core.Fairness.Control.Stats.Single(s => s.Schema == "narrow");
        var holders = Enumerable.Range(0, level.Current).Select(_ => level.Queues.Enter(flow, "eve", 1, new(1), new("eve", Http(Pods)))!).ToList();

        var waiting = GetAsync(server, Eve, Pods);
        await UntilAsync(() => flow.Waiting == 1);
        using var refused = await GetAsync(server, Eve, Pods);
        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Equal("1", refused.Headers.RetryAfter!.ToString());
        Assert.Equal("Too many requests, please try again later.\n", await refused.Content.ReadAsStringAsync(Ct));
        Assert.Equal(level.Configuration.Metadata.Uid, refused.Headers.GetValues("X-Kubernetes-PF-PriorityLevel-UID").Single());
        Assert.Contains("apiserver_flowcontrol_rejected_requests_total{flow_schema=\"narrow\",priority_level=\"narrow\",reason=\"queue-full\"} 1", await TextAsync(server, "/metrics"), StringComparison.Ordinal);
        Assert.Matches("(?m)^narrow, +narrow, +\\d+, +0, +eve, .*, +eve, +list, +/api/v1/namespaces/demo/pods, +demo, +, +v1, +pods, +$", await TextAsync(server, "/debug/api_priority_and_fairness/dump_requests?includeRequestDetails=1"));

        // An administrator is not held up, and one freed seat serves a second user and the first.
        using var admin = await server.Client.GetAsync(Pods, Ct);
        Assert.Equal(200, (int)admin.StatusCode);
        holders[0].Release();
        using var later = await waiting;
        Assert.Equal(403, (int)later.StatusCode); // it came as far as authorization
        using var other = await GetAsync(server, Eve with { Name = "bob" }, Pods);
        Assert.Equal(403, (int)other.StatusCode);
        await UntilAsync(() => flow.Executing == holders.Count - 1);
    }

    [Fact]
    public async Task Who_waits_too_long_is_refused()
    {
        await using var server = await NarrowAsync(Level("narrow", new() { Queues = 8, HandSize = 1, QueueLengthLimit = 9 }));
        var level = server.Core.Core.Fairness!.Control.Levels.Single(l => l.Name == "narrow");
        var flow = server.Core.Core.Fairness.Control.Stats.Single(s => s.Schema == "narrow");
        for (var i = level.Current; i > 0; i--)
            level.Queues.Enter(flow, "eve", 1, new(1), new("eve", Http(Pods)));
        var waiting = GetAsync(server, Eve, Pods);
        await UntilAsync(() => flow.Waiting == 1);
        await UntilAsync(() =>
        {
            server.Core.Clock.Advance(TimeSpan.FromSeconds(1));
            return waiting.IsCompleted;
        });
        using var refused = await waiting;
        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Equal((1, 0), (flow.TimedOut, flow.Waiting));
    }

    [Fact]
    public async Task A_watch_that_has_caught_up_holds_no_seat()
    {
        await using var server = await WholeServer.StartAsync();
        await server.Core.Core.BootstrapAsync(Ct);
        await server.Core.CreateAsync(new Objects.RbacV1.ClusterRoleBinding
        {
            Metadata = new() { Name = "eve" },
            RoleRef = new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = "cluster-admin" },
            Subjects = [new() { Kind = "User", ApiGroup = "rbac.authorization.k8s.io", Name = "eve" }],
        });
        using var client = new HttpClient(server.Http.CreateInProcessHandler(Eve)) { BaseAddress = new("https://server") };
        using var watch = await client.GetAsync($"{Pods}?watch=true", HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(200, (int)watch.StatusCode);
        var flow = server.Core.Core.Fairness!.Control.Stats.Single(s => s.Schema == "global-default");
        await UntilAsync(() => flow is { Dispatched: 1, Executing: 0, ExecutingSeats: 0 });
        Assert.Equal(1, server.Core.Core.Fairness.Watches.Interested(Http("/api/v1/namespaces/demo/pods/a")));
        watch.Dispose();
        await UntilAsync(() => server.Core.Core.Fairness.Watches.Interested(Http("/api/v1/namespaces/demo/pods/a")) == 0);
    }

    private static ApiServer.Http.RequestInfo Http(string path) => ApiServer.Http.RequestInfo.Parse("PUT", path, new Microsoft.AspNetCore.Http.QueryCollection());

    private static async Task<WholeServer> NarrowAsync(PriorityLevelConfiguration level)
    {
        var server = await WholeServer.StartAsync(options: new() { Fairness = new() { ReadLimit = 10, WriteLimit = 10 } });
        await server.Core.Core.BootstrapAsync(Ct);
        await server.Core.CreateAsync(level);
        await server.Core.CreateAsync(Schema("narrow", "narrow", 50));
        await UntilAsync(() => server.Core.Core.Fairness!.Control.Stats.Any(s => s.Schema == "narrow"));
        return server;
    }

    private static FlowSchema Schema(string name, string level, int precedence) => new()
    {
        Metadata = new() { Name = name },
        Spec = new()
        {
            MatchingPrecedence = precedence,
            PriorityLevelConfiguration = new() { Name = level },
            DistinguisherMethod = new() { Type = "ByUser" },
            Rules =
            [
                new()
                {
                    Subjects = [new() { Kind = "Group", Group = new() { Name = Identity.Authenticated } }],
                    ResourceRules = [new() { Verbs = ["*"], ApiGroups = ["*"], Resources = ["pods"], Namespaces = ["*"], ClusterScope = true }],
                },
            ],
        },
    };

    private static PriorityLevelConfiguration Level(string name, QueuingConfiguration queuing) => new()
    {
        Metadata = new() { Name = name },
        Spec = new() { Type = "Limited", Limited = new() { NominalConcurrencyShares = 1, LendablePercent = 0, BorrowingLimitPercent = 0, LimitResponse = new() { Type = "Queue", Queuing = queuing } } },
    };

    private static async Task<HttpResponseMessage> GetAsync(WholeServer server, Identity user, string path)
    {
        using var client = new HttpClient(server.Http.CreateInProcessHandler(user)) { BaseAddress = new("https://server") };
        return await client.GetAsync(path, Ct);
    }

    private static async Task<string> TextAsync(WholeServer server, string path) => await server.Client.GetStringAsync(path, Ct);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            Ct.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
