using KubeSharp.Controllers.Tests.Recordings;
using KubeSharp.Objects.RbacV1;

namespace KubeSharp.Controllers.Tests;

/// <summary>What every namespace and role gets without asking.</summary>
public sealed class AccountTests
{
    private static CancellationToken Ct => TestCluster.Ct;

    [Fact]
    public async Task An_aggregated_role_holds_the_rules_of_its_parts_and_follows_them()
    {
        var recording = new Recording("clusterrole-aggregation");
        await using var cluster = await TestCluster.StartAsync(Names.Aggregation);
        await recording.ReplayAsync(cluster, "part");
        await recording.ReplayAsync(cluster, "aggregate");

        var role = await cluster.UntilAsync<ClusterRole>("golden-agg", r => r.Rules.Count > 0);
        var expected = Json.Decode<ClusterRole>(System.Text.Encoding.UTF8.GetBytes(recording.Step("filled").Body.ToJsonString()));
        Assert.Equal(expected.Rules, role.Rules);

        await cluster.DeleteAsync<ClusterRole>("golden-part");
        await cluster.UntilAsync<ClusterRole>("golden-agg", r => r.Rules.Count == 0);
    }

    [Fact]
    public async Task The_account_and_the_authority_come_back_when_deleted_or_changed()
    {
        await using var cluster = await TestCluster.StartAsync(Names.ServiceAccount, Names.RootCa);
        var account = cluster.Get<ServiceAccount>("default");
        await cluster.UntilAsync<ConfigMap>("kube-root-ca.crt", _ => true);

        await cluster.DeleteAsync<ServiceAccount>("default");
        await cluster.PatchAsync<ConfigMap>("kube-root-ca.crt", """{"data":{"ca.crt":"forged","more":"x"}}""");

        await cluster.UntilAsync<ServiceAccount>("default", a => a.Metadata.Uid != account.Metadata.Uid);
        await cluster.UntilAsync<ConfigMap>("kube-root-ca.crt", m => m.Data.Count == 1 && m.Data["ca.crt"] == RunningControllers.AuthorityPem);
        Assert.Empty(cluster.Logs.Warnings);
    }
}
