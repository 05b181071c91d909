using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.SchedulingV1;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Admission;

public sealed class PodAdmissionTests
{
    [Fact]
    public async Task A_pod_gets_an_account_its_credentials_tolerations_and_a_priority()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(Account("default"));
        var pod = await server.CreateAsync(Pod("p"));

        Assert.Equal("default", pod.Spec.ServiceAccountName);
        var volume = Assert.Single(pod.Spec.Volumes);
        Assert.Matches("^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$", volume.Name);
        Assert.Equal((3607L, "token"), (volume.Projected!.Sources[0].ServiceAccountToken!.ExpirationSeconds, volume.Projected.Sources[0].ServiceAccountToken!.Path));
        Assert.Equal("kube-root-ca.crt", volume.Projected.Sources[1].ConfigMap!.Name);
        Assert.Equal("metadata.namespace", volume.Projected.Sources[2].DownwardAPI!.Items[0].FieldRef!.FieldPath);
        var mount = Assert.Single(pod.Spec.Containers[0].VolumeMounts);
        Assert.Equal((volume.Name, true, "/var/run/secrets/kubernetes.io/serviceaccount"), (mount.Name, mount.ReadOnly, mount.MountPath));

        Assert.Equal(["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"], pod.Spec.Tolerations.Where(t => t.TolerationSeconds == 300).Select(t => t.Key));
        Assert.Equal((0, "PreemptLowerPriority"), (pod.Spec.Priority, pod.Spec.PreemptionPolicy));
    }

    [Fact]
    public async Task An_account_that_is_not_there_is_named()
    {
        await using var server = await StartAsync();
        var e = await FailsAsync(() => server.CreateAsync(Pod("p")));
        Assert.Equal((403, "pods \"p\" is forbidden: error looking up service account demo/default: serviceaccount \"default\" not found"), (e.Code, e.Message));
    }

    [Fact]
    public async Task Who_wants_no_token_gets_none()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(Account("default") with { AutomountServiceAccountToken = false });
        Assert.Empty((await server.CreateAsync(Pod("p"))).Spec.Volumes);
    }

    [Fact]
    public async Task A_priority_comes_from_its_class_only()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(Account("default"));
        await server.CreateAsync(new PriorityClass { Metadata = new() { Name = "high" }, Value = 1000, PreemptionPolicy = "Never" });

        var high = await server.CreateAsync(WithSpec(Pod("a"), s => s with { PriorityClassName = "high" }));
        Assert.Equal((1000, "Never"), (high.Spec.Priority, high.Spec.PreemptionPolicy));
        var system = await server.CreateAsync(WithSpec(Pod("b"), s => s with { PriorityClassName = "system-node-critical" }));
        Assert.Equal(2_000_001_000, system.Spec.Priority);

        var missing = await FailsAsync(() => server.CreateAsync(WithSpec(Pod("c"), s => s with { PriorityClassName = "none" })));
        Assert.Equal("pods \"c\" is forbidden: no PriorityClass with name none was found", missing.Message);
        var forged = await FailsAsync(() => server.CreateAsync(WithSpec(Pod("d"), s => s with { Priority = 5 })));
        Assert.Contains("the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0", forged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_range_fills_in_and_bounds()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(Account("default"));
        await server.CreateAsync(new LimitRange
        {
            Metadata = new() { Name = "lr", Namespace = "demo" },
            Spec = new() { Limits = [new() { Type = "Container", Default = Cpu("1"), DefaultRequest = Cpu("100m"), Max = Cpu("2") }] },
        });

        var pod = await server.CreateAsync(Pod("p"));
        Assert.Equal(("1", "100m"), (pod.Spec.Containers[0].Resources.Limits["cpu"].ToString(), pod.Spec.Containers[0].Resources.Requests["cpu"].ToString()));
        Assert.Equal("LimitRanger plugin set: cpu request for container c; cpu limit for container c", pod.Metadata.Annotations["kubernetes.io/limit-ranger"]);

        var greedy = WithSpec(Pod("q"), s => s with { Containers = [s.Containers[0] with { Resources = new() { Limits = Cpu("3"), Requests = Cpu("1") } }] });
        Assert.Equal("pods \"q\" is forbidden: maximum cpu usage per Container is 2, but limit is 3", (await FailsAsync(() => server.CreateAsync(greedy))).Message);
    }

    [Fact]
    public async Task A_node_writes_its_own_node_and_the_pods_on_it()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(Account("default"));
        var one = new WriteOptions(Identities.Node("one"));
        var nodes = server.Of<Node>();
        var node = (Node)(await server.Verbs.CreateAsync(nodes, new Node { Metadata = new() { Name = "one", Labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = "one" } } }, one, Ct)).Object;
        Assert.Contains(node.Spec.Taints, t => t is { Key: "node.kubernetes.io/not-ready", Effect: "NoSchedule" });

        await RefusedAsync("node \"one\" is not allowed to modify node \"two\"", () => server.Verbs.CreateAsync(nodes, new Node { Metadata = new() { Name = "two" } }, one, Ct));
        await RefusedAsync("is not allowed to modify taints", () => server.Verbs.UpdateAsync(nodes, new("", "one"), "", node with { Spec = new() }, one, Ct));
        var labelled = node with { Metadata = node.Metadata with { Labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = "one", ["node-restriction.kubernetes.io/x"] = "y" } } };
        await RefusedAsync("is not allowed to modify labels: node-restriction.kubernetes.io/x", () => server.Verbs.UpdateAsync(nodes, new("", "one"), "", labelled, one, Ct));
        await RefusedAsync("can only create mirror pods", () => server.Verbs.CreateAsync(server.Of<Pod>(), Pod("p"), one, Ct));

        await server.CreateAsync(WithSpec(Pod("mine"), s => s with { NodeName = "one" }));
        await server.CreateAsync(WithSpec(Pod("other"), s => s with { NodeName = "two" }));
        await RefusedAsync("can only delete pods with spec.nodeName set to itself", () => server.Verbs.DeleteAsync(server.Of<Pod>(), new("demo", "other"), new(), one, Ct));
        await server.Verbs.DeleteAsync(server.Of<Pod>(), new("demo", "mine"), new(), one, Ct);

        static async Task RefusedAsync(string why, Func<Task> call)
        {
            var e = await FailsAsync(call);
            Assert.Equal(403, e.Code);
            Assert.Contains(why, e.Message, StringComparison.Ordinal);
        }
    }

    internal static ServiceAccount Account(string name) => new() { Metadata = new() { Name = name, Namespace = "demo" } };

    internal static Pod Pod(string name) => new()
    {
        Metadata = new() { Name = name, Namespace = "demo", Labels = new Dictionary<string, string> { ["app"] = "web" } },
        Spec = new()
        {
            Containers = [new() { Name = "c", Image = "i", ImagePullPolicy = "Always", TerminationMessagePath = "/dev/termination-log", TerminationMessagePolicy = "File" }],
            RestartPolicy = "Always",
            DnsPolicy = "ClusterFirst",
            TerminationGracePeriodSeconds = 30,
            SchedulerName = "default-scheduler",
        },
    };

    private static Pod WithSpec(Pod pod, Func<PodSpec, PodSpec> change) => pod with { Spec = change(pod.Spec) };

    private static Dictionary<string, Quantity> Cpu(string amount) => new() { ["cpu"] = Quantity.Parse(amount) };
}
