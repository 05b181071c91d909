using System.Net;
using KubeSharp.Objects.DiscoveryV1;
using KubeSharp.Objects.RbacV1;
using KubeSharp.Objects.SchedulingV1;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests;

public sealed class BootstrapTests
{
    private static readonly ApiServerOptions Options = new() { AdvertiseAddress = IPAddress.Parse("192.0.2.7"), AdvertisePort = 6444 };

    [Fact]
    public async Task A_new_cluster_has_its_first_objects_and_a_second_start_writes_nothing()
    {
        await using var server = await StartAsync(Options);
        await server.Core.BootstrapAsync(Ct);

        foreach (var name in (string[])["default", "kube-system", "kube-public", "kube-node-lease"])
            Assert.Equal("Active", (await server.GetAsync<Namespace>(name)).Status.Phase);
        Assert.Contains(server.Core.Objects.List<ClusterRole>(), r => r.Metadata.Name == "cluster-admin");
        Assert.Contains(server.Core.Objects.List<ClusterRoleBinding>(), r => r.Metadata.Name == "cluster-admin");
        Assert.Equal(2, server.Core.Objects.List<PriorityClass>().Count);

        var service = await server.GetAsync<Service>("kubernetes", "default");
        Assert.Equal(("10.96.0.1", 6444), (service.Spec.ClusterIP, service.Spec.Ports[0].TargetPort.Number));
        Assert.Equal("192.0.2.7", (await server.GetAsync<Endpoints>("kubernetes", "default")).Subsets[0].Addresses[0].Ip);
        Assert.Equal("192.0.2.7", (await server.GetAsync<EndpointSlice>("kubernetes", "default")).Endpoints[0].Addresses[0]);

        var before = server.Store.Revision;
        await server.Core.BootstrapAsync(Ct);
        Assert.Equal(before, server.Store.Revision);
    }

    [Fact]
    public async Task Lost_rules_come_back_and_extra_ones_stay_unless_an_administrator_keeps_the_role()
    {
        await using var server = await StartAsync(Options);
        await server.Core.BootstrapAsync(Ct);
        var role = await server.GetAsync<ClusterRole>("system:node-proxier");
        var extra = new PolicyRule { ApiGroups = [""], Resources = ["secrets"], Verbs = ["get"] };

        await server.UpdateAsync(role with { Rules = [extra] });
        await server.Core.BootstrapAsync(Ct);
        var mended = await server.GetAsync<ClusterRole>("system:node-proxier");
        Assert.Equal([extra, .. role.Rules], mended.Rules);

        var kept = mended with { Rules = [], Metadata = mended.Metadata with { Annotations = new Dictionary<string, string> { ["rbac.authorization.kubernetes.io/autoupdate"] = "false" } } };
        await server.UpdateAsync(kept);
        await server.Core.BootstrapAsync(Ct);
        Assert.Empty((await server.GetAsync<ClusterRole>("system:node-proxier")).Rules);
    }
}
