using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Fairness;
using KubeSharp.ApiServer.Http;
using KubeSharp.Objects.FlowcontrolV1;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Tests.Fairness;

public sealed class ClassificationTests
{
    [Theory]
    [InlineData("admin", "system:masters", "GET", "/api/v1/pods", "exempt")]
    [InlineData("system:anonymous", "system:unauthenticated", "GET", "/livez", "probes")]
    [InlineData("system:anonymous", "system:unauthenticated", "GET", "/livez/ping", "probes")]
    [InlineData("system:anonymous", "system:unauthenticated", "GET", "/version", "global-default")]
    [InlineData("system:kube-scheduler", "system:authenticated", "PUT", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler", "system-leader-election")]
    [InlineData("system:kube-scheduler", "system:authenticated", "DELETE", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler", "kube-scheduler")]
    [InlineData("system:kube-controller-manager", "system:authenticated", "GET", "/api/v1/pods", "kube-controller-manager")]
    [InlineData("system:node:a", "system:nodes", "PATCH", "/api/v1/nodes/a/status", "system-node-high")]
    [InlineData("system:node:a", "system:nodes", "GET", "/api/v1/nodes/a/proxy", "system-nodes")]
    [InlineData("system:node:a", "system:nodes", "PUT", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/a", "system-node-high")]
    [InlineData("system:node:a", "system:nodes", "GET", "/api/v1/pods", "system-nodes")]
    [InlineData("system:serviceaccount:kube-system:gc", "system:serviceaccounts", "GET", "/api/v1/pods", "kube-system-service-accounts")]
    [InlineData("system:serviceaccount:kube-system2:gc", "system:serviceaccounts", "GET", "/api/v1/pods", "service-accounts")]
    [InlineData("eve", "system:authenticated", "GET", "/api/v1/pods", "global-default")]
    [InlineData("eve", "nobody-knows", "GET", "/api/v1/pods", null)]
    public void Suggested_schemas_take_the_requests_they_are_for(string user, string group, string method, string path, string? schema)
    {
        var info = RequestInfo.Parse(method, path, new QueryCollection());
        var first = SuggestedFlows.Schemas.OrderBy(s => s.Spec.MatchingPrecedence).ThenBy(s => s.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault(s => FlowMatch.Matches(s.Spec, new(user, [group]), info));
        Assert.Equal(schema, first?.Metadata.Name);
    }

    [Theory]
    [InlineData("/api/v1/namespaces/demo/pods", "pods", "demo", false, true)]
    [InlineData("/api/v1/namespaces/other/pods", "pods", "demo", false, false)]
    [InlineData("/api/v1/pods", "pods", "demo", false, false)]
    [InlineData("/api/v1/pods", "pods", "demo", true, true)]
    [InlineData("/api/v1/namespaces/demo/pods/a/status", "pods", "demo", false, false)]
    [InlineData("/api/v1/namespaces/demo/pods/a/status", "pods/status", "demo", false, true)]
    [InlineData("/api/v1/namespaces/demo/pods/a/status", "*", "*", false, true)]
    public void Resource_rules_look_at_namespace_scope_and_subresource(string path, string resource, string ns, bool isCluster, bool isMatch)
    {
        var spec = new FlowSchemaSpec
        {
            Rules =
            [
                new()
                {
                    Subjects = [new() { Kind = "User", User = new() { Name = "*" } }],
                    ResourceRules = [new() { Verbs = ["*"], ApiGroups = [""], Resources = [resource], Namespaces = [ns], ClusterScope = isCluster }],
                },
            ],
        };
        Assert.Equal(isMatch, FlowMatch.Matches(spec, Identity.Anonymous, RequestInfo.Parse("GET", path, new QueryCollection())));
    }

    [Fact]
    public void Hands_are_of_different_queues_and_all_queues_are_dealt()
    {
        var dealt = new HashSet<int>();
        Span<int> hand = stackalloc int[6];
        for (var i = 0; i < 500; i++)
        {
            Hand.Deal(FlowMatch.Hash("schema", $"user-{i}"), 64, hand);
            Assert.Equal(6, hand.ToArray().Distinct().Count());
            Assert.All(hand.ToArray(), q => Assert.InRange(q, 0, 63));
            dealt.UnionWith(hand.ToArray());
        }

        Assert.Equal(64, dealt.Count);
    }

    [Fact]
    public void Seats_are_shared_out_by_target_within_bounds()
    {
        var (free, _) = Allotment.Of(100, [new(1, 0, 100), new(3, 0, 100)]);
        Assert.Equal([25, 75], free.Select(s => Math.Round(s)));
        var (bound, _) = Allotment.Of(100, [new(10, 10, 100), new(90, 10, 40), new(5, 5, 100)]);
        Assert.Equal([40, 40, 20], bound.Select(s => Math.Round(s)));
    }
}
