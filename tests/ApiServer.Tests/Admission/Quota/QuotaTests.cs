using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Admission.Quota;

/// <summary>Quotas as the API server keeps them between two recounts of the controller.</summary>
public sealed class QuotaTests
{
    [Fact]
    public async Task What_is_let_through_is_charged_and_what_is_over_is_refused_in_upstreams_words()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default"));
        await QuotaAsync(server, "q", ("pods", "2"), ("requests.cpu", "500m"), ("limits.memory", "1Gi"));

        await RefusedAsync("failed quota: q: must specify limits.memory for: c; requests.cpu for: c", server, PodAdmissionTests.Pod("nores"));
        await server.CreateAsync(Sized("a", "100m", "16Mi"));
        await RefusedAsync("exceeded quota: q, requested: limits.memory=2Gi,requests.cpu=1, used: limits.memory=16Mi,requests.cpu=100m, limited: limits.memory=1Gi,requests.cpu=500m", server, Sized("big", "1", "2Gi"));
        await server.CreateAsync(Sized("b", "100m", "16Mi"));
        await RefusedAsync("exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2", server, Sized("c", "100m", "16Mi"));

        var used = (await server.GetAsync<ResourceQuota>("q")).Status.Used;
        Assert.Equal(("2", "200m", "32Mi"), (used["pods"].ToString(), used["requests.cpu"].ToString(), used["limits.memory"].ToString()));
    }

    [Fact]
    public async Task A_quota_nobody_has_counted_yet_lets_nothing_through()
    {
        await using var server = await StartAsync();
        var quota = await server.CreateAsync(Named("q", ("configmaps", "1")));
        await server.CreateAsync(ConfigMap("free")); // its status does not limit anything yet
        await server.UpdateAsync(quota with { Status = new() { Hard = quota.Spec.Hard } }, "status");

        var e = await FailsAsync(() => server.CreateAsync(ConfigMap("a")));
        Assert.Equal("configmaps \"a\" is forbidden: status unknown for quota: q, resources: configmaps", e.Message);
    }

    [Fact]
    public async Task Of_many_writers_at_once_exactly_as_many_get_through_as_the_quota_has()
    {
        await using var server = await StartAsync();
        await QuotaAsync(server, "q", ("count/configmaps", "7"));
        await QuotaAsync(server, "wide", ("configmaps", "100"));

        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            await Task.Yield();
            try
            {
                await server.CreateAsync(ConfigMap($"c{i}"));
                return "";
            }
            catch (ApiException e)
            {
                return e.Message;
            }
        }));

        Assert.Equal(7, results.Count(r => r.Length == 0));
        Assert.All(results.Where(r => r.Length > 0), r => Assert.Contains("exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=7, limited: count/configmaps=7", r, StringComparison.Ordinal));
        Assert.Equal("7", (await server.GetAsync<ResourceQuota>("q")).Status.Used["count/configmaps"].ToString());
    }

    [Fact]
    public async Task A_dry_run_is_judged_and_not_charged()
    {
        await using var server = await StartAsync();
        await QuotaAsync(server, "q", ("configmaps", "1"));
        var dry = Admin with { IsDryRun = true };
        await server.Verbs.CreateAsync(server.ConfigMaps, ConfigMap("a"), dry, Ct);
        Assert.Equal("0", (await server.GetAsync<ResourceQuota>("q")).Status.Used["configmaps"].ToString());

        await server.CreateAsync(ConfigMap("a"));
        var e = await FailsAsync(() => server.Verbs.CreateAsync(server.ConfigMaps, ConfigMap("b"), dry, Ct));
        Assert.Equal(403, e.Code);
    }

    [Fact]
    public async Task Node_ports_storage_by_class_and_objects_of_any_group_are_counted()
    {
        await using var server = await StartAsync();
        await QuotaAsync(server, "q", ("services.nodeports", "1"), ("services.loadbalancers", "0"), ("gold.storageclass.storage.k8s.io/requests.storage", "10Gi"), ("count/deployments.apps", "0"));

        var service = await server.CreateAsync(Service("s", "ClusterIP", 80));
        await server.UpdateAsync(service with { Spec = service.Spec with { Type = "NodePort" } });
        var two = await FailsAsync(() => server.CreateAsync(Service("t", "NodePort", 80, 81)));
        Assert.Contains("requested: services.nodeports=2, used: services.nodeports=1, limited: services.nodeports=1", two.Message, StringComparison.Ordinal);
        var balancer = await FailsAsync(() => server.CreateAsync(Service("u", "LoadBalancer", 80)));
        Assert.Contains("requested: services.loadbalancers=1,services.nodeports=1,", balancer.Message, StringComparison.Ordinal);

        await server.CreateAsync(Claim("iron", "iron", "100Gi"));
        var claim = await FailsAsync(() => server.CreateAsync(Claim("gold", "gold", "11Gi")));
        Assert.Contains("requested: gold.storageclass.storage.k8s.io/requests.storage=11Gi", claim.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scopes_choose_the_pods_a_quota_is_about()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(PodAdmissionTests.Account("default"));
        await QuotaAsync(server, Named("effort", ("pods", "0")) with { Spec = new() { Hard = Amounts(("pods", "0")), Scopes = ["BestEffort"] } });
        await QuotaAsync(server, Named("urgent", ("pods", "0")) with
        {
            Spec = new() { Hard = Amounts(("pods", "0")), ScopeSelector = new() { MatchExpressions = [new() { ScopeName = "PriorityClass", Operator = "In", Values = ["system-node-critical"] }] } },
        });

        await server.CreateAsync(Sized("a", "100m", "16Mi"));
        await RefusedAsync("exceeded quota: effort, requested: pods=1, used: pods=0, limited: pods=0", server, PodAdmissionTests.Pod("b"));
        var urgent = Sized("c", "100m", "16Mi");
        await RefusedAsync("exceeded quota: urgent", server, urgent with { Spec = urgent.Spec with { PriorityClassName = "system-node-critical" } });
    }

    private static async Task RefusedAsync(string why, TestServer server, Pod pod)
    {
        var e = await FailsAsync(() => server.CreateAsync(pod));
        Assert.Equal(403, e.Code);
        Assert.StartsWith($"pods \"{pod.Metadata.Name}\" is forbidden: {why}", e.Message, StringComparison.Ordinal);
    }

    private static Task QuotaAsync(TestServer server, string name, params (string Name, string Amount)[] hard) => QuotaAsync(server, Named(name, hard));

    /// <summary>A quota as the controller leaves it: limits in force and nothing used.</summary>
    private static async Task QuotaAsync(TestServer server, ResourceQuota quota)
    {
        var created = await server.CreateAsync(quota);
        await server.UpdateAsync(created with { Status = new() { Hard = quota.Spec.Hard, Used = quota.Spec.Hard.Keys.ToDictionary(k => k, _ => Quantity.Zero) } }, "status");
    }

    private static ResourceQuota Named(string name, params (string Name, string Amount)[] hard) =>
        new() { Metadata = new() { Name = name, Namespace = "demo" }, Spec = new() { Hard = Amounts(hard) } };

    private static Dictionary<string, Quantity> Amounts(params (string Name, string Amount)[] amounts) => amounts.ToDictionary(a => a.Name, a => Quantity.Parse(a.Amount));

    private static Pod Sized(string name, string cpu, string memory)
    {
        var pod = PodAdmissionTests.Pod(name);
        var resources = new ResourceRequirements { Requests = Amounts(("cpu", cpu)), Limits = Amounts(("memory", memory)) };
        return pod with { Spec = pod.Spec with { Containers = [pod.Spec.Containers[0] with { Resources = resources }] } };
    }

    private static Service Service(string name, string type, params int[] ports) => new()
    {
        Metadata = new() { Name = name, Namespace = "demo" },
        Spec = new() { Type = type, Ports = [.. ports.Select(p => new ServicePort { Name = $"p{p}", Port = p, Protocol = "TCP", TargetPort = p })], SessionAffinity = "None" },
    };

    private static PersistentVolumeClaim Claim(string name, string storageClass, string size) => new()
    {
        Metadata = new() { Name = name, Namespace = "demo" },
        Spec = new() { AccessModes = ["ReadWriteOnce"], StorageClassName = storageClass, Resources = new() { Requests = Amounts(("storage", size)) } },
    };
}
