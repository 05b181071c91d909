using k8s;
using k8s.Models;

namespace KubeSharp.Interop.Tests;

public sealed class ObjectTests(Cluster cluster) : IClassFixture<Cluster>
{
    private static CancellationToken Ct => Cluster.Ct;

    private ICoreV1Operations Core => cluster.Client.CoreV1;

    [Fact]
    public async Task The_server_says_its_version() =>
        Assert.Equal(("1", "36"), await cluster.Client.Version.GetCodeAsync(Ct) is var version ? (version.Major, version.Minor) : default);

    [Fact]
    public async Task Objects_are_created_read_replaced_and_deleted()
    {
        var made = await Core.CreateNamespacedConfigMapAsync(cluster.ConfigMap("one", ("k", "v")), cluster.Namespace, cancellationToken: Ct);
        Assert.NotNull(made.Metadata.Uid);
        Assert.NotNull(made.Metadata.CreationTimestamp);

        made.Data["k"] = "w";
        await Core.ReplaceNamespacedConfigMapAsync(made, "one", cluster.Namespace, cancellationToken: Ct);
        Assert.Equal("w", (await Core.ReadNamespacedConfigMapAsync("one", cluster.Namespace, cancellationToken: Ct)).Data["k"]);

        var conflict = await Cluster.RefusedAsync(() => Core.ReplaceNamespacedConfigMapAsync(made, "one", cluster.Namespace, cancellationToken: Ct));
        Assert.Equal(("Conflict", 409), (conflict.Reason, conflict.Code));

        var status = await Core.DeleteNamespacedConfigMapAsync("one", cluster.Namespace, cancellationToken: Ct);
        Assert.Equal("Success", status.Status);
        var gone = await Cluster.RefusedAsync(() => Core.ReadNamespacedConfigMapAsync("one", cluster.Namespace, cancellationToken: Ct));
        Assert.Equal(("NotFound", "configmaps \"one\" not found"), (gone.Reason, gone.Message));
    }

    [Fact]
    public async Task A_refusal_names_the_fields()
    {
        var refused = await Cluster.RefusedAsync(() => Core.CreateNamespacedServiceAsync(
            new() { Metadata = new() { Name = "bad" }, Spec = new() { Ports = [new() { Port = 70000 }], Type = "Odd" } }, cluster.Namespace, cancellationToken: Ct));
        Assert.Equal(("Invalid", 422), (refused.Reason, refused.Code));
        Assert.Equal(["spec.ports[0].port", "spec.ports[0].targetPort", "spec.type"], refused.Details.Causes.Select(c => c.Field).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Lists_come_in_pages_that_go_on_at_one_version()
    {
        for (var i = 0; i < 7; i++)
            await Core.CreateNamespacedSecretAsync(new() { Metadata = new() { Name = $"s{i}" }, StringData = new Dictionary<string, string> { ["n"] = $"{i}" } }, cluster.Namespace, cancellationToken: Ct);

        var first = await Core.ListNamespacedSecretAsync(cluster.Namespace, limit: 3, cancellationToken: Ct);
        Assert.Equal(4, first.Metadata.RemainingItemCount);
        await Core.DeleteNamespacedSecretAsync("s5", cluster.Namespace, cancellationToken: Ct);
        var names = first.Items.Select(s => s.Metadata.Name).ToList();
        for (var page = first; page.Metadata.ContinueProperty is { Length: > 0 } more; names.AddRange(page.Items.Select(s => s.Metadata.Name)))
        {
            page = await Core.ListNamespacedSecretAsync(cluster.Namespace, limit: 3, continueParameter: more, cancellationToken: Ct);
            Assert.Equal(first.Metadata.ResourceVersion, page.Metadata.ResourceVersion);
        }

        Assert.Equal(["s0", "s1", "s2", "s3", "s4", "s5", "s6"], names);
        Assert.Equal("6"u8.ToArray(), (await Core.ReadNamespacedSecretAsync("s6", cluster.Namespace, cancellationToken: Ct)).Data["n"]);
    }

    [Fact]
    public async Task The_generic_client_works_on_any_resource()
    {
        using var roles = new GenericClient(cluster.Client, "rbac.authorization.k8s.io", "v1", "roles", disposeClient: false);
        var role = new V1Role
        {
            ApiVersion = "rbac.authorization.k8s.io/v1", Kind = "Role", Metadata = new() { Name = "reader" },
            Rules = [new() { ApiGroups = [""], Resources = ["pods"], Verbs = ["get"] }],
        };
        await roles.CreateNamespacedAsync(role, cluster.Namespace, Ct);
        var read = await roles.ReadNamespacedAsync<V1Role>(cluster.Namespace, "reader", Ct);
        Assert.Equal("pods", read.Rules.Single().Resources.Single());
        Assert.Single((await roles.ListNamespacedAsync<V1RoleList>(cluster.Namespace, cancel: Ct)).Items);
        await roles.DeleteNamespacedAsync<V1Status>(cluster.Namespace, "reader", Ct);
        Assert.Empty((await roles.ListNamespacedAsync<V1RoleList>(cluster.Namespace, cancel: Ct)).Items);
    }

    [Fact]
    public async Task Every_kind_the_client_knows_by_group_can_be_listed()
    {
        var groups = await cluster.Client.Apis.GetAPIVersionsAsync(Ct);
        Assert.Contains(groups.Groups, g => g is { Name: "apps", PreferredVersion.GroupVersion: "apps/v1" });
        Assert.NotNull(await cluster.Client.AppsV1.ListDeploymentForAllNamespacesAsync(cancellationToken: Ct));
        Assert.NotNull(await cluster.Client.BatchV1.ListJobForAllNamespacesAsync(cancellationToken: Ct));
        Assert.NotNull(await cluster.Client.NetworkingV1.ListIngressForAllNamespacesAsync(cancellationToken: Ct));
        Assert.NotNull(await cluster.Client.AutoscalingV2.ListHorizontalPodAutoscalerForAllNamespacesAsync(cancellationToken: Ct));
        Assert.NotNull(await cluster.Client.ResourceV1.ListResourceClaimForAllNamespacesAsync(cancellationToken: Ct));
        Assert.NotNull(await cluster.Client.FlowcontrolApiserverV1.ListFlowSchemaAsync(cancellationToken: Ct));
        Assert.Equal("walk", Assert.Single((await Core.ListNodeAsync(cancellationToken: Ct)).Items).Metadata.Name);
    }
}
