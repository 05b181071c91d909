using k8s;
using k8s.Models;

namespace KubeSharp.Interop.Tests;

public sealed class PatchTests(Cluster cluster) : IClassFixture<Cluster>
{
    private static CancellationToken Ct => Cluster.Ct;

    private IAppsV1Operations Apps => cluster.Client.AppsV1;

    private ICoreV1Operations Core => cluster.Client.CoreV1;

    [Fact]
    public async Task The_three_patches_do_what_each_says()
    {
        await Apps.CreateNamespacedDeploymentAsync(
            new()
            {
                Metadata = new() { Name = "web", Annotations = new Dictionary<string, string> { ["gone"] = "soon" } },
                Spec = new()
                {
                    Replicas = 0,
                    Selector = new() { MatchLabels = new Dictionary<string, string> { ["app"] = "web" } },
                    Template = new() { Metadata = new() { Labels = new Dictionary<string, string> { ["app"] = "web" } }, Spec = new() { Containers = [new() { Name = "a", Image = "hello" }] } },
                },
            },
            cluster.Namespace,
            cancellationToken: Ct);

        await PatchAsync(V1Patch.PatchType.StrategicMergePatch, """{"spec":{"template":{"spec":{"containers":[{"name":"b","image":"busybox"}]}}}}""");
        await PatchAsync(V1Patch.PatchType.MergePatch, """{"metadata":{"annotations":{"gone":null,"merged":"yes"}}}""");
        var patched = await PatchAsync(V1Patch.PatchType.JsonPatch, """[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"hello:2"}]""");

        Assert.Equal(["a", "b"], patched.Spec.Template.Spec.Containers.Select(c => c.Name).Order(StringComparer.Ordinal));
        Assert.Contains(patched.Spec.Template.Spec.Containers, c => c.Image == "hello:2");
        Assert.Equal("yes", patched.Metadata.Annotations["merged"]);
        Assert.DoesNotContain("gone", patched.Metadata.Annotations.Keys);

        var scale = await Apps.PatchNamespacedDeploymentScaleAsync(new("""{"spec":{"replicas":0}}""", V1Patch.PatchType.MergePatch), "web", cluster.Namespace, cancellationToken: Ct);
        Assert.Equal("app=web", scale.Status.Selector);
    }

    [Fact]
    public async Task Server_side_apply_tells_conflicts_and_yields_to_force()
    {
        var mine = await ApplyAsync("mine", "green");
        Assert.Equal(("mine", "Apply"), (mine.Metadata.ManagedFields.Single().Manager, mine.Metadata.ManagedFields.Single().Operation));

        var refused = await Cluster.RefusedAsync(() => ApplyAsync("yours", "red"));
        Assert.Equal(("Conflict", 409), (refused.Reason, refused.Code));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"mine\": .data.colour", refused.Message);
        Assert.Equal(("FieldManagerConflict", ".data.colour"), (refused.Details.Causes.Single().Reason, refused.Details.Causes.Single().Field));

        var forced = await ApplyAsync("yours", "red", isForced: true);
        Assert.Equal("red", forced.Data["colour"]);
        Assert.Equal(["yours"], forced.Metadata.ManagedFields.Where(m => m.FieldsV1.ToString()!.Contains("f:colour", StringComparison.Ordinal)).Select(m => m.Manager));
    }

    private Task<V1Deployment> PatchAsync(V1Patch.PatchType type, string patch) =>
        Apps.PatchNamespacedDeploymentAsync(new(patch, type), "web", cluster.Namespace, cancellationToken: Ct);

    private Task<V1ConfigMap> ApplyAsync(string manager, string colour, bool isForced = false) => Core.PatchNamespacedConfigMapAsync(
        new($$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"applied"},"data":{"colour":"{{{colour}}}"}}""", V1Patch.PatchType.ApplyPatch),
        "applied", cluster.Namespace, fieldManager: manager, force: isForced, cancellationToken: Ct);
}
