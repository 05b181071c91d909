using KubeSharp.Objects.CoordinationV1;

namespace KubeSharp.Controllers.Tests.Cluster;

/// <summary>Scheduler and agents in little: binds pods in turn, lets them run, removes those that are to end. Works on what the journal tells.</summary>
internal sealed class FakeNodes(TestCluster cluster, IReadOnlyList<string> names)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private int _addresses;
    private int _bound;

    /// <summary>Which pods become ready; all, unless a test says otherwise.</summary>
    public Func<Pod, bool> BecomesReady { get; set; } = static _ => true;

    /// <summary>Which pods end when deleted; all, unless a test says otherwise.</summary>
    public Func<Pod, bool> Ends { get; set; } = static _ => true;

    private static CancellationToken Ct => TestCluster.Ct;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var next = cluster.Journal.Next;
            foreach (var pod in cluster.Journal.List<Pod>())
            {
                try
                {
                    await StepAsync(pod);
                }
                catch (Exception e) when (e is ApiException { Code: 404 or 409 or 422 } or HttpRequestException or IOException)
                {
                    // changed meanwhile, or no server: the next round sees
                }
            }

            await Task.WhenAny(next, Task.Delay(Pause, TimeProvider.System, ct)); // what a test allows later comes without a write
        }
    }

    /// <summary>A node with all its conditions well, and its lease.</summary>
    public static async Task AddAsync(TestCluster cluster, string name, IReadOnlyDictionary<string, string>? labels = null)
    {
        await cluster.CreateAsync(new Node { Metadata = new() { Name = name, Labels = labels ?? new Dictionary<string, string>() } });
        await HeartbeatAsync(cluster, name);
        await ReportAsync(cluster, name);
    }

    public static async Task ReportAsync(TestCluster cluster, string name)
    {
        var now = cluster.Clock.GetUtcNow();
        NodeCondition Condition(string type, string status, string reason, string message) => new()
        {
            Type = type, Status = status, Reason = reason, Message = message, LastHeartbeatTime = now, LastTransitionTime = now,
        };
        var node = await cluster.Admin.FindAsync<Node>(new("", name), Ct);
        await cluster.Admin.UpdateStatusAsync(
            node! with
            {
                Status = node.Status with
                {
                    Conditions =
                    [
                        Condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                        Condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                        Condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                        Condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
                    ],
                },
            },
            Ct);
    }

    /// <summary>Renews the lease of a node.</summary>
    public static async Task HeartbeatAsync(TestCluster cluster, string name)
    {
        var key = new ObjectKey("kube-node-lease", name);
        var spec = new LeaseSpec { HolderIdentity = name, LeaseDurationSeconds = 40, RenewTime = cluster.Clock.GetUtcNow() };
        if (await cluster.Admin.FindAsync<Lease>(key, Ct) is { } lease)
            await cluster.Admin.UpdateAsync(lease with { Spec = spec }, Ct);
        else
            await cluster.CreateAsync(new Lease { Metadata = new() { Name = name, Namespace = key.Namespace }, Spec = spec });
    }

    private async Task StepAsync(Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            if (Ends(pod))
                await cluster.Admin.DeleteAsync<Pod>(ObjectKey.Of(pod), new(Uid: pod.Metadata.Uid, GracePeriodSeconds: 0), Ct);
            return;
        }

        if (pod.Spec.NodeName.Length == 0)
        {
            var binding = new Binding { Metadata = new() { Name = pod.Metadata.Name, Namespace = pod.Metadata.Namespace }, Target = new() { Kind = "Node", Name = names[_bound++ % names.Count] } };
            await cluster.Admin.PostAsync<Pod, Binding, Status>(ObjectKey.Of(pod), "binding", binding.WithTypeMeta(), Ct);
            return;
        }

        var isReady = BecomesReady(pod);
        if (!pod.IsTerminal() && names.Contains(pod.Spec.NodeName) && (pod.Status.Phase != "Running" || (isReady && !pod.IsReady())))
            await RunPodAsync(cluster, pod, isReady, pod.Status.PodIP.Length > 0 ? pod.Status.PodIP : $"10.244.{++_addresses / 250}.{(_addresses % 250) + 1}");
    }

    public static Task<Pod> RunPodAsync(TestCluster cluster, Pod pod, bool isReady, string address)
    {
        var now = cluster.Clock.GetUtcNow();
        var ready = new PodCondition { Type = "Ready", Status = isReady ? "True" : "False", LastTransitionTime = now };
        var status = pod.Status with
        {
            Phase = "Running",
            PodIP = address,
            PodIPs = [new() { Ip = address }],
            StartTime = pod.Status.StartTime ?? now,
            Conditions = [.. pod.Status.Conditions.Where(c => c.Type != "Ready"), ready],
        };
        return cluster.Admin.UpdateStatusAsync(pod with { Status = status }, Ct);
    }
}
